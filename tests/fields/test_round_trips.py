"""Whatever value there is: stored and loaded, given and taken back, exported and read, it stays the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldstone.fields.base import FieldValueError, ParseContext

from .examples import CHINESE, ENGLISH, PARSE, TYPES, make

ZONES = st.sampled_from(["UTC", "Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "Europe/Berlin"])


def assert_stable(kind: str, value: Any, zone: str = "UTC", **attributes: Any) -> None:
    field, field_type = make(kind, **attributes), TYPES[kind]
    parse = replace(PARSE, zone=zone)
    assert field_type.parse(field, value, parse) == value
    assert field_type.load(field, field_type.store(field, value)) == value
    assert field_type.parse(field, field_type.to_json(field, value), parse) == value
    for context in (ENGLISH, CHINESE):
        context = replace(context, zone=zone)
        assert field_type.parse(field, field_type.export(field, value, context), parse) == value
        assert field_type.show(field, value, context)


@given(st.decimals(min_value=-(10**14) + 1, max_value=10**14 - 1, places=4))
def test_money(value: Decimal) -> None:
    assert_stable("money", value)
    assert_stable("percent", value)


@given(st.integers(0, 10), st.data())
def test_decimals_of_every_scale(digits: int, data: st.DataObject) -> None:
    largest = 10 ** (18 - digits) - 1
    value = data.draw(st.decimals(min_value=-largest, max_value=largest, places=digits))
    assert_stable("decimal", value, decimals=digits)


@given(st.decimals(min_value=-(10**10), max_value=10**10, places=2))
def test_shown_amounts_are_read_back(value: Decimal) -> None:
    money, field = TYPES["money"], make("money")
    assert money.parse(field, money.show(field, value, ENGLISH), ParseContext(currency="USD")) == value
    assert money.parse(field, money.show(field, value, CHINESE), ParseContext(currency="CNY")) == value


@given(st.integers(-(2**53) + 1, 2**53 - 1))
def test_integers(value: int) -> None:
    assert_stable("integer", value)
    shown = TYPES["integer"].show(make("integer"), value, ENGLISH)
    assert TYPES["integer"].parse(make("integer"), shown, PARSE) == value


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e9, max_value=1e9))
def test_floats_of_spreadsheets(value: float) -> None:
    """A float with few decimals is what it prints as; others are refused, not rounded."""
    rounded = round(value, 2)
    assert TYPES["decimal"].parse(make("decimal"), rounded, PARSE) == Decimal(repr(rounded))


@given(st.dates(min_value=date(1000, 1, 1)))
def test_dates(value: date) -> None:
    assert_stable("date", value)
    for context in (ENGLISH, CHINESE):
        shown = TYPES["date"].show(make("date"), value, context)
        assert TYPES["date"].parse(make("date"), shown, PARSE) == value


@given(st.datetimes(min_value=datetime(1000, 1, 3), max_value=datetime(9999, 12, 29)), ZONES)
def test_moments(value: datetime, zone: str) -> None:
    if value.year < 1900:  # before zones, offsets have seconds, which no file format writes
        zone = "UTC"
    assert_stable("datetime", value.replace(tzinfo=UTC), zone)


@given(st.datetimes(min_value=datetime(1970, 1, 2), max_value=datetime(2100, 1, 1)), ZONES)
def test_local_times_are_read_in_their_zone_or_refused(local: datetime, zone: str) -> None:
    place = ZoneInfo(zone)
    exists = local.replace(tzinfo=place).astimezone(UTC).astimezone(place).replace(tzinfo=None) == local
    context = replace(PARSE, zone=zone)
    if exists:
        value = TYPES["datetime"].parse(make("datetime"), local.isoformat(sep=" "), context)
        assert value.astimezone(place).replace(tzinfo=None) == local
    else:
        with pytest.raises(FieldValueError, match=r"field\.E125"):
            TYPES["datetime"].parse(make("datetime"), local.isoformat(sep=" "), context)


@given(st.times())
def test_times(value: Any) -> None:
    assert_stable("time", value)


@given(st.integers(-(10**10), 10**10))
def test_durations(value: int) -> None:
    assert_stable("duration", value)
    for context in (ENGLISH, CHINESE):
        shown = TYPES["duration"].show(make("duration"), value, context)
        assert TYPES["duration"].parse(make("duration"), shown, PARSE) == value


@pytest.mark.parametrize("kind", ["text", "long_text", "tags", "person_name", "address"])
@given(text=st.text(max_size=60))
def test_texts(kind: str, text: str) -> None:
    try:
        value = TYPES[kind].parse(make(kind), text, PARSE)
    except FieldValueError:
        return
    if value is not None:
        assert_stable(kind, value, is_name=kind == "text")


@given(
    st.fixed_dictionaries({part: st.text(max_size=20) for part in ("salutation", "first_name", "last_name")}),
    st.fixed_dictionaries({part: st.text(max_size=20) for part in ("street", "city", "state", "postal_code")}),
)
def test_parts_with_any_characters(name: dict[str, str], address: dict[str, str]) -> None:
    for kind, raw in (("person_name", name), ("address", address)):
        try:
            value = TYPES[kind].parse(make(kind), raw, PARSE)
        except FieldValueError:
            continue
        if value is not None:
            assert_stable(kind, value)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=3), inner, max_size=3),
    max_leaves=10,
).filter(lambda value: isinstance(value, list | dict))  # fmt: skip


@given(_JSON)
def test_json(value: Any) -> None:
    assert_stable("json", value)
