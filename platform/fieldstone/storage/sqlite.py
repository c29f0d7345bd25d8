"""SQLite: two engines on one file, write-ahead log, foreign keys on, every commit on the disk."""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from fieldstone.expressions.sql import register_sqlite_functions
from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import SiteError

declare(
    "storage.E004",
    "The database file {path} cannot be written: {reason}",
    "Give this account the right to write the file and its folder.",
)

BUSY_MILLISECONDS = 10_000
"""How long SQLite waits for another process; threads of this one take turns (`storage.turns`)."""

_READER_CACHE_KIB, _WRITER_CACHE_KIB = 4_000, 32_000
"""Page caches, of each reading connection and of the one that writes; beyond them the system's own cache serves."""


_QUIET: Any = {"hide_parameters": True}
"""Errors tell the statement, never the values bound to it: they end in logs."""


def open_engines(url: sa.URL) -> tuple[sa.Engine, sa.Engine]:
    """Reader (deferred, cannot write) and writer (BEGIN IMMEDIATE) of a file, which is made if absent.

    Raises SiteError storage.E004 when the file or its folder is not writable.
    """
    path = Path(url.database or "")
    _prepare(path)
    clean = sa.URL.create("sqlite", database=str(path))
    # More readers than this wait in the pool instead of each holding a page cache.
    reader = sa.create_engine(clean, pool_size=8, max_overflow=32, pool_timeout=30, connect_args=_CONNECT, **_QUIET)
    writer = sa.create_engine(clean, pool_size=1, max_overflow=1, pool_timeout=30, connect_args=_CONNECT, **_QUIET)
    _configure(reader, begin="BEGIN", query_only=True)
    _configure(writer, begin="BEGIN IMMEDIATE", query_only=False)
    return reader, writer


def open_scratch_engine(url: sa.URL) -> sa.Engine:
    """Deferred transactions that may make temporary tables: `query_only` would forbid these too."""
    clean = sa.URL.create("sqlite", database=str(url.database))
    scratch = sa.create_engine(clean, pool_size=1, max_overflow=7, pool_timeout=30, connect_args=_CONNECT, **_QUIET)
    _configure(scratch, begin="BEGIN", query_only=False, cache=_READER_CACHE_KIB)
    return scratch


_CONNECT: dict[str, Any] = {"check_same_thread": False, "isolation_level": None, "timeout": BUSY_MILLISECONDS / 1000}


def _prepare(path: Path) -> None:
    try:
        _make_private(path)
        conn = sqlite3.connect(path, timeout=BUSY_MILLISECONDS / 1000)
        try:
            conn.execute("PRAGMA journal_mode = WAL")
            conn.execute("BEGIN IMMEDIATE")
            conn.execute("ROLLBACK")
        finally:
            conn.close()
    except (OSError, sqlite3.Error) as error:
        raise SiteError("storage.E004", path=str(path), reason=str(error)) from error


def _make_private(path: Path) -> None:
    """A new file is for this account only, and log and index after it. One that is there is not touched: closing
    any descriptor of it takes away the locks of every connection this process has, and with them its view."""
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


def _configure(engine: sa.Engine, *, begin: str, query_only: bool, cache: int = 0) -> None:
    cache = cache or (_READER_CACHE_KIB if query_only else _WRITER_CACHE_KIB)

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        for pragma in (
            "foreign_keys = ON",
            "synchronous = FULL",
            f"cache_size = -{cache}",
            "journal_size_limit = 67108864",
            f"query_only = {int(query_only)}",
        ):
            connection.execute(f"PRAGMA {pragma}").close()
        register_sqlite_functions(connection)

    @sa.event.listens_for(engine, "begin")
    def start(conn: sa.Connection) -> None:
        conn.exec_driver_sql(begin)
