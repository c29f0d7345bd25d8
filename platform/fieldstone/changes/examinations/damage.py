"""What is wrong below the model: a damaged file, system tables that are not whole."""

from __future__ import annotations

import sqlalchemy as sa

from fieldstone.kernel.codes import declare
from fieldstone.kernel.diagnostics import Diagnostics
from fieldstone.storage.physical import read_physical
from fieldstone.storage.system import SHAPE_KEY, system_metadata

DAMAGED = declare("doctor.E001", "The database file is damaged: {finding}", "Restore a backup.")
BROKEN_REFERENCE = declare(
    "doctor.E002",
    "{count} records of {table} refer to records of {target} that do not exist.",
    "Restore a backup, or clear the references.",
)
SYSTEM_TABLE = declare(
    "doctor.E008",
    "The system table {table} lacks {column}.",
    "Let the next command make it, empty: {repair}. What it held only a backup brings back.",
)


def examine_file(conn: sa.Connection, findings: Diagnostics) -> None:
    """SQLite's own checks."""
    for (finding,) in conn.exec_driver_sql("PRAGMA integrity_check"):
        if finding != "ok":
            findings.add(DAMAGED, finding=finding)
    counts: dict[tuple[str, str], int] = {}
    for table, _, target, _ in conn.exec_driver_sql("PRAGMA foreign_key_check"):
        counts[table, target] = counts.get((table, target), 0) + 1
    for (table, target), count in counts.items():
        findings.add(BROKEN_REFERENCE, table=table, target=target, count=count)


def examine_system_tables(conn: sa.Connection, findings: Diagnostics) -> None:
    """Every table and column of Fieldstone's own is there."""
    present = read_physical(conn).columns
    repair = f"DELETE FROM fs_state WHERE key = '{SHAPE_KEY}'"
    for table in system_metadata.tables.values():
        columns = present.get(table.name, {})
        absent = [column.name for column in table.columns if column.name not in columns]
        if absent:
            what = ", ".join(absent) if columns else "everything"
            findings.add(SYSTEM_TABLE, table=table.name, column=what, repair=repair)
