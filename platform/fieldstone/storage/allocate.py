"""Ids of new records and running numbers: never given twice, gaps allowed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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
    return allocate_together(conn, [key], count)[key]


def allocate_together(conn: sa.Connection, keys: Sequence[str], count: int) -> Mapping[str, Sequence[int]]:
    """Of each of several series the next `count` numbers, as `allocate_numbers`; on PostgreSQL in one round trip."""
    if count <= 0 or not keys:
        return {key: range(0) for key in keys}
    if conn.dialect.name == "postgresql":
        return _next_values(conn, keys, count)
    found = {}
    for key in keys:
        last: int = conn.exec_driver_sql(_ADVANCE, (key, count)).scalar_one()
        found[key] = range(last - count + 1, last + 1)
    return found


def reserve_numbers(conn: sa.Connection, key: str, up_to: int) -> None:
    """Make sure that `up_to` and the numbers below it are not given any more (after a move or a restore)."""
    if conn.dialect.name == "postgresql":
        create_sequence(conn, key)
        name = sequence_name(key)
        # A series that has given nothing yet says 1 all the same.
        given = f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {name}"
        conn.exec_driver_sql(f"SELECT setval('{name}', %s) WHERE %s > ({given})", (up_to, up_to))
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


def _next_values(conn: sa.Connection, keys: Sequence[str], count: int) -> Mapping[str, Sequence[int]]:
    found = _ask(conn, keys, count)
    for key in keys:
        if found[key][0] is None:
            create_sequence(conn, key)
            found |= _ask(conn, [key], count)
    return found


def _ask(conn: sa.Connection, keys: Sequence[str], count: int) -> dict[str, list[int]]:
    series = ", ".join(["nextval(to_regclass(%s))"] * len(keys))
    statement = f"SELECT {series} FROM generate_series(1, %s)"
    rows = conn.exec_driver_sql(statement, (*map(sequence_name, keys), count)).all()
    return {key: [row[place] for row in rows] for place, key in enumerate(keys)}


def create_sequence(conn: sa.Connection, key: str) -> None:
    """Begin a series on PostgreSQL ahead of its first use; nothing happens when it has begun."""
    # Two first users of a series meet here: the lock lets the second find what the first has made.
    conn.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(sequence_name(key), 0))))
    conn.exec_driver_sql(f"CREATE SEQUENCE IF NOT EXISTS {sequence_name(key)}")
