"""What a stricter definition means for the values there are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from fieldstone.fields.constraints import find_breach, is_empty, tightened
from fieldstone.fields.definition import PicklistDef, PicklistValueDef
from fieldstone.fields.secret import Sealed
from fieldstone.kernel.codes import fill, get_code

from .examples import ALL_FIELDS, PARSE, TYPES, field_id, make
from .test_conversion_contract import values_of

FEWER = PicklistDef(name="stage", label="Stage", values={"won": PicklistValueDef(key="won", label="Won")})


@pytest.mark.parametrize(
    ("kind", "before", "after", "stricter"),
    [
        ("text", {}, {}, ()),
        ("text", {}, {"required": True, "unique": True}, ("required", "unique")),
        ("text", {"required": True, "unique": True}, {}, ()),
        ("text", {"max_length": 50}, {"max_length": 20, "min_length": 2}, ("min_length", "max_length")),
        ("text", {"max_length": 20, "min_length": 2}, {"max_length": 50}, ()),
        ("text", {}, {"max_length": 50}, ("max_length",)),
        ("text", {"pattern": "a"}, {"pattern": "b"}, ("pattern",)),
        ("text", {"pattern": "a"}, {}, ()),
        ("integer", {"min": 1, "max": 9}, {"min": 2, "max": 8}, ("min", "max")),
        ("integer", {"min": 2, "max": 8}, {"min": 1, "max": 9}, ()),
        ("decimal", {"min": "9"}, {"min": "10"}, ("min",)),
        ("decimal", {"max": 10}, {"max": "9.5"}, ("max",)),
        ("date", {"min": "2026-01-01"}, {"min": date(2026, 2, 1)}, ("min",)),
        ("date", {"max": "2026-01-01"}, {"max": "2026-02-01"}, ()),
        ("date", {"max": "2026-01-01"}, {"max": 2025}, ("max",)),
        ("money", {}, {"decimals": 2}, ("decimals",)),
        ("money", {"decimals": 2}, {"decimals": 3}, ()),
    ],
)
def test_what_became_stricter(
    kind: str, before: dict[str, Any], after: dict[str, Any], stricter: tuple[str, ...]
) -> None:
    assert tightened(make(kind, **before), make(kind, **after)) == stricter


@pytest.mark.parametrize(
    ("kind", "attributes", "value", "code"),
    [
        ("text", {"required": True}, None, "field.E185"),
        ("json", {"required": True}, None, "field.E185"),
        ("formula", {"result": "text", "required": True}, None, "field.E185"),
        ("text", {"max_length": 3}, "四个汉字", "field.E104"),
        ("text", {"min_length": 3}, "ab", "field.E105"),
        ("text", {"pattern": "[A-Z]+"}, "abc", "field.E106"),
        ("text", {"pattern": "[A-Z]+", "pattern_message": "Capitals"}, "abc", "field.E107"),
        ("integer", {"min": 5}, 4, "field.E112"),
        ("decimal", {"max": "2.5"}, Decimal("2.51"), "field.E113"),
        ("date", {"min": "2026-01-01"}, date(2025, 12, 31), "field.E122"),
        ("rating", {"max": 3}, 4, "field.E113"),
        ("money", {"decimals": 2}, Decimal("1.005"), "field.E111"),
        ("picklist", {"picklist": "stage"}, "lost", "field.E140"),
        ("multi_picklist", {"picklist": "stage"}, ("won", "lost"), "field.E140"),
    ],
)
def test_a_breach_is_worded_as_when_saving(kind: str, attributes: dict[str, Any], value: Any, code: str) -> None:
    breach = find_breach(make(kind, **attributes), TYPES, value, replace(PARSE, picklists={"stage": FEWER}))
    assert breach is not None
    assert breach.code == code
    assert "{" not in fill(get_code(code).message, breach.params)


@pytest.mark.parametrize("field", ALL_FIELDS, ids=field_id)
def test_what_was_saved_satisfies_its_own_definition(field: Any) -> None:
    for value in values_of(field):
        assert find_breach(field, TYPES, value, PARSE) is None
        missing = find_breach(replace(field, required=True), TYPES, value, PARSE)
        assert (missing is not None) is (value is None)
        assert is_empty(field, TYPES, value) is (value is None)


def test_what_counts_as_empty() -> None:
    assert is_empty(make("text"), TYPES, "")
    assert is_empty(make("tags"), TYPES, ())
    assert not is_empty(make("checkbox"), TYPES, None)
    assert not is_empty(make("integer"), TYPES, 0)
    assert not is_empty(make("json"), TYPES, {})


def test_a_secret_is_only_looked_at_for_emptiness() -> None:
    short = make("secret", min_length=50)
    assert find_breach(short, TYPES, Sealed("sealed"), PARSE) is None
