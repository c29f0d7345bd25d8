"""The shape of the SQL: indexes serve filters, negation sits at the leaves, nothing is interpolated."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from expressions.sample import FIELDS, NOON, SAMPLE, SCOPE, SampleColumns, row_of
from fieldstone.expressions.compiled import compile_expression
from fieldstone.expressions.errors import ExpressionError
from fieldstone.expressions.evaluate import EvaluationContext
from fieldstone.expressions.sql import SqlColumn, compile_filter, compile_value, register_sqlite_functions
from fieldstone.expressions.types import BOOLEAN, TEXT

EMPTY: dict[str, Any] = dict.fromkeys(FIELDS)
INDEXED = ("stage", "amount", "score", "name__key", "close_date", "created_at", "owner", "active")
SERVED = [
    "stage == 'won'",
    "stage in ('won', 'lost')",
    "amount > 10000",
    "amount > 10000.00005",
    "10 <= amount < 20.5",
    "score == 3",
    "starts_with(name, 'acme')",
    "within(close_date, 'this month')",
    "within(created_at, 'last 7 days')",
    "created_at == '2026-03-14'",
    "created_at >= '2026-03-14T09:00:00Z'",
    "close_date < today()",
    "close_date < add_days(today(), 30)",
    "owner == user.id",
    "owner in (7, 8)",
    "is_empty(close_date)",
    "close_date == ''",
    "active",
    "active == True",
    "not (stage != 'won')",
    "not not (amount > 1000)",
    "stage == 'won' and contains(name, 'x')",
    "stage == 'won' or owner == 7",
]


def text_of(source: str, dialect: str) -> str:
    where = compile_filter(compile_expression(source, SCOPE), SampleColumns(), NOON, dialect)
    engine: Any = sqlite.dialect() if dialect == "sqlite" else postgresql.dialect()  # type: ignore[no-untyped-call]
    return str(where.compile(dialect=engine)).replace("\n", "")


@pytest.fixture(scope="module")
def lite() -> Iterator[sa.Connection]:
    engine = sa.create_engine("sqlite://")
    sa.event.listen(engine, "connect", lambda connection, _: register_sqlite_functions(connection))
    with engine.connect() as connection:
        connection.execute(sa.schema.CreateTable(SAMPLE))
        for name in INDEXED:
            connection.exec_driver_sql(f"CREATE INDEX sample_{name} ON sample ({name})")
        yield connection
    engine.dispose()


@pytest.mark.parametrize("source", SERVED)
def test_sqlite_searches_an_index(lite: sa.Connection, source: str) -> None:
    where = compile_filter(compile_expression(source, SCOPE), SampleColumns(), NOON, "sqlite")
    statement = sa.select(SAMPLE.c.id).where(where)
    compiled = statement.compile(lite, compile_kwargs={"render_postcompile": True})
    values = compiled.construct_params()
    bound = tuple(
        compiled._bind_processors.get(name, lambda value: value)(values[name]) for name in compiled.positiontup or ()
    )
    plan = lite.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled.string}", bound).all()
    assert any("USING INDEX sample_" in row[3] or "USING COVERING INDEX sample_" in row[3] for row in plan), plan
    assert not any(row[3].startswith("SCAN") for row in plan), plan


@pytest.mark.postgres
@pytest.mark.parametrize("source", [source for source in SERVED if "active" not in source])
def test_postgresql_searches_an_index(indexed_postgresql: sa.Connection, source: str) -> None:
    where = compile_filter(compile_expression(source, SCOPE), SampleColumns(), NOON, "postgresql")
    compiled = (
        sa.select(SAMPLE.c.id).where(where).compile(indexed_postgresql, compile_kwargs={"render_postcompile": True})
    )
    plan = indexed_postgresql.exec_driver_sql(f"EXPLAIN {compiled.string}", compiled.construct_params()).scalars().all()
    assert any("Index Cond" in line for line in plan), plan
    assert not any("Seq Scan" in line for line in plan), plan


@pytest.fixture(scope="module")
def indexed_postgresql(postgres_url: str) -> Iterator[sa.Connection]:
    engine = sa.create_engine(postgres_url.replace("postgresql://", "postgresql+psycopg://", 1))
    with engine.connect() as connection:
        connection.execute(sa.schema.CreateTable(SAMPLE))
        for name in INDEXED:
            connection.exec_driver_sql(f"CREATE INDEX sample_{name} ON sample ({name})")
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        yield connection
        connection.rollback()
    engine.dispose()


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_negation_stands_at_the_leaves(dialect: str) -> None:
    assert " OR sample.stage IS NULL" in text_of("stage != 'won'", dialect)
    assert " OR sample.stage IS NULL" in text_of("stage not in ('won', 'lost')", dialect)
    negated = text_of("not (stage == 'won' and amount > 3)", dialect)
    assert "sample.stage != " in negated
    assert "sample.amount <= " in negated
    assert "NOT (" not in negated
    assert "IS NULL" not in text_of("stage == 'won' and amount > 3", dialect)


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_texts_are_bound_never_written(dialect: str) -> None:
    for source in ("name == 'x'' OR 1'", "contains(name, 'zz%zz')", "has(tags, 'zz')", "starts_with(name, 'zz')"):
        assert "zz" not in text_of(source, dialect)


def test_percent_and_underscore_are_literal(lite: sa.Connection) -> None:
    with lite.begin_nested() as savepoint:
        rows = [row_of({**EMPTY, "name": name}, number) for number, name in enumerate(("100%", "100x", "a_b", "axb"))]
        lite.execute(SAMPLE.insert(), rows)
        for source, expected in (("contains(name, '0%')", [0]), ("contains(name, 'a_b')", [2])):
            where = compile_filter(compile_expression(source, SCOPE), SampleColumns(), NOON, "sqlite")
            assert lite.scalars(sa.select(SAMPLE.c.id).where(where)).all() == expected
        savepoint.rollback()


def test_values_have_types_for_sorting_and_grouping(lite: sa.Connection) -> None:
    with lite.begin_nested() as savepoint:
        days = [date(2026, 1, 5), date(2026, 1, 9), date(2026, 4, 1), None]
        amounts = [Decimal("2.5000"), Decimal("10.0000"), Decimal("-3.0000"), None]
        records = [{**EMPTY, "close_date": day, "amount": amount} for day, amount in zip(days, amounts, strict=True)]
        lite.execute(SAMPLE.insert(), [row_of(record, number) for number, record in enumerate(records)])
        month = _value("month(close_date)")
        grouped = lite.execute(sa.select(month, sa.func.count()).group_by(month).order_by(month)).all()
        assert [tuple(row) for row in grouped] == [(None, 1), (1, 2), (4, 1)]
        share = _value("amount / 3")
        assert lite.scalars(sa.select(SAMPLE.c.id).order_by(share)).all() == [3, 2, 0, 1]
        assert lite.scalars(sa.select(share).where(SAMPLE.c.id == 0)).one() == Decimal("0.8333333333")
        assert lite.scalars(sa.select(_value("amount > 0")).order_by(SAMPLE.c.id)).all() == [True, True, False, False]
        savepoint.rollback()


def _value(source: str) -> sa.ColumnElement[Any]:
    return compile_value(compile_expression(source, SCOPE), SampleColumns(), NOON, "sqlite")


def test_computed_values_may_stand_for_columns(lite: sa.Connection) -> None:
    """Fields that depend on the clock are inlined: what compile_value gives is a column again."""

    class Inlined(SampleColumns):
        def find_column(self, path: tuple[str, ...]) -> SqlColumn | None:
            if path == ("score",):
                share = compile_value(compile_expression("amount / 3", SCOPE), SampleColumns(), NOON, "sqlite")
                return SqlColumn(type=compile_expression("score", SCOPE).type, column=share)
            if path == ("active",):
                late = compile_value(compile_expression("close_date < today()", SCOPE), SampleColumns(), NOON, "sqlite")
                return SqlColumn(type=BOOLEAN, column=late)
            return super().find_column(path)

    with lite.begin_nested() as savepoint:
        record = {**EMPTY, "amount": Decimal("1.0000"), "close_date": date(2026, 1, 1)}
        lite.execute(SAMPLE.insert(), [row_of(record, 1), row_of({**EMPTY, "amount": Decimal("9.0000")}, 2)])
        for source, expected in (
            ("score < 0.33333333334", [1]),
            ("score == 3", [2]),
            ("score * 2 == 6", [2]),
            ("active", [1]),
            ("not active", [2]),
            ("score in (3, 4)", [2]),
        ):
            where = compile_filter(compile_expression(source, SCOPE), Inlined(), NOON, "sqlite")
            assert lite.scalars(sa.select(SAMPLE.c.id).where(where)).all() == expected, source
        savepoint.rollback()


def test_a_name_without_column_or_value_is_refused() -> None:
    class Nothing:
        def find_column(self, path: tuple[str, ...]) -> SqlColumn | None:
            return None

        def find_value(self, path: tuple[str, ...]) -> Any | None:
            return None

    with pytest.raises(ExpressionError) as caught:
        compile_filter(compile_expression("name == 'x'", SCOPE), Nothing(), NOON, "sqlite")
    assert caught.value.code == "expression.E031"
    everyone = compile_filter(compile_expression("user.name == ''", SCOPE), Nothing(), NOON, "sqlite")
    assert str(everyone) == "true"


def test_a_column_without_key_is_folded_row_by_row(lite: sa.Connection) -> None:
    class Keyless(SampleColumns):
        def find_column(self, path: tuple[str, ...]) -> SqlColumn | None:
            return SqlColumn(type=TEXT, column=SAMPLE.c.note) if path == ("billing_address", "city") else None

    with lite.begin_nested() as savepoint:
        lite.execute(SAMPLE.insert(), [row_of({**EMPTY, "note": "STRASSE Ünna"}, 1)])
        source = compile_expression("contains(billing_address.city, 'straße ü')", SCOPE)
        where = compile_filter(source, Keyless(), NOON, "sqlite")
        assert lite.scalars(sa.select(SAMPLE.c.id).where(where)).all() == [1]
        savepoint.rollback()


def test_days_of_moments_are_compared_by_bounds_in_utc() -> None:
    berlin = EvaluationContext(now=NOON.now, zone="Europe/Berlin")
    where = compile_filter(compile_expression("created_at == '2026-03-29'", SCOPE), SampleColumns(), berlin, "sqlite")
    first, last = sorted(where.compile().params.values())
    assert (first.isoformat(), last.isoformat()) == ("2026-03-28T23:00:00+00:00", "2026-03-29T22:00:00+00:00")
