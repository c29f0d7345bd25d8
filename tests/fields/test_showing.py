"""How values are worded, in both languages (interface, Writing)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest

from .examples import CHINESE, ENGLISH, TYPES, make

MOMENT = datetime(2026, 3, 14, 6, 5, tzinfo=UTC)
ADDRESS = {"street": "1 Main St", "city": "Springfield", "state": "IL", "postal_code": "62701", "country": "US"}


@pytest.mark.parametrize(
    ("kind", "value", "english", "chinese"),
    [
        ("date", date(2026, 3, 14), "14 Mar 2026", "2026年3月14日"),
        ("datetime", MOMENT, "14 Mar 2026, 14:05", "2026年3月14日 14:05"),
        ("time", time(14, 5), "14:05", "14:05"),
        ("integer", -12670, "−12,670", "−12,670"),
        ("decimal", Decimal("1200.50"), "1,200.5", "1,200.5"),
        ("percent", Decimal("4.5000"), "4.5 %", "4.5%"),
        ("percent", Decimal(-100), "−100 %", "−100%"),
        ("money", Decimal("184500"), "$184,500.00", "¥184,500.00"),
        ("money", Decimal("-1284500.0000"), "−$1,284,500.00", "−¥1,284,500.00"),
        ("money", Decimal("0.0375"), "$0.0375", "¥0.0375"),
        ("duration", 5400, "1 h 30 min", "1 小时 30 分钟"),
        ("duration", 45, "45 s", "45 秒"),
        ("duration", 0, "0 s", "0 秒"),
        ("duration", -90_000, "−25 h", "−25 小时"),
        ("checkbox", True, "Yes", "是"),
        ("country", "DE", "Germany", "德国"),
        ("currency", "USD", "US Dollar", "美元"),
        ("language", "fr", "French", "法语"),
        ("tags", ("a", "b"), "a, b", "a、b"),
        ("address", ADDRESS, "1 Main St, Springfield, IL 62701, United States", "美国 IL Springfield 1 Main St 62701"),
        ("rating", 4, "4/5", "4/5"),
        ("user", 12, "Anna Snelling", "Anna Snelling"),
        ("user", 99, "#99", "#99"),
    ],
)
def test_wording(kind: str, value: Any, english: str, chinese: str) -> None:
    assert TYPES[kind].show(make(kind), value, ENGLISH) == english
    assert TYPES[kind].show(make(kind), value, CHINESE) == chinese


def test_money_in_other_currencies() -> None:
    money = TYPES["money"]
    assert money.show(make("money", currency="JPY"), Decimal(1200), CHINESE) == "JP¥1,200"
    assert money.show(make("money", currency="CHF"), Decimal(-5), ENGLISH) == "−CHF\u00a05.00"
    assert money.show(make("money"), Decimal(5), replace(ENGLISH, currency="CNY")) == "CN¥5.00"


def test_a_declared_count_of_decimals_is_always_shown() -> None:
    assert TYPES["decimal"].show(make("decimal", decimals=2), Decimal(3), ENGLISH) == "3.00"
    assert TYPES["money"].show(make("money", decimals=0), Decimal(3), ENGLISH) == "$3"


def test_picklist_labels_are_translated() -> None:
    translated = replace(CHINESE, text=lambda key, default: {"picklist.stage.won": "赢单"}.get(key, default))
    one, several = make("picklist", picklist="stage"), make("multi_picklist", picklist="stage")
    assert TYPES["picklist"].show(one, "won", translated) == "赢单"
    assert TYPES["picklist"].show(one, "lost", translated) == "Closed lost"
    assert TYPES["picklist"].show(one, "gone", translated) == "gone"
    assert TYPES["multi_picklist"].show(several, ("won", "lost"), translated) == "赢单、Closed lost"


def test_computed_values_are_shown_as_their_result() -> None:
    forecast = make("formula", result="money", expression="amount * probability / 100")
    formula: Any = TYPES["formula"]
    assert formula.settle(forecast, Decimal("1234.56785")) == Decimal("1234.5679")
    assert formula.show(forecast, Decimal("1234.5650"), ENGLISH) == "$1,234.57"
    assert formula.settle(make("formula", result="integer", expression="1"), Decimal("2.5")) == 3
    assert formula.settle(make("formula", result="checkbox", expression="1"), None) is False
    assert formula.settle(make("formula", result="text", expression="1"), "") is None
    assert TYPES["rollup"].show(make("rollup", result="integer", function="count"), 1200, CHINESE) == "1,200"


def test_numbers_are_written_with_their_prefix() -> None:
    numbering: Any = TYPES["auto_number"]
    assert numbering.number(make("auto_number", prefix="OPP-", digits=5), 42) == "OPP-00042"


def test_a_secret_is_a_mask_everywhere() -> None:
    secret = TYPES["secret"]
    for shown in (secret.show(make("secret"), "x", ENGLISH), secret.export(make("secret"), "x", ENGLISH)):
        assert shown == "••••"
    assert secret.to_json(make("secret"), "x") == "••••"
