"""A limit to how long reading may take, on either database."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import UnavailableError

TOO_LONG = declare("storage.E012", "This took longer than {seconds} seconds, and was stopped.", "")

_STEPS = 1_000
"""Instructions of SQLite's machine between two looks at the clock: a small part of a millisecond, and few enough that
statements over small tables are stopped too."""


@contextmanager
def time_limit(conn: sa.Connection, seconds: int) -> Iterator[None]:
    """Stop a statement on `conn` that runs when the time is over; PostgreSQL counts for each statement anew. The
    transaction can then only be ended. Raises UnavailableError storage.E012."""
    try:
        if conn.dialect.name == "postgresql":
            conn.exec_driver_sql(f"SET LOCAL statement_timeout = {int(seconds) * 1000}")
            yield
        else:
            with _interrupted(conn, time.monotonic() + seconds):
                yield
    except sa.exc.OperationalError as error:
        if "interrupted" in str(error.orig) or "statement timeout" in str(error.orig):
            raise UnavailableError(TOO_LONG, seconds=seconds) from error
        raise


@contextmanager
def _interrupted(conn: sa.Connection, deadline: float) -> Iterator[None]:
    driver = conn.connection.driver_connection
    assert driver is not None
    driver.set_progress_handler(lambda: int(time.monotonic() > deadline), _STEPS)
    try:
        yield
    finally:
        driver.set_progress_handler(None, 0)
