"""Counts and sums, in groups."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from fieldstone.expressions.errors import ExpressionError
from fieldstone.kernel.actors import SYSTEM
from fieldstone.kernel.errors import InvalidInputError
from fieldstone.records.aggregate import aggregate_records
from fieldstone.records.count import count_records
from fieldstone.records.query_types import Count
from records.read.trade import NOW, Trade


def grouped(trade: Trade, *group: str, measures: Sequence[str] = ("count",), where: str = "") -> list[tuple[Any, ...]]:
    with trade.read() as (conn, published):
        found = aggregate_records(
            conn, published, SYSTEM, "opportunity", group=group, measures=measures, where=where, now=NOW
        )
    assert all(list(row) == [*dict.fromkeys(group), *dict.fromkeys(measures)] for row in found)
    return [tuple(row.values()) for row in found]


@pytest.fixture
def filled(trade: Trade) -> Trade:
    acme, globex = trade.save(
        "organization", {"name": "Acme", "industry": "Tools"}, {"name": "Globex", "industry": "tools"}
    )
    trade.save(
        "opportunity",
        {"name": "a", "amount": "10.10", "stage": "won", "close_date": "2026-01-31", "organization": acme, "score": 1},
        {"name": "b", "amount": "0.20", "stage": "won", "close_date": "2026-02-01", "organization": globex, "score": 2},
        {"name": "c", "amount": "-5", "stage": "lost", "close_date": "2025-02-01", "hot": True, "score": 2},
        {"name": "d", "stage": "lost", "next_step": "Call"},
        {"name": "e", "next_step": "call"},
    )
    return trade


def test_measures(filled: Trade) -> None:
    every = (
        "count",
        "count(amount)",
        "sum(amount)",
        "avg(amount)",
        "min(amount)",
        "max(close_date)",
        "sum(score)",
        "avg(score)",
    )
    assert grouped(filled, measures=every) == [
        (5, 3, Decimal("5.3000"), Decimal("1.7666666667"), Decimal("-5.0000"), date(2026, 2, 1), 5,
         Decimal("1.6666666667"))
    ]  # fmt: skip
    assert grouped(filled, measures=every, where="name == 'no'") == [(0, 0, None, None, None, None, None, None)]
    assert grouped(filled, measures=("sum(weighted)", "count", "count"), where="hot") == [(None, 1)]


def test_groups(filled: Trade) -> None:
    assert grouped(filled, "stage") == [(None, 1), ("lost", 2), ("won", 2)]
    assert grouped(filled, "hot", measures=("sum(amount)",)) == [
        (False, Decimal("10.3000")),
        (True, Decimal("-5.0000")),
    ]
    assert grouped(filled, "year(close_date)", "month(close_date)") == [
        (None, None, 2), (2025, 2, 1), (2026, 1, 1), (2026, 2, 1)
    ]  # fmt: skip
    assert grouped(filled, "quarter(close_date)", where="not is_empty(close_date)") == [(1, 3)]
    assert grouped(filled, "organization.industry") == [(None, 3), ("Tools", 2)]
    assert [count for _, count in grouped(filled, "organization")] == [3, 1, 1]
    assert grouped(filled, "next_step", where="not is_empty(next_step)") == [("Call", 2)]
    assert grouped(filled, "amount > 5") == [(False, 4), (True, 1)]
    assert grouped(filled, measures=("sum(days_left)",), where="name == 'a'") == [(-38,)]
    assert grouped(filled, "days_left < 0", where="not is_empty(close_date)") == [(True, 3)]
    assert grouped(filled, "stage", where="name == 'no'") == []


def test_sums_are_exact_beyond_64_bits(trade: Trade) -> None:
    large = Decimal("900000000000.0001")
    trade.save("opportunity", *({"name": "n", "amount": large} for _ in range(1100)))
    assert grouped(trade, measures=("sum(amount)", "avg(amount)")) == [(large * 1100, large.quantize(Decimal("1e-10")))]


@pytest.mark.parametrize(
    ("measure", "code"),
    [
        ("sum", "query.E011"),
        ("sum(name)", "query.E012"),
        ("avg(close_date)", "query.E012"),
        ("max(name)", "query.E012"),
        ("count(password)", "query.E012"),
        ("sum(nope)", "query.E001"),
        ("sum(amount) FROM x", "query.E011"),
        ("median(amount)", "query.E011"),
    ],
)
def test_what_cannot_be_measured(trade: Trade, measure: str, code: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        grouped(trade, measures=(measure,))
    assert refused.value.code == code


def test_what_cannot_be_grouped_by(trade: Trade) -> None:
    for group in ("tags", "password"):
        with pytest.raises(InvalidInputError) as refused:
            grouped(trade, group)
        assert refused.value.code == "query.E014"
    with pytest.raises(ExpressionError):
        grouped(trade, "nope")
    with pytest.raises(InvalidInputError):
        grouped(trade, *(["stage"] * 6))


def test_counts_are_exact_up_to_the_cap(filled: Trade) -> None:
    with filled.read() as (conn, published):

        def count(where: str, cap: int | None, **more: bool) -> Count:
            return count_records(conn, published, SYSTEM, "opportunity", where, cap=cap, now=NOW, **more)

        assert count("", 4) == Count(4, False)
        assert count("", 5) == count("", None) == Count(5, True)
        assert count("organization.industry == 'Tools'", 10) == Count(1, True)
        assert count("", 10, deleted=True) == Count(0, True)
