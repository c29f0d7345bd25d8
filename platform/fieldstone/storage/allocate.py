"""Ids of new records and running numbers: never given twice, gaps allowed."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from fieldstone.storage.columns import Id, Text
from fieldstone.storage.names import fit_name
from fieldstone.storage.system import system_metadata
from fieldstone.storage.tables import ModuleTable

counter = sa.Table(
    "fs_counter",
    system_metadata,
    sa.Column("key", Text, primary_key=True),
    sa.Column("value", Id, nullable=False),
)
"""The last number given, by key. On SQLite only; PostgreSQL has sequences."""

_ADVANCE = (
    "INSERT INTO fs_counter (key, value) VALUES (?, ?) "
    "ON CONFLICT (key) DO UPDATE SET value = value + excluded.value RETURNING value"
)


def allocate_ids(conn: sa.Connection, table: ModuleTable | sa.Table, count: int) -> Sequence[int]:
    """Ids for new rows of a module or link table, ascending. In one round trip."""
    name = table.table.name if isinstance(table, ModuleTable) else table.name
    return allocate_numbers(conn, id_key(name), count)


def allocate_numbers(conn: sa.Connection, key: str, count: int) -> Sequence[int]:
    """The next `count` numbers of a series, ascending from 1. A series begins when it is first asked for.

    On PostgreSQL series do not wait for each other's transactions, so the numbers may have holes in between.
    """
    if count <= 0:
        return range(0)
    if conn.dialect.name == "postgresql":
        return _next_values(conn, key, count)
    last: int = conn.exec_driver_sql(_ADVANCE, (key, count)).scalar_one()
    return range(last - count + 1, last + 1)


def reserve_numbers(conn: sa.Connection, key: str, up_to: int) -> None:
    """Make sure that `up_to` and the numbers below it are not given any more (after a move or a restore)."""
    if conn.dialect.name == "postgresql":
        create_sequence(conn, key)
        name = sequence_name(key)
        conn.exec_driver_sql(f"SELECT setval('{name}', %s) WHERE %s > (SELECT last_value FROM {name})", (up_to, up_to))
        return
    upsert = insert(counter).values(key=key, value=up_to)
    conn.execute(
        upsert.on_conflict_do_update(
            index_elements=["key"], set_={"value": sa.func.max(counter.c.value, upsert.excluded.value)}
        )
    )


def id_key(table: str) -> str:
    """The series of a table's ids."""
    return f"id:{table}"


def sequence_name(key: str) -> str:
    return fit_name("fs_seq", key)


def _next_values(conn: sa.Connection, key: str, count: int) -> Sequence[int]:
    numbers = _ask(conn, key, count)
    if numbers[0] is None:
        create_sequence(conn, key)
        numbers = _ask(conn, key, count)
    return numbers


def _ask(conn: sa.Connection, key: str, count: int) -> list[int]:
    statement = "SELECT nextval(to_regclass(%s)) FROM generate_series(1, %s)"
    return [row[0] for row in conn.exec_driver_sql(statement, (sequence_name(key), count))]


def create_sequence(conn: sa.Connection, key: str) -> None:
    """Begin a series on PostgreSQL ahead of its first use; nothing happens when it has begun."""
    # Two first users of a series meet here: the lock lets the second find what the first has made.
    conn.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(sequence_name(key), 0))))
    conn.exec_driver_sql(f"CREATE SEQUENCE IF NOT EXISTS {sequence_name(key)}")
