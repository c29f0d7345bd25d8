"""One meaning everywhere: what Python evaluates is what SQLite and PostgreSQL filter and compute."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from expressions.generated import compile_or_skip, conditions, contexts, days, moments, numbers, records, strings
from expressions.sample import FIELDS, SAMPLE, SampleColumns, names_of, row_of
from fieldstone.expressions.evaluate import MAX_NUMBER, EvaluationContext, evaluate, holds
from fieldstone.expressions.sql import compile_filter, compile_value, register_sqlite_functions

pytestmark = pytest.mark.postgres

Record = dict[str, Any]
Databases = dict[str, sa.Connection]
_QUICK = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
_EMPTY: Record = dict.fromkeys(FIELDS)


@pytest.fixture(scope="module")
def databases(postgres_url: str) -> Iterator[Databases]:
    """A connection to each database, with an empty sample table."""
    lite = sa.create_engine("sqlite://")
    sa.event.listen(lite, "connect", lambda connection, _: register_sqlite_functions(connection))
    full = sa.create_engine(postgres_url.replace("postgresql://", "postgresql+psycopg://", 1))
    with lite.connect() as sqlite, full.connect() as postgresql:
        opened = {"sqlite": sqlite, "postgresql": postgresql}
        for connection in opened.values():
            connection.execute(sa.schema.CreateTable(SAMPLE, if_not_exists=False))
        yield opened
        postgresql.rollback()
    lite.dispose()
    full.dispose()


@contextlib.contextmanager
def holding(connection: sa.Connection, rows: list[Record]) -> Iterator[None]:
    """The table with these rows and no others."""
    with connection.begin_nested() as savepoint:
        connection.execute(SAMPLE.insert(), [row_of(record, number) for number, record in enumerate(rows)])
        yield
        savepoint.rollback()


def check_filter(databases: Databases, source: str, rows: list[Record], context: EvaluationContext) -> None:
    compiled = compile_or_skip(source, "boolean")
    expected = [number for number, record in enumerate(rows) if holds(compiled, names_of(record), context)]
    for dialect, connection in databases.items():
        where = compile_filter(compiled, SampleColumns(), context, dialect)
        with holding(connection, rows):
            found = connection.scalars(sa.select(SAMPLE.c.id).where(where).order_by(SAMPLE.c.id)).all()
        assert found == expected, f"{dialect}: {source}"


def check_value(databases: Databases, source: str, kind: str, rows: list[Record], context: EvaluationContext) -> None:
    compiled = compile_or_skip(source, kind)
    expected = [evaluate(compiled, names_of(record), context) for record in rows]
    for dialect, connection in databases.items():
        value = compile_value(compiled, SampleColumns(), context, dialect)
        with holding(connection, rows):
            found = connection.execute(sa.select(SAMPLE.c.id, value.label("value")).order_by(SAMPLE.c.id)).all()
        given = [_bounded(row.value) for row in found]
        assert given == expected, f"{dialect}: {source}"


def _bounded(value: Any) -> Any:
    """Python gives no number that no field could hold; a database may."""
    return None if isinstance(value, Decimal) and abs(value) >= MAX_NUMBER else value


some_records = st.lists(records, min_size=1, max_size=6).map(lambda rows: [*rows, _EMPTY])


@_QUICK
@given(source=conditions(3), rows=some_records, context=contexts)
def test_filters_agree(databases: Databases, source: str, rows: list[Record], context: EvaluationContext) -> None:
    check_filter(databases, source, rows, context)


@_QUICK
@given(data=st.data(), rows=some_records, context=contexts)
def test_values_agree(
    databases: Databases, data: st.DataObject, rows: list[Record], context: EvaluationContext
) -> None:
    kind, sources = data.draw(st.sampled_from(_KINDS))
    check_value(databases, data.draw(sources), kind, rows, context)


_KINDS = [
    ("number", numbers(3)),
    ("text", strings(3)),
    ("date", days(3)),
    ("datetime", moments(2)),
    ("boolean", conditions(2)),
]


@_QUICK
@given(source=numbers(2), rows=st.lists(records, min_size=2, max_size=8), context=contexts)
def test_numbers_sort_alike(databases: Databases, source: str, rows: list[Record], context: EvaluationContext) -> None:
    compiled = compile_or_skip(source, "number")
    values = [evaluate(compiled, names_of(record), context) for record in rows]
    expected = sorted(value for value in values if value is not None)
    for dialect, connection in databases.items():
        value = compile_value(compiled, SampleColumns(), context, dialect)
        with holding(connection, rows):
            found = connection.scalars(
                sa.select(value.label("value")).select_from(SAMPLE).where(value.is_not(None)).order_by(value)
            ).all()
        assert [number for number in found if _bounded(number) is not None] == expected, f"{dialect}: {source}"
