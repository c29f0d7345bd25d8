"""What holds for every change of type, between any two of the registered types."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from fieldstone.fields.base import FieldValueError
from fieldstone.fields.constraints import tightened
from fieldstone.fields.conversion import Conversion, conversion, needs_conversion
from fieldstone.fields.conversion_context import ConversionContext
from fieldstone.fields.definition import FieldDef, PicklistDef, PicklistValueDef
from fieldstone.kernel.codes import fill, get_code

from .examples import ALL_FIELDS, PARSE, PICKLISTS, TYPES, field_id, label_of, make

ANSWERS = PicklistDef(
    name="answer",
    label="Answer",
    values={
        "agreed": PicklistValueDef(key="agreed", label="是"),
        "no": PicklistValueDef(key="no", label="Declined"),
        "won": PicklistValueDef(key="won", label="Victory"),
    },
)
LISTS = {**PICKLISTS, "answer": ANSWERS}
CONTEXT = ConversionContext(
    zone="Asia/Shanghai",
    currency="CNY",
    old_picklists=LISTS,
    new_picklists=LISTS,
    label_of=label_of,
    resolve=PARSE.resolve,
    encrypt=PARSE.encrypt,
)
FIELDS = [
    *ALL_FIELDS,
    make("decimal", decimals=0),
    make("decimal", decimals=4),
    make("decimal", decimals=10),
    make("rating", max=10),
    make("money", currency="EUR", decimals=2),
    make("integer", min=0, max=6),
    make("auto_number", prefix="OPP-"),
    make("picklist", picklist="answer"),
    make("multi_picklist", picklist="answer"),
    make("text", max_length=12),
    make("long_text", pattern="[A-Z].*"),
]
every_field = pytest.mark.parametrize("old", FIELDS, ids=field_id)


def values_of(field: FieldDef) -> list[Any]:
    """Every value the samples of its type give, and none."""
    kind = TYPES[field.result] if field.result else TYPES[field.type]
    if field.type == "auto_number":
        return [None, f"{field.prefix}00042"]
    plain = replace(field, type=kind.name)
    values = [None if kind.name != "checkbox" else False]
    for raw in kind.samples(plain):
        try:
            values.append(kind.parse(plain, raw, replace(PARSE, picklists=LISTS)))
        except FieldValueError:
            continue  # a sample that a narrower field does not take
    return values


def ways_from(old: FieldDef) -> Iterator[tuple[FieldDef, Conversion]]:
    for new in FIELDS:
        way = conversion(old, new, TYPES)
        assert needs_conversion(old, new, TYPES) is (way is None or way.how != "same")
        if way is not None:
            yield new, way


def converted(way: Conversion, values: list[Any]) -> Iterator[tuple[Any, Any]]:
    """Old and new value, where there is one; whatever cannot be converted says so in declared words."""
    for value in values:
        try:
            yield value, way.convert(value, CONTEXT)
        except FieldValueError as refused:
            code = get_code(refused.code)
            for text in (fill(code.message, refused.params), fill(code.hint, refused.params)):
                assert not re.search(r"\{[a-z]+\}", text), text


@every_field
def test_what_converts_is_a_value_of_the_new_type(old: FieldDef) -> None:
    for new, way in ways_from(old):
        for _, value in converted(way, values_of(old)):
            field_type = TYPES[new.type]
            stored = field_type.store(new, value)
            assert field_type.load(new, stored) == value or (value is None and new.type == "checkbox")
            stricter = old.type == new.type and tightened(old, new)
            if not field_type.computed and not stricter:
                again = field_type.parse(new, value, CONTEXT.reading)
                assert again == value
                assert type(again) is type(value) or new.result


@every_field
def test_the_same_needs_no_new_columns(old: FieldDef) -> None:
    for new, way in ways_from(old):
        if way.how != "same":
            continue
        before, after = TYPES[old.type], TYPES[new.type]
        if old.type != new.type:
            assert before.columns(old) == after.columns(new)
        else:
            assert {each for each in before.columns(old) if each.suffix != "__sort"} == {
                each for each in after.columns(new) if each.suffix != "__sort"
            }
        for value in values_of(old):
            kept = way.convert(value, CONTEXT)
            assert kept is value
            stored = before.store(old, value)
            for suffix, column in after.store(new, value).items():
                assert suffix == "__sort" or stored[suffix] == column
            assert after.load(new, after.store(new, value)) == before.load(old, stored)


@every_field
def test_exact_ways_lead_back(old: FieldDef) -> None:
    home = replace(old, type=old.result) if TYPES[old.type].computed and old.result else old
    for new, way in ways_from(old):
        if way.how == "recompute" or not way.exact:
            continue
        back = conversion(new, home, TYPES)
        assert back is not None, field_id(new)
        for value, there in converted(way, values_of(old)):
            if back.how != "recompute":
                assert back.convert(there, CONTEXT) == value, (field_id(new), there)


@every_field
def test_empty_stays_empty(old: FieldDef) -> None:
    for new, way in ways_from(old):
        if way.how == "convert" and old.type != "checkbox" and old.result != "checkbox":
            assert way.convert(None, CONTEXT) in (None, False), field_id(new)


@every_field
def test_a_field_goes_into_itself(old: FieldDef) -> None:
    way = conversion(old, old, TYPES)
    assert way is not None
    assert (way.how, way.exact) == ("same", True)


def test_a_secret_is_never_read() -> None:
    for new in FIELDS:
        way = conversion(make("secret"), new, TYPES)
        assert (way is None) is (new.type != "secret")


def test_computed_fields_compute() -> None:
    for old in FIELDS:
        for new in FIELDS:
            if TYPES[new.type].computed and new.type != "auto_number" and old.type != "secret":
                way = conversion(old, new, TYPES)
                assert way is not None
                assert way.how == "recompute" or (old.type == new.type and old.result == new.result)
                if way.how == "recompute":
                    with pytest.raises(FieldValueError, match=r"field\.E160"):
                        way.convert(1, CONTEXT)


def test_like_goes_to_like() -> None:
    """Numbers convert to numbers, everything but secrets to text, and unlike things not at all."""
    kinds = {field.type: field for field in ALL_FIELDS}
    numbers = ("integer", "decimal", "percent", "money", "rating", "duration")
    assert all(conversion(kinds[a], kinds[b], TYPES) for a in numbers for b in numbers)
    assert all(conversion(kinds[a], kinds["long_text"], TYPES) for a in kinds if a != "secret")
    for old, new in (("date", "picklist"), ("time", "date"), ("email", "money"), ("json", "tags"), ("user", "lookup")):
        assert conversion(kinds[old], kinds[new], TYPES) is None
