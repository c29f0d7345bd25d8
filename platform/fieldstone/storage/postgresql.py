"""PostgreSQL: a reader whose transactions are one snapshot each, and a writer."""

from __future__ import annotations

import time
from typing import Any, LiteralString

import psycopg
import sqlalchemy as sa

from fieldstone.storage.kept_plans import keep_plans

IDLE_SECONDS = 1.0
"""A pooled connection unused for this long is asked whether it is alive before it is lent."""


_QUIET: Any = {"hide_parameters": True}
"""Errors tell the statement, never the values bound to it: they end in logs."""


def open_engines(url: sa.URL) -> tuple[sa.Engine, sa.Engine]:
    """Reader (repeatable read, read only: one snapshot, at no extra round trip) and writer (read committed)."""
    clean = url.set(drivername="postgresql+psycopg")
    reader = sa.create_engine(clean, pool_size=8, max_overflow=24, pool_timeout=30, connect_args=_CONNECT, **_QUIET)
    writer = sa.create_engine(clean, pool_size=8, max_overflow=24, pool_timeout=30, connect_args=_CONNECT, **_QUIET)
    _ask_when_idle(reader)
    _ask_when_idle(writer)

    @sa.event.listens_for(reader, "connect")
    def only_read(connection: psycopg.Connection[Any], _record: object) -> None:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True

    keep_plans(reader)

    return reader, writer


def open_scratch_engine(url: sa.URL) -> sa.Engine:
    """Repeatable read, and free to make temporary tables. Nothing is prepared: a prepared statement would go on
    reading the table that a temporary one has come to stand before."""
    clean = url.set(drivername="postgresql+psycopg")
    arguments = {**_CONNECT, "prepare_threshold": None}
    scratch = sa.create_engine(clean, pool_size=1, max_overflow=7, pool_timeout=30, connect_args=arguments, **_QUIET)
    _ask_when_idle(scratch)

    @sa.event.listens_for(scratch, "connect")
    def one_snapshot(connection: psycopg.Connection[Any], _record: object) -> None:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ

    return scratch


_CONNECT: dict[str, Any] = {
    "connect_timeout": 5,
    "application_name": "fieldstone",
    "options": "-c timezone=UTC -c client_min_messages=warning -c idle_in_transaction_session_timeout=300000",
}


def _ask_when_idle(engine: sa.Engine) -> None:
    """A server restarted between two requests costs nobody an error, and a busy pool no round trips."""

    @sa.event.listens_for(engine, "checkin")
    def note(_connection: object, record: sa.pool.ConnectionPoolEntry) -> None:
        record.info["idle_since"] = time.monotonic()

    @sa.event.listens_for(engine, "checkout")
    def ask(connection: psycopg.Connection[Any], record: sa.pool.ConnectionPoolEntry, _proxy: object) -> None:
        if time.monotonic() - record.info.get("idle_since", time.monotonic()) < IDLE_SECONDS:
            return
        try:
            connection.execute("SELECT 1")
            connection.commit()  # rolled back, it would forget its plans
        except psycopg.OperationalError as error:
            raise sa.exc.DisconnectionError from error


def ask_after_lock(conn: sa.Connection, lock: LiteralString, query: LiteralString) -> Any:
    """The one value of `query`, asked once the lock function has returned, in one round trip.

    Two statements, since the second must see what was committed while the first waited.
    """
    driver = conn.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    try:
        cursor = driver.execute(f"SELECT {lock}; {query}")
    except psycopg.Error as error:
        raise sa.exc.OperationalError(query, None, error, connection_invalidated=driver.closed) from error
    cursor.nextset()
    row = cursor.fetchone()
    return row[0] if row else None
