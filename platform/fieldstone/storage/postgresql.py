"""PostgreSQL: a reader whose transactions are one snapshot each, and a writer."""

from __future__ import annotations

import time
from typing import Any, LiteralString

import psycopg
import sqlalchemy as sa
from psycopg.pq import DiagnosticField, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGresult

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
    keep_plans(writer)

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


def ask_first(conn: sa.Connection, *statements: LiteralString) -> str | None:
    """The one value of the last statement, as text; all are asked in one round trip.

    Where they are the first of their transaction, it begins in that round trip too: the driver would take another one.
    """
    driver = conn.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    if driver.pgconn.transaction_status == TransactionStatus.IDLE:
        statements = (_SNAPSHOT if driver.read_only else "BEGIN", *statements)
    result = driver.pgconn.exec_("; ".join(statements).encode())
    if result.status != ExecStatus.TUPLES_OK:
        raise _refusal(conn, driver, result, statements[-1])
    value = result.get_value(0, 0) if result.ntuples else None
    return None if value is None else value.decode()


_SNAPSHOT: LiteralString = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
"""As the driver begins a transaction of the reader."""


def _refusal(conn: sa.Connection, driver: psycopg.Connection[Any], result: PGresult, asked: str) -> sa.exc.DBAPIError:
    """As if SQLAlchemy had asked: a connection that is lost does not go back into the pool."""
    code = (result.error_field(DiagnosticField.SQLSTATE) or b"").decode()
    try:
        kind = psycopg.errors.lookup(code)
    except KeyError:
        kind = psycopg.OperationalError
    error = kind(result.get_error_message())
    if driver.closed:
        conn.invalidate(error)
    return sa.exc.OperationalError(asked, None, error, connection_invalidated=driver.closed)
