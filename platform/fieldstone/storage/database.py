"""One database, SQLite or PostgreSQL, with the same manners."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import TypeVar

import sqlalchemy as sa

from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import SiteError
from fieldstone.storage import sqlite
from fieldstone.storage.retries import ATTEMPTS, with_retries
from fieldstone.storage.shared_snapshot import SharedSnapshot, end_snapshot, open_snapshot
from fieldstone.storage.turns import Turns

T = TypeVar("T")

declare(
    "storage.E001",
    "The database URL {url} cannot be used: {reason}",
    "Write sqlite:////absolute/path/site.db or postgresql://user@host/database.",
)
declare("storage.E002", "The database cannot be reached: {reason}", "Start it, or mend `database` in fieldstone.yaml.")


class _NoTurns:
    """PostgreSQL lets writers in together."""

    @contextmanager
    def take(self) -> Iterator[None]:
        yield


class Database:
    """Reading and writing connections of one database. Safe to share between threads.

    Reads see one snapshot and cannot write. Writes are units of work that may be run again: `work`
    must have no effect but on its connection. Results are fetched whole before a connection is left.
    """

    def __init__(self, url: sa.URL) -> None:
        self.url = url
        self.dialect = url.get_backend_name()
        self._turns: Turns | _NoTurns
        if self.dialect == "sqlite":
            self.reader, self.writer = sqlite.open_engines(url)
            self.scratcher = sqlite.open_scratch_engine(url)
            self._turns = Turns()
        else:
            from fieldstone.storage import postgresql  # its driver costs an SQLite site 10 MB for nothing

            self.reader, self.writer = postgresql.open_engines(url)
            self.scratcher = postgresql.open_scratch_engine(url)
            self._turns = _NoTurns()

    @classmethod
    def open(cls, url: str) -> Database:
        """Connect. Raises SiteError storage.E001 (a URL that cannot be used), storage.E002 (unreachable)."""
        try:
            parsed = sa.make_url(url)
        except (sa.exc.ArgumentError, ValueError):  # the latter for a port that is no number
            raise SiteError("storage.E001", url=repr(url), reason="it is not a URL.") from None
        shown = parsed.render_as_string(hide_password=True)
        if parsed.get_backend_name() not in ("sqlite", "postgresql"):
            raise SiteError("storage.E001", url=shown, reason="only SQLite and PostgreSQL are supported.")
        if parsed.get_backend_name() == "sqlite" and parsed.database in (None, "", ":memory:"):
            raise SiteError("storage.E001", url=shown, reason="a file is needed.")
        database = cls(parsed)
        try:
            with database.read() as conn:
                conn.execute(sa.select(1)).scalar_one()
        except sa.exc.DBAPIError as error:
            database.close()
            raise SiteError("storage.E002", reason=str(error.orig).strip()) from error
        return database

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """One read-only snapshot, from the first statement on: that of `one_snapshot`, else one of its own."""
        shared = _shared.get().get(self)
        with shared.read() if shared is not None else self.read_apart() as conn:
            yield conn

    @contextmanager
    def read_apart(self) -> Iterator[sa.Connection]:
        """A snapshot of its own in any case: for what reads for long, or sets something for its transaction."""
        conn = open_snapshot(self.reader)
        try:
            yield conn
        finally:
            end_snapshot(conn)

    @contextmanager
    def one_snapshot(self) -> Iterator[None]:
        """Let all that this thread (or context) reads be one snapshot, until it writes; after that, another one.

        No write waits for it, and none is missed: it ends before a write of this context begins. It begins with the
        first that reads; however many read, one within the other or one after the other, they hold one connection.
        """
        shared = SharedSnapshot(self.reader)
        token = _shared.set({**_shared.get(), self: shared})
        try:
            yield
        finally:
            _shared.reset(token)
            shared.let_go()

    def renew_snapshot(self) -> None:
        """Let what is read from here on see what has been committed by now."""
        shared = _shared.get().get(self)
        if shared is not None:
            shared.let_go()

    @contextmanager
    def no_snapshot(self) -> Iterator[None]:
        """End that of `one_snapshot`, and let none begin: what is read meanwhile is read apart."""
        held = _shared.get()
        if self not in held:
            yield
            return
        held[self].let_go()
        token = _shared.set({database: shared for database, shared in held.items() if database is not self})
        try:
            yield
        finally:
            _shared.reset(token)

    @contextmanager
    def scratch(self) -> Iterator[sa.Connection]:
        """One snapshot in which temporary tables and views can be made. All is rolled back at its end."""
        with self.scratcher.connect() as conn, conn.begin() as transaction:
            try:
                yield conn
            finally:
                transaction.rollback()

    def transact(self, work: Callable[[sa.Connection], T], *, attempts: int = ATTEMPTS) -> T:
        """Run `work` in one write transaction and commit.

        A busy, deadlocked, serialization-failed or dropped transaction is rolled back and `work` run
        again, a bounded number of times; then UnavailableError storage.E003.
        """
        with self.no_snapshot():
            return with_retries(lambda: self._once(work), attempts)

    def _once(self, work: Callable[[sa.Connection], T]) -> T:
        with self._turns.take(), self.writer.begin() as conn:
            return work(conn)

    def forget_statements(self) -> None:
        """Drop compiled statements: they keep the tables of earlier models alive."""
        self.reader.clear_compiled_cache()
        self.writer.clear_compiled_cache()
        self.scratcher.clear_compiled_cache()

    @property
    def connections_in_use(self) -> int:
        pools = (self.reader.pool, self.writer.pool, self.scratcher.pool)
        return sum(pool.checkedout() for pool in pools if isinstance(pool, sa.QueuePool))

    def close(self) -> None:
        self.reader.dispose()
        self.writer.dispose()
        self.scratcher.dispose()


_shared: ContextVar[Mapping[Database, SharedSnapshot]] = ContextVar("shared_snapshots", default=MappingProxyType({}))
"""Of this thread or context, for each database."""
