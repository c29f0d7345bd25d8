"""One read snapshot for all that a context (a request) reads, and what is remembered while a snapshot lasts."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import sqlalchemy as sa

T = TypeVar("T")

_MEMORY = "fieldstone_memory"


class _Lease:
    """A snapshot that is lent to readers, one within the other. It ends when it is let go and nobody reads in it."""

    def __init__(self, engine: sa.Engine) -> None:
        self.conn = open_snapshot(engine)
        self.readers = 0

    def end(self) -> None:
        end_snapshot(self.conn)


class SharedSnapshot:
    """Of one context; not safe to share between threads. Nothing is opened before the first reader comes."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._lease: _Lease | None = None

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """The snapshot at hand, else a new one. A reader that fails leaves none to those after it: on PostgreSQL
        nothing can be read any more once a statement has failed."""
        if self._lease is None:
            self._lease = _Lease(self._engine)
        lease = self._lease
        lease.readers += 1
        try:
            yield lease.conn
        except BaseException:
            if self._lease is lease:
                self._lease = None
            raise
        finally:
            lease.readers -= 1
            if lease.readers == 0 and self._lease is not lease:
                lease.end()

    def let_go(self) -> None:
        """Later readers get another snapshot. Whoever still reads in this one does so to the end."""
        lease, self._lease = self._lease, None
        if lease is not None and lease.readers == 0:
            lease.end()


def open_snapshot(engine: sa.Engine) -> sa.Connection:
    """A connection whose transaction has begun; `end_snapshot` ends both."""
    conn = engine.connect().execution_options(**{_MEMORY: {}})
    try:
        conn.begin()
    except BaseException:
        conn.close()
        raise
    return conn


def end_snapshot(conn: sa.Connection) -> None:
    """It is committed, though nothing was written: a connection to PostgreSQL that rolls back forgets its plans."""
    try:
        if not conn.invalidated:
            conn.commit()
    finally:
        conn.close()


def memory_of(conn: sa.Connection) -> dict[Hashable, Any] | None:
    """What was found in the snapshot of `conn` so far, to be added to. It is forgotten with the snapshot, in which what
    was found cannot change. None for a transaction that writes."""
    found: dict[Hashable, Any] | None = conn.get_execution_options().get(_MEMORY)
    return found


def once(conn: sa.Connection, key: Hashable, ask: Callable[[], T]) -> T:
    """What `ask` finds in the snapshot of `conn`, asked once for each `key`; each time where nothing is remembered.
    Whoever is given it must not change it."""
    memory = memory_of(conn)
    if memory is None:
        return ask()
    if key not in memory:
        memory[key] = ask()
    found: T = memory[key]
    return found
