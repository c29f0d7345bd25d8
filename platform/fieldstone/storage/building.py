"""Building an index on a table that people are using."""

from __future__ import annotations

import sqlalchemy as sa

from fieldstone.storage.database import Database
from fieldstone.storage.physical import read_physical


def build_index(database: Database, name: str, statement: str) -> None:
    """Run a CREATE INDEX statement. On PostgreSQL beside the writers, outside any transaction; what an earlier attempt
    left unfinished is removed first. Does nothing when the index is there. Raises IntegrityError for values that
    are to be unique and are not; then there is no index."""
    with database.read() as conn:
        physical = read_physical(conn)
    broken = name in physical.broken
    if name in physical.indexes and not broken:
        return
    if database.dialect == "sqlite":
        database.transact(lambda conn: conn.exec_driver_sql(statement))
        return
    with database.no_snapshot(), database.writer.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        if broken:
            conn.exec_driver_sql(f'DROP INDEX CONCURRENTLY IF EXISTS "{name}"')
        try:
            conn.exec_driver_sql(statement.replace(" INDEX ", " INDEX CONCURRENTLY ", 1))
        except sa.exc.IntegrityError:
            conn.exec_driver_sql(f'DROP INDEX CONCURRENTLY IF EXISTS "{name}"')
            raise
