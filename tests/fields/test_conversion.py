"""What becomes of single values when the type of their field changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldstone.fields.base import ColumnSpec, FieldValueError
from fieldstone.fields.conversion import Conversion, conversion, needs_conversion
from fieldstone.fields.conversion_context import ConversionContext
from fieldstone.fields.country import COUNTRIES
from fieldstone.fields.definition import FieldDef, PicklistDef, PicklistValueDef
from fieldstone.fields.language import LANGUAGES
from fieldstone.fields.registry import built_in_field_types
from fieldstone.fields.secret import Sealed
from fieldstone.fields.text import TextLikeType
from fieldstone.fields.values import RecordRef

from .examples import TYPES, make


def picklist(name: str, **labels: str) -> PicklistDef:
    values = {key: PicklistValueDef(key=key, label=label) for key, label in labels.items()}
    return PicklistDef(name=name, label=name, values=values)


LISTS = {
    each.name: each
    for each in (
        picklist("stage", open="Open", won="Closed won", lost="已丢失"),
        picklist("outcome", open="Still open", victory="closed WON", gone="已丢失"),
        picklist("answer", approved="是", rejected="否", unknown="Not yet"),
        picklist("count", few="1", many="12"),
        picklist("place", china="中国", at_home="DE", inside="in"),
        picklist("firm", acme="Acme", north="北方公司"),
    )
}
NAMES = {
    ("organization", "Acme"): 7,
    ("organization", "北方公司"): 8,
    ("organization", "2024"): 9,
    ("contact", "Acme"): 1,
    ("contact", "王小明"): 2,
    ("principal", "Anna"): 3,
    ("principal", "Sales team"): 4,
}
LABELS = {(module, record_id): label for (module, label), record_id in NAMES.items()}
CONTEXT = ConversionContext(
    zone="Asia/Shanghai",
    currency="CNY",
    old_picklists=LISTS,
    new_picklists=LISTS,
    label_of=lambda target, record_id: LABELS.get((target, record_id), ""),
    resolve=lambda target, text: NAMES.get((target, text)),
    is_user=lambda principal: principal != 4,
    encrypt=lambda text: f"sealed:{text[::-1]}",
)
CHINESE = replace(CONTEXT, language="zh_CN")
MOMENT = datetime(2026, 3, 13, 17, 30, tzinfo=UTC)  # 14 March, 01:30 in Shanghai
ADDRESS = {"street": "人民路 1 号", "city": "上海", "state": None, "postal_code": "200000", "country": "CN"}


def field(kind: str) -> FieldDef:
    """A field written short: `picklist stage`, `lookup contact organization`, `decimal 4`, `money EUR`."""
    name, *more = kind.split()
    if name in ("picklist", "multi_picklist"):
        return make(name, picklist=more[0])
    if name == "lookup":
        return make(name, to=tuple(more))
    if name == "decimal" and more:
        return make(name, decimals=int(more[0]))
    if name == "money" and more:
        return make(name, currency=more[0])
    if name == "auto_number":
        return make(name, prefix="OPP-")
    if name in ("formula", "rollup"):
        return make(name, result=more[0])
    return make(name)


def way(old: str, new: str) -> Conversion:
    found = conversion(field(old), field(new), TYPES)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("old", "new", "value", "expected"),
    [
        ("integer", "decimal", 5, Decimal(5)),
        ("decimal", "integer", Decimal("5.00"), 5),
        ("money", "percent", Decimal("12.5"), Decimal("12.5")),
        ("integer", "duration", 90, 90),
        ("duration", "decimal", 90, Decimal(90)),
        ("decimal 4", "decimal 1", Decimal("2.5000"), Decimal("2.5")),
        ("decimal", "rating", Decimal(4), 4),
        ("integer", "checkbox", 1, True),
        ("checkbox", "decimal", True, Decimal(1)),
        ("money EUR", "text", Decimal("1200.5"), "EUR 1200.50"),
        ("money", "text", Decimal("-0.0375"), "CNY -0.0375"),
        ("money JPY", "long_text", Decimal(1200), "JPY 1200"),
        ("text", "money EUR", "EUR 1,200.50", Decimal("1200.50")),
        ("text", "money", "￥99", Decimal(99)),
        ("percent", "text", Decimal("75.0000"), "75%"),
        ("text", "percent", "75 %", Decimal(75)),
        ("duration", "text", 5400, "1:30:00"),
        ("text", "duration", "1 小时 30 分钟", 5400),
        ("integer", "phone", 5550100, "5550100"),
        ("integer", "picklist count", 12, "many"),
        ("picklist count", "decimal", "many", Decimal(12)),
        ("date", "datetime", date(2026, 3, 14), datetime(2026, 3, 13, 16, tzinfo=UTC)),
        ("datetime", "date", MOMENT, date(2026, 3, 14)),
        ("datetime", "time", MOMENT, time(1, 30)),
        ("datetime", "text", MOMENT, "2026-03-14 01:30:00+08:00"),
        ("datetime", "text", datetime(1899, 1, 1, tzinfo=UTC), "1899-01-01T00:00:00Z"),
        ("text", "datetime", "2026年3月14日 01:30", MOMENT),
        ("date", "text", date(2026, 3, 14), "2026-03-14"),
        ("text", "picklist stage", "closed WON", "won"),
        ("text", "picklist stage", "已丢失", "lost"),
        ("picklist stage", "text", "lost", "已丢失"),
        ("picklist stage", "picklist outcome", "open", "open"),
        ("picklist stage", "picklist outcome", "won", "victory"),
        ("picklist stage", "picklist outcome", "lost", "gone"),
        ("picklist stage", "multi_picklist stage", "won", ("won",)),
        ("multi_picklist stage", "multi_picklist outcome", ("lost", "open"), ("open", "gone")),
        ("multi_picklist stage", "picklist stage", ("won",), "won"),
        ("multi_picklist stage", "tags", ("won", "lost"), ("Closed won", "已丢失")),
        ("multi_picklist stage", "text", ("won", "lost"), "Closed won; 已丢失"),
        ("tags", "multi_picklist stage", ("已丢失", "OPEN"), ("open", "lost")),
        ("tags", "picklist stage", ("已丢失",), "lost"),
        ("tags", "text", ("vip", "重要客户"), "vip, 重要客户"),
        ("text", "tags", "vip、重要客户", ("vip", "重要客户")),
        ("checkbox", "picklist answer", True, "approved"),
        ("checkbox", "picklist answer", False, "rejected"),
        ("picklist answer", "checkbox", "rejected", False),
        ("checkbox", "text", False, "No"),
        ("text", "checkbox", "是", True),
        ("picklist place", "country", "china", "CN"),
        ("picklist place", "country", "inside", "IN"),
        ("country", "picklist place", "CN", "china"),
        ("country", "picklist place", "DE", "at_home"),
        ("country", "text", "DE", "Germany"),
        ("currency", "text", "USD", "USD"),
        ("text", "country", "法国", "FR"),
        ("text", "language", "法语", "fr"),
        ("colour", "text", "#aabbcc", "#aabbcc"),
        ("text", "colour", "#ABC", "#aabbcc"),
        ("lookup organization", "text", 8, "北方公司"),
        ("lookup organization", "text", 9, "2024"),
        ("lookup contact organization", "long_text", RecordRef("contact", 2), "王小明"),
        ("text", "lookup organization", "北方公司", 8),
        ("text", "lookup organization", "2024", 9),
        ("text", "lookup contact organization", "王小明", RecordRef("contact", 2)),
        ("text", "lookup contact organization", "organization:Acme", RecordRef("organization", 7)),
        ("text", "lookup *", "contact: 王小明", RecordRef("contact", 2)),
        ("text", "user", "Anna", 3),
        ("user", "text", 3, "Anna"),
        ("user", "owner", 3, 3),
        ("owner", "user", 3, 3),
        ("picklist firm", "lookup organization", "north", 8),
        ("lookup organization", "picklist firm", 8, "north"),
        ("lookup organization", "lookup contact organization", 7, RecordRef("organization", 7)),
        ("lookup contact organization", "lookup contact", RecordRef("contact", 2), 2),
        ("lookup *", "lookup contact", RecordRef("contact", 2), 2),
        ("lookup contact", "lookup *", 2, RecordRef("contact", 2)),
        ("person_name", "text", {"salutation": "先生", "first_name": "小明", "last_name": "王"}, "王小明先生"),
        ("text", "person_name", "王小明", {"salutation": None, "first_name": None, "last_name": "王小明"}),
        ("address", "long_text", ADDRESS, "人民路 1 号, 上海, 200000, China"),
        ("text", "address", "人民路 1 号; 上海; ; 200000; 中国", ADDRESS),
        (
            "text",
            "address",
            "1 Main St, Springfield",
            dict.fromkeys(ADDRESS) | {"street": "1 Main St, Springfield"},
        ),
        ("long_text", "text", "一行", "一行"),
        ("rich_text", "long_text", "# Title\n\n**bold**", "# Title\n\n**bold**"),
        ("email", "url", "anna@example.com", "mailto:anna@example.com"),
        ("url", "email", "mailto:anna@example.com", "anna@example.com"),
        ("url", "phone", "tel:+15550100", "+15550100"),
        ("text", "url", "www.example.com", "https://www.example.com"),
        ("json", "text", {"名": "值"}, '{"名":"值"}'),
        ("json", "text", ["e\u0301"], '["e\\u0301"]'),
        ("text", "json", '{"名": "值"}', {"名": "值"}),
        ("auto_number", "text", "OPP-00042", "OPP-00042"),
        ("auto_number", "integer", "OPP-00042", 42),
        ("integer", "auto_number", 42, "OPP-00042"),
        ("text", "auto_number", "旧-7", "旧-7"),
        ("text", "secret", "hunter2", Sealed("sealed:2retnuh")),
        ("formula money", "money", Decimal("1.5"), Decimal("1.5")),
        ("formula checkbox", "text", True, "Yes"),
        ("rollup integer", "decimal", 3, Decimal(3)),
    ],
)
def test_a_value_means_what_people_mean(old: str, new: str, value: Any, expected: Any) -> None:
    found = way(old, new).convert(value, CONTEXT)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("old", "new", "value", "expected"),
    [
        ("checkbox", "text", True, "是"),
        ("country", "text", "DE", "德国"),
        ("address", "text", ADDRESS, "中国 上海 人民路 1 号 200000"),
        ("checkbox", "picklist answer", False, "rejected"),
    ],
)
def test_words_are_those_of_the_site(old: str, new: str, value: Any, expected: Any) -> None:
    assert way(old, new).convert(value, CHINESE) == expected


@pytest.mark.parametrize(
    ("old", "new", "value", "code"),
    [
        ("decimal", "integer", Decimal("2.5"), "field.E114"),
        ("decimal 4", "decimal 1", Decimal("2.55"), "field.E111"),
        ("integer", "rating", 6, "field.E113"),
        ("integer", "checkbox", 2, "field.E130"),
        ("integer", "auto_number", -1, "field.E110"),
        ("auto_number", "integer", "TICKET-1", "field.E183"),
        ("text", "money EUR", "USD 5", "field.E116"),
        ("text", "integer", "about ten", "field.E110"),
        ("text", "picklist stage", "nonsense", "field.E140"),
        ("picklist stage", "checkbox", "lost", "field.E130"),
        ("picklist answer", "picklist stage", "approved", "field.E140"),
        ("multi_picklist stage", "picklist stage", ("won", "lost"), "field.E180"),
        ("tags", "picklist stage", ("won", "open"), "field.E180"),
        ("checkbox", "picklist stage", True, "field.E140"),
        ("lookup organization", "text", 99, "field.E181"),
        ("lookup contact organization", "lookup contact", RecordRef("organization", 7), "field.E153"),
        ("text", "lookup organization", "Nobody", "field.E151"),
        ("text", "lookup organization", "7", "field.E151"),
        ("text", "lookup contact organization", "Acme", "field.E182"),
        ("text", "lookup *", "Acme", "field.E152"),
        ("owner", "user", 4, "field.E184"),
        ("long_text", "text", "two\nlines", "field.E103"),
        ("url", "email", "https://example.com", "field.E131"),
        ("text", "json", "plain", "field.E161"),
        ("datetime", "date", datetime.max.replace(tzinfo=UTC), "field.E124"),
    ],
)
def test_what_cannot_go_along_says_why(old: str, new: str, value: Any, code: str) -> None:
    with pytest.raises(FieldValueError) as refused:
        way(old, new).convert(value, CONTEXT)
    assert refused.value.code == code


def test_without_names_or_keys_at_hand() -> None:
    bare = ConversionContext()
    for old, new, value in (("text", "user", "Anna"), ("user", "text", 3), ("text", "secret", "hunter2")):
        with pytest.raises(FieldValueError):
            way(old, new).convert(value, bare)
    assert way("money", "text").convert(Decimal("5.50"), bare) == "5.5"


@pytest.mark.parametrize(
    ("old", "new", "how", "exact"),
    [
        ("text", "long_text", "same", True),
        ("long_text", "rich_text", "same", True),
        ("long_text", "text", "convert", False),
        ("email", "text", "same", True),
        ("url", "text", "convert", True),
        ("text", "email", "convert", False),
        ("auto_number", "text", "same", True),
        ("rating", "integer", "same", True),
        ("integer", "rating", "convert", True),
        ("percent", "money", "same", True),
        ("decimal", "decimal 3", "convert", True),
        ("date", "datetime", "convert", True),
        ("datetime", "date", "convert", False),
        ("picklist stage", "picklist outcome", "convert", False),
        ("picklist stage", "multi_picklist stage", "convert", True),
        ("lookup contact", "lookup contact organization", "convert", True),
        ("lookup contact organization", "lookup organization contact", "same", True),
        ("user", "owner", "same", True),
        ("formula money", "formula money", "same", True),
        ("formula money", "formula text", "recompute", True),
        ("formula money", "rollup money", "recompute", True),
        ("money", "formula money", "recompute", False),
        ("formula money", "money", "convert", True),
    ],
)
def test_how_it_goes_and_whether_something_is_lost(old: str, new: str, how: str, exact: bool) -> None:
    found = way(old, new)
    assert (found.how, found.exact) == (how, exact)
    assert needs_conversion(field(old), field(new), TYPES) is (how != "same")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("secret", "text"),
        ("secret", "formula text"),
        ("integer", "secret"),
        ("date", "integer"),
        ("lookup contact", "lookup organization"),
        ("lookup contact", "user"),
        ("phone", "integer"),
        ("json", "address"),
        ("money", "auto_number"),
        ("formula date", "money"),
    ],
)
def test_unlike_things_need_a_new_field(old: str, new: str) -> None:
    assert conversion(field(old), field(new), TYPES) is None
    assert needs_conversion(field(old), field(new), TYPES)


def test_limits_and_indexes_are_no_conversion_but_count_on_the_way() -> None:
    assert not needs_conversion(make("text"), make("text", max_length=3, required=True, index=True), TYPES)
    assert not needs_conversion(make("integer"), make("integer", min=5), TYPES)
    assert not needs_conversion(make("money"), make("money", decimals=2, currency="EUR"), TYPES)
    assert needs_conversion(make("text"), make("long_text", max_length=3), TYPES)
    narrow = conversion(make("text"), make("long_text", max_length=3), TYPES)
    assert narrow is not None
    with pytest.raises(FieldValueError, match=r"field\.E104"):
        narrow.convert("four", CONTEXT)


class BoxType(TextLikeType):
    """As a plugin would bring it: a text in a form of its own, and columns that depend on the field."""

    name = "box"
    label = "Box"

    def columns(self, field: FieldDef) -> tuple[ColumnSpec, ...]:
        return (*super().columns(field), *((ColumnSpec(suffix="_side"),) if field.digits == 2 else ()))

    def read(self, raw: Any) -> str:
        return super().read(raw).upper()

    def samples(self, field: FieldDef) -> Sequence[Any]:
        return ("a1", "b2")


def test_a_type_of_a_plugin_converts_by_its_text() -> None:
    types = built_in_field_types()
    types.register(BoxType())
    box, text, number = make("box"), make("text"), make("integer")
    forth, back = conversion(text, box, types), conversion(box, text, types)
    assert forth is not None
    assert back is not None
    assert (forth.how, forth.exact, forth.convert("a1", CONTEXT)) == ("convert", False, "A1")
    assert (back.how, back.exact, back.convert("A1", CONTEXT)) == ("convert", True, "A1")
    assert conversion(box, number, types) is None
    assert not needs_conversion(box, make("box", index=True), types)
    assert needs_conversion(box, make("box", digits=2), types)


def there_and_back(old: str, new: str, value: Any, context: ConversionContext = CONTEXT) -> None:
    """An exact way gives the value again, whenever the value can go at all."""
    forth, back = way(old, new), way(new, old)
    assert forth.exact
    try:
        there = forth.convert(value, context)
    except FieldValueError:
        return
    assert back.convert(there, context) == value


@given(
    st.decimals(-(10**13), 10**13, places=4), st.sampled_from(["text", "decimal 4", "decimal 1", "integer", "money"])
)
def test_amounts_come_back(value: Decimal, new: str) -> None:
    there_and_back("money EUR", new, value)
    there_and_back("percent", new, value)


@given(
    st.datetimes(datetime(1850, 1, 1), datetime(9998, 1, 1)),
    st.sampled_from(["UTC", "Asia/Shanghai", "America/New_York", "Australia/Lord_Howe"]),
)
def test_days_and_moments_come_back(value: datetime, zone: str) -> None:
    context = replace(CONTEXT, zone=zone)
    there_and_back("datetime", "text", value.replace(tzinfo=UTC), context)
    there_and_back("date", "datetime", value.date(), context)
    there_and_back("date", "text", value.date(), context)
    there_and_back("time", "text", value.time(), context)


@given(st.text(max_size=40))
def test_texts_come_back(text: str) -> None:
    try:
        value = TYPES["text"].parse(make("text"), text, CONTEXT.reading)
    except FieldValueError:
        return
    if value is not None:
        there_and_back("text", "long_text", value)
        there_and_back("text", "auto_number", value)
        there_and_back("json", "long_text", [value, text.replace("\x00", "").encode(errors="ignore").decode()])


@pytest.mark.parametrize("context", [CONTEXT, CHINESE], ids=["en", "zh_CN"])
def test_every_country_and_language_comes_back(context: ConversionContext) -> None:
    for code in COUNTRIES.codes:
        there_and_back("country", "text", code, context)
    for code in LANGUAGES.codes:
        there_and_back("language", "text", code, context)
