"""A site that gives way to a backup, on PostgreSQL; on SQLite a new file takes the place of the old one."""

from __future__ import annotations

import sqlalchemy as sa

from fieldstone.storage.catalogue import load_catalogue
from fieldstone.storage.system import system_metadata

_SEQUENCES = """
SELECT sequencename FROM pg_sequences WHERE schemaname = current_schema() AND sequencename LIKE 'fs\\_seq%%'
"""


def drop_site(conn: sa.Connection) -> None:
    """Remove its tables and series, in the transaction that loads what takes their place."""
    owned = {entry.physical for entry in load_catalogue(conn) if entry.kind in ("module", "relation")}
    for name in sorted({*system_metadata.tables, *owned}):
        conn.exec_driver_sql(f'DROP TABLE IF EXISTS "{name}" CASCADE')
    for name in conn.exec_driver_sql(_SEQUENCES).scalars().all():
        conn.exec_driver_sql(f'DROP SEQUENCE "{name}"')
