"""Loading a backup into a database, in one transaction: all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

import sqlalchemy as sa

from fieldstone.kernel.errors import SiteError
from fieldstone.storage.backup import codes
from fieldstone.storage.backup.manifest import TableEntry
from fieldstone.storage.backup.read import OpenBackup
from fieldstone.storage.backup.rows import row_reader
from fieldstone.storage.backup.series import load_series
from fieldstone.storage.backup.stored import columns_of, system_tables
from fieldstone.storage.backup.write import BATCH, Progress
from fieldstone.storage.ddl import create_tables, execute_operations, plan_operations
from fieldstone.storage.physical import read_physical
from fieldstone.storage.shapes import TableShape
from fieldstone.storage.steps import failed_steps, open_steps
from fieldstone.storage.system import SCHEMA_KEY, SHAPE_KEY, expand_system_tables, state

_REFERENCES = """
SELECT t.relname, c.conname, pg_get_constraintdef(c.oid)
FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
WHERE c.contype = 'f' AND t.relnamespace = current_schema()::regnamespace
"""


def load_backup(
    conn: sa.Connection,
    backup: OpenBackup,
    *,
    shapes_of: Callable[[sa.Connection], Mapping[str, TableShape]],
    progress: Progress,
) -> None:
    """Make every table and fill it, in a database that holds no site. `shapes_of` gives the tables that the loaded
    model needs, for their indexes. Raises SiteError backup.E003 for what does not fit; roll back then."""
    sqlite = conn.dialect.name == "sqlite"
    if sqlite:
        conn.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    expand_system_tables(conn)
    tables = backup.manifest.tables
    _require_known(backup)
    create_tables(conn, {each.table.name: each.table.shape() for each in tables if not each.table.is_system})
    references = [] if sqlite else conn.exec_driver_sql(_REFERENCES).all()
    for table, name, _ in references:
        conn.exec_driver_sql(f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"')
    total, before = backup.manifest.rows, 0
    for entry in tables:
        _fill(conn, backup, entry, lambda done, base=before: progress(base + done, total))  # type: ignore[misc]
        before += entry.rows
    load_series(conn, backup.manifest.series)
    for table, name, definition in references:
        conn.exec_driver_sql(f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" {definition}')
    later = {step.params.get("name") for step in (*open_steps(conn), *failed_steps(conn)) if step.kind == "index"}
    operations = plan_operations(shapes_of(conn), read_physical(conn), conn.dialect)
    execute_operations(conn, [each for each in operations if not each.index or each.index not in later])


def _require_known(backup: OpenBackup) -> None:
    known = system_tables()
    targets = {each.table.name for each in backup.manifest.tables}
    for entry in backup.manifest.tables:
        table = entry.table
        declared = dict(columns_of(known[table.name])) if table.name in known else {}
        if table.is_system and any(declared.get(name) != kind for name, kind in columns_of(table)):
            raise _unusable(backup, f"the table {table.name} is not as this Fieldstone has it")
        if not table.is_system and table.columns[:1] != tuple(each for each in table.columns if each.name == "id"):
            raise _unusable(backup, f"the table {table.name} has no id")
        if any(each.references and each.references not in targets for each in table.columns):
            raise _unusable(backup, f"{table.name} refers to a table that is not there")


def _fill(conn: sa.Connection, backup: OpenBackup, entry: TableEntry, progress: Callable[[int], None]) -> None:
    twin, read = entry.table.twin(), row_reader(entry.table)
    insert = sa.insert(twin)
    rows = _rows(backup, entry, read)
    done = 0
    while batch := list(islice(rows, BATCH)):
        if entry.table.name == state.name:  # how the tables are made is this database's own affair
            batch = [row for row in batch if row["key"] not in (SCHEMA_KEY, SHAPE_KEY)]
        if batch:
            conn.execute(insert, batch)
        done += len(batch)
        progress(done)


def _rows(backup: OpenBackup, entry: TableEntry, read: Callable[[bytes], dict[str, Any]]) -> Iterator[dict[str, Any]]:
    try:
        for line in backup.lines(entry):
            yield read(line)
    except ValueError as error:
        raise _unusable(backup, str(error)) from error


def _unusable(backup: OpenBackup, reason: str) -> SiteError:
    return SiteError(codes.UNUSABLE, file=backup.file, reason=f"{reason}.")
