"""What people type and files hold, type by type: what it means, and why it is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest

from fieldstone.fields.base import FieldValueError, ParseContext
from fieldstone.fields.definition import FieldDef
from fieldstone.fields.values import RecordRef

from .examples import PARSE, TYPES, make


def read(field: FieldDef | str, raw: Any, **context: Any) -> Any:
    field = make(field) if isinstance(field, str) else field
    return TYPES[field.type].parse(field, raw, replace(PARSE, **context))


def refusal(field: FieldDef | str, raw: Any, **context: Any) -> str:
    with pytest.raises(FieldValueError) as refused:
        read(field, raw, **context)
    return refused.value.code


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        ("money", "1,234.50", Decimal("1234.50")),
        ("money", "$1,000", Decimal(1000)),
        ("money", "-$1,000.25", Decimal("-1000.25")),
        ("money", "−5", Decimal(-5)),
        ("money", "１２３．４５", Decimal("123.45")),
        ("money", "1000 USD", Decimal(1000)),
        ("money", 0.1 + 0.2, Decimal("0.3")),
        ("percent", "75%", Decimal(75)),
        ("percent", "75 %", Decimal(75)),
        ("percent", "0.75", Decimal("0.75")),
        ("decimal", ".5", Decimal("0.5")),
        ("decimal", "-0", Decimal(0)),
        ("integer", "1,234", 1234),
        ("integer", 12.0, 12),
        ("checkbox", "是", True),
        ("checkbox", "N", False),
        ("checkbox", None, False),
        ("date", "2016-10-20", date(2016, 10, 20)),
        ("date", "2016/1/2", date(2016, 1, 2)),
        ("time", "12:05 am", time(0, 5)),
        ("time", "上午9:30", time(9, 30)),
        ("duration", "1h30", 5400),
        ("duration", "1:30", 5400),
        ("duration", "1:30:15", 5415),
        ("duration", "2 天 3 小时", 183_600),
        ("duration", "1.5 h", 5400),
        ("text", "  Cafe\u0301 ", "Café"),
        ("text", 62701.0, "62701"),
        ("long_text", "a\r\nb\r\n", "a\nb"),
        ("email", "Anna@EXAMPLE.com", "Anna@example.com"),
        ("url", "www.example.com/a", "https://www.example.com/a"),
        ("phone", "＋１ ５５５", "+1 555"),
        ("country", "中国", "CN"),
        ("country", "gbr", "GB"),
        ("currency", "人民币", "CNY"),
        ("language", "zh-cn", "zh_CN"),
        ("colour", "#ABC", "#aabbcc"),
        ("tags", "Vip, vip,  new   year ", ("Vip", "new year")),
        ("json", '{"a": [1]}', {"a": [1]}),
    ],
)
def test_what_people_type_means(kind: str, raw: Any, value: Any) -> None:
    found = read(kind, raw)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("kind", "raw", "code"),
    [
        ("money", "(500)", "field.E110"),
        ("money", "1,5", "field.E110"),
        ("money", "0.00001", "field.E111"),
        ("money", 10**14, "field.E115"),
        ("decimal", "1.234", "field.E111"),
        ("integer", "1.5", "field.E114"),
        ("integer", 2**53, "field.E115"),
        ("date", "10/20/2016", "field.E121"),
        ("date", "2026-03-14 09:30", "field.E129"),
        ("date", "2026-02-30", "field.E120"),
        ("duration", "90", "field.E128"),
        ("checkbox", "maybe", "field.E130"),
        ("email", "a@b.com\nBcc: c@d.com", "field.E103"),
        ("email", "a@b.com Bcc:c@d.com", "field.E131"),
        ("url", "javascript:alert(1)", "field.E133"),
        ("country", "Philipines", "field.E140"),
        ("text", "x" * 256, "field.E104"),
        ("text", "a\x00", "field.E102"),
        ("auto_number", "1", "field.E160"),
        ("json", "[" * 21 + "]" * 21, "field.E162"),
        ("secret", "••••", "field.E165"),
        ("address", {"town": "x"}, "field.E167"),
    ],
)
def test_what_is_refused(kind: str, raw: Any, code: str) -> None:
    assert refusal(kind, raw) == code


def test_the_order_of_day_and_month() -> None:
    assert read("date", "10/20/2016", date_order="mdy") == date(2016, 10, 20)
    assert read("date", "20.10.2016", date_order="dmy") == date(2016, 10, 20)
    assert read("date", "2016-10-20", date_order="mdy") == date(2016, 10, 20)
    assert refusal("date", "20/10/2016", date_order="mdy") == "field.E120"
    assert refusal("date", "1/2/16", date_order="mdy") == "field.E121"


def test_times_without_an_offset_are_in_the_persons_zone() -> None:
    assert read("datetime", "2026-03-14 09:30") == datetime(2026, 3, 14, 1, 30, tzinfo=UTC)
    assert read("datetime", "2026-03-14T09:30:00Z") == datetime(2026, 3, 14, 9, 30, tzinfo=UTC)
    assert read("datetime", "2026-03-14") == datetime(2026, 3, 13, 16, 0, tzinfo=UTC)
    assert read("datetime", "3/14/2026 9:30 PM", date_order="mdy") == datetime(2026, 3, 14, 13, 30, tzinfo=UTC)


def test_clocks_that_are_put_forward_or_back() -> None:
    assert refusal("datetime", "2026-03-29 02:30", zone="Europe/Berlin") == "field.E125"
    twice = read("datetime", "2026-10-25 02:30", zone="Europe/Berlin")
    assert twice == datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "the first of the two"
    assert refusal("datetime", "9999-12-31 23:00", zone="America/New_York") == "field.E124"


def test_an_amount_in_another_currency_is_never_taken_as_ours() -> None:
    assert read("money", "€5", currency="EUR") == 5
    assert read("money", "5 元", currency="CNY") == 5
    assert read("money", "US$5", currency="USD") == 5
    assert refusal("money", "€5", currency="USD") == "field.E116"
    assert refusal("money", "5 EUR", currency="USD") == "field.E116"
    assert refusal(make("money", currency="EUR"), "$5", currency="USD") == "field.E116"


def test_picklists_by_key_and_label() -> None:
    field = make("picklist", picklist="stage")
    assert read(field, "won") == "won"
    assert read(field, "CLOSED WON") == "won"
    assert read(field, "dormant") == "dormant", "records that hold an inactive value can be saved"
    assert refusal(field, "Twin") == "field.E141"
    with pytest.raises(FieldValueError) as refused:
        read(field, "Closed wonn")
    assert refused.value.params["nearest"] == "Closed won"


def test_several_choices_in_one_text() -> None:
    field = make("multi_picklist", picklist="stage")
    assert read(field, "Closed lost; prospecting") == ("prospecting", "lost")
    assert read(field, "Asleep, dormant") == ("dormant",)
    assert read(field, "won,lost") == ("won", "lost")
    assert read(field, []) is None


def test_lookups_by_id_and_name() -> None:
    one = make("lookup", to=("organization",))
    assert read(one, "Kare-Tech") == 12
    assert refusal(one, "Nobody") == "field.E151"
    assert refusal(one, "Kare-Tech", resolve=None) == "field.E150"
    assert refusal(one, {"module": "contact", "id": 1}) == "field.E153"
    several = make("lookup", to=("contact", "organization"))
    assert read(several, "organization:Kare-Tech") == RecordRef("organization", 12)
    assert read(several, {"module": "contact", "id": "7"}) == RecordRef("contact", 7)
    assert refusal(several, 7) == "field.E152"
    assert refusal(several, "lead:7") == "field.E153"
    assert read(make("lookup", to=("*",)), "lead:7") == RecordRef("lead", 7)


def test_names_of_people() -> None:
    def parts(raw: Any) -> tuple[Any, ...]:
        return tuple(read("person_name", raw).values())

    assert parts("Anna Snelling") == (None, "Anna", "Snelling")
    assert parts("Dr. Anna Maria Snelling") == ("Dr.", "Anna Maria", "Snelling")
    assert parts("Snelling, Anna") == (None, "Anna", "Snelling")
    assert parts("王小明") == (None, None, "王小明")
    stored = TYPES["person_name"].store(make("person_name", is_name=True), read("person_name", "王, 小明"))
    assert stored[""] == "王小明"
    assert stored["__key"] == "王小明"
    assert stored["__sort"].startswith("wang2 xiao3")


def test_secrets_are_encrypted_once() -> None:
    sealed = read("secret", "abc")
    assert sealed == "sealed:cba"
    assert read("secret", sealed) is sealed
    assert refusal("secret", "abc", encrypt=None) == "field.E164"


@pytest.mark.parametrize(
    ("field", "good", "bad", "code"),
    [
        (make("integer", min=1, max=10), "10", "11", "field.E113"),
        (make("decimal", min="0.5"), "0.5", "0.49", "field.E112"),
        (make("money", decimals=2), "1.25", "1.255", "field.E111"),
        (make("decimal", decimals=10), "1.0000000001", "100000000", "field.E115"),
        (make("date", min="2026-01-01"), "2026-01-01", "2025-12-31", "field.E122"),
        (make("datetime", max="2026-01-01T00:00:00Z"), "2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z", "field.E123"),
        (make("text", min_length=3), "abc", "ab", "field.E105"),
        (make("text", max_length=3), "abc", "abcd", "field.E104"),
        (make("text", pattern="[A-Z]{2}-[0-9]+"), "AB-12", "ab-12", "field.E106"),
        (make("text", pattern="a+", pattern_message="Only a."), "aa", "b", "field.E107"),
        (make("money", min="$1,000"), "1000", "999", "field.E112"),
        (make("percent", max="75%"), "75", "75.1", "field.E113"),
        (make("duration", max="1 h"), "60 min", "61 min", "field.E113"),
        (make("date", max="14 Mar 2026"), "2026-03-14", "2026-03-15", "field.E123"),
        (make("rating", max=10), 10, 11, "field.E113"),
    ],
    ids=lambda value: value.type if isinstance(value, FieldDef) else None,
)
def test_limits_of_a_field(field: FieldDef, good: Any, bad: Any, code: str) -> None:
    assert read(field, good) is not None
    assert refusal(field, bad) == code


def test_without_any_context() -> None:
    assert TYPES["money"].parse(make("money"), "5", ParseContext()) == 5
    with pytest.raises(FieldValueError):
        TYPES["picklist"].parse(make("picklist", picklist="gone"), "won", ParseContext())
