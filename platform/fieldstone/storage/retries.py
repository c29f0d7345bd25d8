"""Running a unit of work again when the database asks for it."""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Callable
from typing import TypeVar

import sqlalchemy as sa

from fieldstone.kernel.errors import UnavailableError

T = TypeVar("T")

ATTEMPTS = 10
FIRST_PAUSE = 0.005
LONGEST_PAUSE = 0.25

_AGAIN = frozenset(("40001", "40P01", "55P03", "57P01", "57P02", "57P03"))
"""SQLSTATEs: serialization failure, deadlock, lock not available; the server is stopping or starting."""


def is_transient(error: sa.exc.DBAPIError) -> bool:
    """Whether the same work may succeed when run again from the start of its transaction."""
    cause = error.orig
    if isinstance(cause, sqlite3.OperationalError):
        return cause.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
    return getattr(cause, "sqlstate", None) in _AGAIN or error.connection_invalidated


def with_retries(attempt: Callable[[], T], attempts: int = ATTEMPTS) -> T:
    """The result of `attempt`, tried up to `attempts` times with growing, jittered pauses.

    Raises UnavailableError storage.E003 when all of them met a transient error.
    """
    pause = FIRST_PAUSE
    for _ in range(attempts):
        try:
            return attempt()
        except sa.exc.DBAPIError as error:
            if not is_transient(error):
                raise
            last = error
        time.sleep(random.uniform(pause / 2, pause))
        pause = min(pause * 2, LONGEST_PAUSE)
    raise UnavailableError("storage.E003") from last
