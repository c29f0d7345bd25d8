"""What the database is, for whoever looks after the site."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from fieldstone.storage.database import Database


@dataclass(frozen=True, kw_only=True)
class DatabaseFacts:
    """`dialect` is sqlite or postgresql, `version` its own; `size` in bytes; `url` without its password."""

    dialect: str
    version: str
    size: int
    url: str


def read_facts(database: Database) -> DatabaseFacts:
    with database.read() as conn:
        version, size = _sqlite(conn) if database.dialect == "sqlite" else _postgresql(conn)
    url = database.url.render_as_string(hide_password=True)
    return DatabaseFacts(dialect=database.dialect, version=version, size=size, url=url)


def _sqlite(conn: sa.Connection) -> tuple[str, int]:
    pages = int(conn.exec_driver_sql("PRAGMA page_count").scalar_one())
    size = pages * int(conn.exec_driver_sql("PRAGMA page_size").scalar_one())
    return str(conn.exec_driver_sql("SELECT sqlite_version()").scalar_one()), size


def _postgresql(conn: sa.Connection) -> tuple[str, int]:
    version = str(conn.exec_driver_sql("SHOW server_version").scalar_one())
    return version, int(conn.exec_driver_sql("SELECT pg_database_size(current_database())").scalar_one())
