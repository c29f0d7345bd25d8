"""What holds for every registered field type. A plugin's types can be run through it too."""

from __future__ import annotations

import re
from typing import Any

import jsonschema
import pytest

from fieldstone.expressions.types import KINDS
from fieldstone.fields.base import FieldType, FieldValueError
from fieldstone.fields.definition import FieldDef
from fieldstone.fields.secret import SecretType
from fieldstone.kernel.codes import fill, get_code

from .examples import ALL_FIELDS, CHINESE, ENGLISH, PARSE, PICKLISTS, TYPES, WRITTEN_FIELDS, field_id

COLUMN_KINDS = {"text", "integer", "decimal", "boolean", "date", "datetime", "time", "reference", "module"}
CONTROLS = {
    "text", "textarea", "markdown", "email", "tel", "url", "number", "money", "percent", "checkbox", "date", "datetime",
    "time", "duration", "select", "multiselect", "tags", "lookup", "user", "owner", "address", "person_name", "rating",
    "colour", "json", "secret", "static", "recurrence",
}  # fmt: skip

every_field = pytest.mark.parametrize("field", ALL_FIELDS, ids=field_id)
every_written_field = pytest.mark.parametrize("field", WRITTEN_FIELDS, ids=field_id)


def type_of(field: FieldDef) -> FieldType:
    return TYPES[field.type]


def values_of(field: FieldDef) -> list[Any]:
    """Parsed samples; for a computed field those of its result."""
    field_type = type_of(field)
    if field.result:
        field_type = TYPES[field.result]
    elif field_type.computed:
        return ["OPP-00042"]
    return [field_type.parse(field, raw, PARSE) for raw in field_type.samples(field)]


def test_the_types_of_the_product() -> None:
    expected = (
        "text long_text rich_text email phone url integer decimal percent money checkbox date datetime time duration "
        "picklist multi_picklist tags lookup user owner auto_number formula rollup address person_name rating colour "
        "country currency language json secret recurrence"
    )
    assert sorted(TYPES.names) == sorted(expected.split())


@pytest.mark.parametrize("field_type", TYPES, ids=lambda field_type: field_type.name)
def test_it_says_what_it_is(field_type: FieldType) -> None:
    assert field_type.label
    assert field_type.help.endswith(".")
    assert field_type.__doc__ or type(field_type).__module__
    assert field_type.control in CONTROLS
    assert field_type.slot in {"title", "sub", "figure", "status", "person", "date", "extra"}
    assert set(field_type.attributes | field_type.required_attributes) <= set(FieldDef.__dataclass_fields__)
    assert len(set(field_type.operators)) == len(field_type.operators)
    assert all(re.fullmatch("[a-z_]+", operator) for operator in field_type.operators)


@every_field
def test_columns_are_well_formed(field: FieldDef) -> None:
    columns = type_of(field).columns(field)
    suffixes = [column.suffix for column in columns]
    assert len(suffixes) == len(set(suffixes)) > 0
    assert all(re.fullmatch("(_{1,2}[a-z][a-z_]*)?", suffix) for suffix in suffixes)
    assert {column.kind for column in columns} <= COLUMN_KINDS
    if field.type != "lookup":
        assert suffixes[0] == ""
    assert ("__sort" in suffixes) <= ("__key" in suffixes)


@every_field
def test_its_value_type_is_known_to_expressions(field: FieldDef) -> None:
    field_type = type_of(field)
    assert field_type.value_type(field, PICKLISTS).kind in KINDS
    suffixes = {column.suffix for column in field_type.columns(field)}
    for part, value_type in field_type.parts(field).items():
        assert value_type.kind in KINDS
        assert f"_{part}" in suffixes


@every_written_field
def test_samples_are_read_and_reading_again_changes_nothing(field: FieldDef) -> None:
    field_type = type_of(field)
    samples = field_type.samples(field)
    assert len(samples) >= 2
    for raw in samples:
        value = field_type.parse(field, raw, PARSE)
        assert value is not None
        again = field_type.parse(field, value, PARSE)
        assert again == value
        assert type(again) is type(value)


@every_written_field
@pytest.mark.parametrize("blank", [None, "", "  "])
def test_blank_is_empty(field: FieldDef, blank: Any) -> None:
    assert type_of(field).parse(field, blank, PARSE) in (None, False)


@every_field
def test_bad_samples_are_refused_with_a_declared_code(field: FieldDef) -> None:
    field_type = type_of(field)
    assert field_type.bad_samples(field)
    for raw in field_type.bad_samples(field):
        with pytest.raises(FieldValueError) as refused:
            field_type.parse(field, raw, PARSE)
        code = get_code(refused.value.code)
        assert code.code.startswith("field.E1")
        for text in (fill(code.message, refused.value.params), fill(code.hint, refused.value.params)):
            assert not re.search(r"\{[a-z]+\}", text), text
            assert len(text) < 1000
            text.encode()


@every_field
def test_stored_and_loaded_values_are_the_same(field: FieldDef) -> None:
    field_type = type_of(field)
    suffixes = {column.suffix for column in field_type.columns(field)}
    for value in [*values_of(field), None]:
        stored = field_type.store(field, value)
        assert set(stored) == suffixes
        loaded = field_type.load(field, stored)
        assert loaded == value or (value is None and loaded is False)
        if value is None:
            assert set(stored.values()) == {None}


@every_written_field
def test_what_the_api_gives_it_takes_back(field: FieldDef) -> None:
    field_type = type_of(field)
    if isinstance(field_type, SecretType):
        pytest.skip("a secret is never given out")
    for value in values_of(field):
        assert field_type.parse(field, field_type.to_json(field, value), PARSE) == value


@every_field
def test_the_api_schema_describes_what_it_gives(field: FieldDef) -> None:
    field_type = type_of(field)
    schema = field_type.api_schema(field, PICKLISTS)
    jsonschema.Draft202012Validator.check_schema(schema)
    for value in [*values_of(field), None]:
        jsonschema.validate(field_type.to_json(field, value), schema)


@every_written_field
@pytest.mark.parametrize("context", [ENGLISH, CHINESE], ids=["en", "zh_CN"])
def test_what_a_file_gets_it_takes_back(field: FieldDef, context: Any) -> None:
    field_type = type_of(field)
    if isinstance(field_type, SecretType):
        pytest.skip("a secret is never given out")
    for value in values_of(field):
        text = field_type.export(field, value, context)
        assert field_type.parse(field, text, PARSE) == value
    assert field_type.export(field, None, context) in ("", "no")


@every_field
def test_values_are_worded_in_both_languages(field: FieldDef) -> None:
    field_type = type_of(field)
    for context in (ENGLISH, CHINESE):
        for value in values_of(field):
            shown = field_type.show(field, value, context)
            assert shown
            assert "\x1f" not in shown
        assert field_type.show(field, None, context) in ("", "No", "否")
    for value in [*values_of(field), None]:
        assert isinstance(field_type.search_text(field, value), str)


HOSTILE = {
    "nul": "a\x00b",
    "surrogate": "\ud800",
    "separator": "a\x1fb",
    "huge": 10**5000,
    "nan": float("nan"),
    "infinite": float("-inf"),
    "long": "9" * 10**6,
    "deep": "[" * (10**5 + 1),
}


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
@every_written_field
def test_what_no_database_can_hold_is_refused(field: FieldDef, hostile: Any) -> None:
    with pytest.raises(FieldValueError):
        print(type_of(field).parse(field, hostile, PARSE))
