"""Pages follow each other without a gap or a repeat, in the one order, forwards and backwards."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fieldstone.kernel.actors import Actor
from fieldstone.kernel.errors import InvalidInputError
from fieldstone.kernel.folding import sort_key
from fieldstone.records import fetch
from fieldstone.records.access import narrow
from fieldstone.records.access.tables import share
from fieldstone.records.count import count_records
from fieldstone.records.walks import Step
from records.read.trade import NOW, Trade

VALUES: dict[str, list[Any]] = {
    "name": ["a", "B", "ä", "北京", "上海", None],
    "amount": [Decimal("-1"), Decimal("0.0001"), Decimal("10"), Decimal("9"), None],
    "score": [1, 2, -5, None],
    "stage": ["won", "lost", "prospecting", None],
    "hot": [True, False],
    "close_date": ["2026-01-01", "2025-12-31", None],
    "seen_at": ["2026-01-01T00:00:00.5Z", "2026-01-01T00:00:00Z", None],
    "organization": ["Zeta", "beta", None],
}
SORTS = [*VALUES, "organization.name", "order(stage)", "days_left", "weighted", "owner", "created_at", "id"]

order = st.lists(st.sampled_from(SORTS), max_size=3, unique=True).flatmap(
    lambda names: st.tuples(*(st.sampled_from([name, f"-{name}"]) for name in names))
)


@pytest.fixture
def filled(trade: Trade) -> Trade:
    zeta, beta = trade.save("organization", {"name": "Zeta"}, {"name": "beta"})
    organizations = {"Zeta": zeta, "beta": beta, None: None}
    rows = []
    for number in range(40):
        row = {name: values[(number * 7 + place) % len(values)] for place, (name, values) in enumerate(VALUES.items())}
        rows.append({**row, "organization": organizations[row["organization"]], "rate": "0.5"})
    trade.save("opportunity", *rows)
    return trade


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    sort=order,
    limit=st.integers(1, 9),
    where=st.sampled_from(["score > 0", "hot", "organization.name == 'beta'", "score == 9"]),
)
def test_pages_of_a_filter(walking: Trade, sort: Sequence[str], limit: int, where: str) -> None:
    everything = [record.id for record in walking.query(sort=tuple(sort), limit=100, fields=("id",)).records]
    passed = {record.id for record in walking.query(where=where, limit=100, fields=("id",)).records}
    pages = walking.all_pages(sort, limit, where=where)
    assert [id for page in pages for id in page] == [id for id in everything if id in passed]
    assert all(len(page) == limit for page in pages[:-1])


@pytest.fixture
def walking(filled: Trade, monkeypatch: pytest.MonkeyPatch) -> Trade:
    """Gives the order up early, so that few rows take every way there is."""
    monkeypatch.setattr(fetch, "STEPS", (Step(entries=2, rows=2), Step(entries=5, rows=5)))
    monkeypatch.setattr(fetch, "BOUNDED_STEPS", (Step(entries=6, rows=2), Step(entries=15, rows=5)))
    return filled


@pytest.fixture
def limited(walking: Trade) -> tuple[Trade, Actor, set[int]]:
    """Somebody who owns every third record, and with whom one more is shared."""
    rep = walking.add_user("rep", "rep")
    table = walking.published.tables.module("opportunity").table
    ids = [record.id for record in walking.query(limit=100, fields=("id",)).records]
    mine = sa.update(table).where(table.c.id % 3 == 0).values(owner_id=rep.user_id)
    identity = walking.published.model.modules["opportunity"].identity
    given = {"module": identity, "record_id": ids[0], "principal_id": rep.user_id, "access": "read", "at": NOW}

    def work(conn: sa.Connection) -> None:
        conn.execute(mine)
        conn.execute(sa.insert(share).values(given))

    walking.database.transact(work)
    return walking, rep, {ids[0], *(id for id in ids if id % 3 == 0)}


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    sort=order.filter(lambda names: not any("organization" in name for name in names)),
    limit=st.integers(1, 9),
    where=st.sampled_from(["", "score > 0", "hot", "score == 9", "amount > 1"]),
    size=st.sampled_from(["few", "some", "many"]),
)
def test_pages_of_somebody_who_sees_some(
    limited: tuple[Trade, Actor, set[int]], sort: Sequence[str], limit: int, where: str, size: narrow.Size
) -> None:
    trade, rep, mine = limited
    trade.published.cache["access.narrow"] = {(rep.user_id, "opportunity"): (size, 1_000)}
    everything = trade.query(sort=tuple(sort), where=where, limit=100, fields=("id",)).records
    expected = [record.id for record in everything if record.id in mine]
    pages = trade.all_pages(sort, limit, where=where, actor=rep)
    assert [id for page in pages for id in page] == expected
    with trade.read() as (conn, published):
        assert count_records(conn, published, rep, "opportunity", where, now=NOW).value == len(expected)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sort=order, limit=st.integers(1, 45))
def test_pages_in_both_directions(filled: Trade, sort: Sequence[str], limit: int) -> None:
    pages = filled.all_pages(sort, limit)
    ids = [id for page in pages for id in page]
    assert ids == [record.id for record in filled.query(sort=tuple(sort), limit=100, fields=("id",)).records]
    assert sorted(ids) == sorted(set(ids))
    assert len(ids) == 40
    _check_order(filled, sort, ids)

    page = filled.query(sort=tuple(sort), limit=limit, fields=("id",))
    cursor = page.next_cursor
    trail = [[record.id for record in page.records]]
    while cursor:
        page = filled.query(sort=tuple(sort), limit=limit, cursor=cursor, fields=("id",))
        trail.append([record.id for record in page.records])
        assert page.previous_cursor
        cursor = page.next_cursor
    back = page.previous_cursor
    for expected in reversed(trail[:-1]):
        page = filled.query(sort=tuple(sort), limit=limit, cursor=back, fields=("id",))
        assert [record.id for record in page.records] == expected
        assert page.has_more
        back = page.previous_cursor
    assert not back


def _check_order(filled: Trade, sort: Sequence[str], ids: Sequence[int]) -> None:
    """Against an order made in Python, for the terms whose keys it can make."""
    term = sort[0] if sort else "id"
    name = term.removeprefix("-")
    if name not in (
        "name",
        "amount",
        "score",
        "close_date",
        "seen_at",
        "days_left",
        "weighted",
        "id",
        "organization.name",
    ):
        return
    records = filled.query(fields=(name,), limit=100).records
    values = {record.id: record.values[name] for record in records}

    def key(id: int) -> tuple[bool, Any]:
        value = values[id]
        if value is None:
            return (False, 0)
        return (True, sort_key(value) if isinstance(value, str) else value)

    keys = [key(id) for id in ids]
    with_values = [key for key in keys if key[0]]
    assert with_values == sorted(with_values, reverse=term.startswith("-"))
    empties = [key[0] for key in keys]
    assert empties == sorted(empties, reverse=term.startswith("-"))


def test_a_declared_order_and_the_order_of_keys(trade: Trade) -> None:
    trade.save(
        "opportunity", *({"name": stage or "none", "stage": stage} for stage in ("won", None, "prospecting", "lost"))
    )
    assert trade.names(sort=("order(stage)",)) == ["none", "prospecting", "won", "lost"]
    assert trade.names(sort=("-order(stage)",)) == ["lost", "won", "prospecting", "none"]
    assert trade.names(sort=("stage",)) == ["none", "lost", "prospecting", "won"]


def test_names_are_ordered_by_pinyin_and_without_case(trade: Trade) -> None:
    trade.save("opportunity", *({"name": name} for name in ("Zeta", "北京", "alpha", "上海", "Äpfel")))
    assert trade.names(sort=("name",)) == ["alpha", "北京", "上海", "Zeta", "Äpfel"]


def test_a_page_goes_on_where_rows_came_and_went(trade: Trade) -> None:
    ids = trade.save("opportunity", *({"name": f"n{number}"} for number in range(6)))
    page = trade.query(sort=("name",), limit=3, fields=("name",))
    trade.records.delete(trade.add_user("root", "manager"), "opportunity", [ids[2]])
    trade.save("opportunity", {"name": "n25"}, {"name": "n0"})
    assert trade.names(sort=("name",), limit=3, cursor=page.next_cursor) == ["n25", "n3", "n4"]


def test_cursors_of_other_queries_and_forged_ones_are_refused(trade: Trade) -> None:
    trade.save("opportunity", *({"name": f"n{number}", "amount": number} for number in range(4)))
    cursor = trade.query(sort=("amount",), limit=2).next_cursor
    for other in (
        {"sort": ("-amount",)},
        {"sort": ("amount",), "where": "hot"},
        {"sort": ("amount",), "deleted": True},
    ):
        with pytest.raises(InvalidInputError) as refused:
            trade.query(cursor=cursor, **other)
        assert refused.value.code == "query.E004"
    digest, _, values = json.loads(base64.urlsafe_b64decode(cursor + "=="))
    for forged in (
        ["1' OR 1=1", 1], ["NaN", 1], ["1e99", 1], [{}, 1], ["1", "1"], ["1", 2**64], ["1"], ["1", 1, 1], [True, 1],
        "x", None,
    ):  # fmt: skip
        text = base64.urlsafe_b64encode(json.dumps([digest, 0, forged]).encode()).decode()
        with pytest.raises(InvalidInputError) as refused:
            trade.query(sort=("amount",), cursor=text)
        assert refused.value.code == "query.E003"
    for text in ("[" * 100_000, "\ud800", "ü", "a" * 300_000):
        with pytest.raises(InvalidInputError):
            trade.query(sort=("amount",), cursor=text)
    assert values


def test_a_surrogate_in_a_cursor_is_refused(trade: Trade) -> None:
    trade.save("opportunity", {"name": "a"}, {"name": "b"})
    cursor = trade.query(sort=("name",), limit=1).next_cursor
    digest, backward, _ = json.loads(base64.urlsafe_b64decode(cursor + "=="))
    for bad in ("\ud800", "a\x00"):
        text = base64.urlsafe_b64encode(json.dumps([digest, backward, [bad, 1]]).encode()).decode()
        with pytest.raises(InvalidInputError):
            trade.query(sort=("name",), cursor=text)
