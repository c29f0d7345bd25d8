"""Tables made from a model hold what they promise, alike on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import sample_model
from fieldstone.storage.allocate import allocate_ids, allocate_numbers, reserve_numbers
from fieldstone.storage.columns import ExactDecimal
from fieldstone.storage.database import Database
from fieldstone.storage.ddl import create_tables, plan_operations
from fieldstone.storage.physical import read_physical
from fieldstone.storage.shapes import model_shapes
from fieldstone.storage.tables import Tables, build_tables

NOW = datetime(2026, 3, 14, 9, 0, tzinfo=UTC)


@pytest.fixture
def tables(database: Database) -> Tables:
    model = sample_model.model(*sample_model.sales_modules())
    database.transact(lambda conn: create_tables(conn, model_shapes(model)))
    return build_tables(model, database.dialect)


def _insert(database: Database, tables: Tables, module: str, **values: Any) -> int:
    table = tables.module(module)

    def work(conn: sa.Connection) -> int:
        (new,) = allocate_ids(conn, table, 1)
        row = {"id": new, "version": 1, "created_at": NOW, "modified_at": NOW, **values}
        conn.execute(sa.insert(table.table), [row])
        return new

    return database.transact(work)


def test_values_of_every_kind_come_back_as_they_went_in(database: Database, tables: Tables) -> None:
    organization = _insert(database, tables, "organization", name="Vega")
    row = {
        "name": "Été 北京", "name__key": "k", "organization": organization, "amount": Decimal("-1234567890.1234"),
        "order": 2**62, "closed": True, "close_date": date(2026, 2, 28), "at": time(9, 30, 15),
        "seen_at": datetime(2026, 3, 14, 17, 0, 0, 5, tzinfo=timezone(timedelta(hours=8))), "about_module": "m_1",
        "about_id": 7, "party_organization": organization,
    }  # fmt: skip
    new = _insert(database, tables, "opportunity", **row)
    table = tables.module("opportunity").table
    with database.read() as conn:
        found = conn.execute(sa.select(table).where(table.c.id == new)).one()._mapping
    assert {name: found[name] for name in row} == row
    assert found["seen_at"].utcoffset() == timedelta(0)
    assert str(found["amount"]) == "-1234567890.1234"
    assert found["party_principal"] is None


def test_nothing_is_left_to_do_after_the_tables_are_made(database: Database, tables: Tables) -> None:
    model = sample_model.model(*sample_model.sales_modules())
    with database.read() as conn:
        assert plan_operations(model_shapes(model), read_physical(conn), conn.dialect) == []


def test_references_and_live_uniqueness_are_guarded(database: Database, tables: Tables) -> None:
    with pytest.raises(sa.exc.IntegrityError):
        _insert(database, tables, "opportunity", name="x", organization=99)
    _insert(database, tables, "organization", email__key="a@b.c", deleted_at=NOW)
    _insert(database, tables, "organization", email__key="a@b.c")
    with pytest.raises(sa.exc.IntegrityError):
        _insert(database, tables, "organization", email__key="a@b.c")
    _insert(database, tables, "organization")
    _insert(database, tables, "organization")


def test_a_link_is_one_table_seen_from_both_sides(tables: Tables) -> None:
    assert tables.link("opportunity", "competitors") is tables.link("organization", "competes_in")
    assert {"left_id", "right_id", "strength"} <= set(tables.link("opportunity", "competitors").c.keys())


def test_columns_are_found_by_public_names(tables: Tables) -> None:
    opportunity = tables.module("opportunity")
    assert opportunity.column("owner").name == "owner_id"
    assert opportunity.column("name", "__sort").name == "name__sort"
    assert opportunity.column("about").name == "about_module"
    assert list(opportunity.columns_of(sample_model.field("party"))) == ["_organization", "_principal"]
    with pytest.raises(KeyError):
        opportunity.column("nothing")


def test_unchanged_tables_are_the_same_objects_in_the_next_model(tables: Tables) -> None:
    organization, opportunity = sample_model.sales_modules()
    grown = sample_model.module("organization", *organization.fields.values(), sample_model.field("city"),
                                relations=organization.relations)  # fmt: skip
    after = build_tables(sample_model.model(grown, opportunity), tables.dialect, tables)
    assert after.module("opportunity") is tables.module("opportunity")
    assert after.link("opportunity", "competitors") is tables.link("opportunity", "competitors")
    assert after.module("organization") is not tables.module("organization")


def test_numbers_are_given_once(database: Database) -> None:
    def take(count: int) -> list[int]:
        return database.transact(lambda conn: list(allocate_numbers(conn, "opp", count)))

    assert take(3) == [1, 2, 3]
    assert take(2) == [4, 5]
    database.transact(lambda conn: reserve_numbers(conn, "opp", 10))
    database.transact(lambda conn: reserve_numbers(conn, "opp", 7))
    assert take(1) == [11]
    assert take(0) == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    stored=st.decimals(-(10**9), 10**9, places=4, allow_nan=False),
    asked=st.decimals(-(10**9), 10**9, places=7, allow_nan=False) | st.decimals(-2, 2, places=7, allow_nan=False),
)
def test_decimals_compare_exactly(database: Database, stored: Decimal, asked: Decimal) -> None:
    table = sa.table("amounts", sa.column("amount", ExactDecimal(4)))

    def work(conn: sa.Connection) -> tuple[Any, ...]:
        kind = "BIGINT" if database.dialect == "sqlite" else "NUMERIC(30, 4)"
        conn.exec_driver_sql("DROP TABLE IF EXISTS amounts")
        conn.exec_driver_sql(f"CREATE TABLE amounts (amount {kind})")
        conn.execute(sa.insert(table).values(amount=stored))
        column = table.c.amount
        return tuple(conn.execute(sa.select(column, column > asked, column == asked, column < asked)).one())

    found = database.transact(work)
    assert found[0] == stored
    assert tuple(map(bool, found[1:])) == (stored > asked, stored == asked, stored < asked)
