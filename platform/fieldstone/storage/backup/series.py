"""Running numbers in a backup: the last that each series has given, so that none is given again."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from fieldstone.storage.allocate import counter, id_key, reserve_numbers, sequence_name
from fieldstone.storage.catalogue import load_catalogue
from fieldstone.storage.system import system_metadata

_SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = current_schema()"
_OWN = "own:"
"""Before the name of a system table whose ids the database gives by itself."""


def read_series(conn: sa.Connection) -> dict[str, int]:
    """Key → the last number given."""
    if conn.dialect.name == "sqlite":
        return {row.key: row.value for row in conn.execute(sa.select(counter.c.key, counter.c.value))}
    given = {name: last for name, last in conn.exec_driver_sql(_SEQUENCES) if last is not None}
    found = {}
    for entry in load_catalogue(conn):
        for key in (id_key(entry.physical), f"number:{entry.identity}"):
            if sequence_name(key) in given:
                found[key] = given[sequence_name(key)]
    for table, column in _given_ids():
        name = conn.exec_driver_sql("SELECT pg_get_serial_sequence(%s, %s)", (table, column)).scalar_one()
        last = given.get(str(name).rpartition(".")[2])
        if last is not None:
            found[_OWN + table] = last
    return found


def load_series(conn: sa.Connection, series: Mapping[str, int]) -> None:
    """Go on after the numbers of a backup, and after the ids of the rows that are there."""
    for key, last in series.items():
        if not key.startswith(_OWN):
            reserve_numbers(conn, key, last)
    if conn.dialect.name == "sqlite":  # which takes the highest id that is there
        return
    for table, column in _given_ids():
        highest = conn.exec_driver_sql(f'SELECT max("{column}") FROM "{table}"').scalar_one() or 0
        last = max(highest, series.get(_OWN + table, 0))
        if last:
            conn.exec_driver_sql("SELECT setval(pg_get_serial_sequence(%s, %s), %s)", (table, column, last))


def _given_ids() -> list[tuple[str, str]]:
    return [
        (table.name, table.autoincrement_column.name)
        for table in system_metadata.sorted_tables
        if table.autoincrement_column is not None
    ]
