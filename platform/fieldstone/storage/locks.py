"""The publish lock: one publisher at a time, over all processes and machines; a dead one is taken over.

One that is not heard of for LEASE counts as dead; one whose process on this very machine is gone, at once.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import ConflictError
from fieldstone.storage.columns import Text, UtcDateTime
from fieldstone.storage.database import Database
from fieldstone.storage.processes import is_gone, this_place
from fieldstone.storage.system import PASSING, system_metadata

declare(
    "publish.E001",
    "{holder} is publishing since {since}.",
    "Wait until that has ended, look at the plan again, and publish then. One that has died is taken over in a minute.",
)
declare(
    "storage.E008",
    "This publish was not heard of for {seconds} seconds, so that another could begin.",
    "Nothing was published. Look at the plan again, and publish then.",
)

LEASE = timedelta(seconds=60)
"""A holder that is not heard of for this long is dead. What takes longer renews the lock."""

ATTEMPTS = 5
"""How often the lock is tried when another takes it in the same moment, and may have left it again."""

lock = sa.Table(
    "fs_lock",
    system_metadata,
    sa.Column("name", Text, primary_key=True),
    sa.Column("token", Text, nullable=False),
    sa.Column("holder", Text, nullable=False),
    sa.Column("since", UtcDateTime, nullable=False),
    sa.Column("until", UtcDateTime, nullable=False),
    sa.Column("place", Text, nullable=False, default="", server_default=""),
    sa.Column("pid", sa.Integer, nullable=False, default=0, server_default="0"),
    info={PASSING: True},
)


@dataclass(frozen=True, kw_only=True)
class LockHolder:
    """Who holds a lock, until when without a sign of life, and the process: see `processes`."""

    token: str
    holder: str
    since: datetime
    until: datetime
    place: str
    pid: int

    def is_alive(self, now: datetime) -> bool:
        return self.until > now and not is_gone(self.place, self.pid)

    def conflict(self) -> ConflictError:
        """What whoever comes second is told."""
        return ConflictError("publish.E001", holder=self.holder, since=self.since.isoformat(timespec="seconds"))


def utc_now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def publish_lock(database: Database, holder: str, clock: Callable[[], datetime] = utc_now) -> Iterator[str]:
    """Hold the lock; gives its token, for `require_lock` and `renew_lock`.

    Raises ConflictError publish.E001 when somebody alive holds it. A crash leaves it behind: until LEASE is over
    for other machines, for this one until somebody asks for it.
    """
    token = secrets.token_hex(8)
    _acquire(database, token, holder, clock)
    try:
        yield token
    finally:
        database.transact(lambda conn: _release(conn, token))


def require_lock(conn: sa.Connection, token: str) -> None:
    """Inside the publish's own transaction: the lock is still ours, and stays so until the commit.

    A publisher that slept over its lease finds that another has taken over. Raises ConflictError publish.E001
    while that one is at it, storage.E008 when it has come and gone.
    """
    found = _find(conn)
    if found is None:
        raise ConflictError("storage.E008", seconds=int(LEASE.total_seconds()))
    if found.token != token:
        raise found.conflict()


def renew_lock(database: Database, token: str, clock: Callable[[], datetime] = utc_now) -> None:
    """Say that the publisher lives: the lock is its own for another LEASE. Raises as `require_lock` does.

    For long work outside of the publish's transaction. Inside of it nobody can take the lock anyway, since
    `require_lock` holds its row; a renewal by another thread would wait for the end.
    """

    def work(conn: sa.Connection) -> None:
        require_lock(conn, token)
        conn.execute(sa.update(lock).where(lock.c.token == token).values(until=clock() + LEASE))

    database.transact(work)


def _acquire(database: Database, token: str, holder: str, clock: Callable[[], datetime]) -> None:
    for _ in range(ATTEMPTS):
        try:
            database.transact(lambda conn: _take(conn, token, holder, clock()))
        except sa.exc.IntegrityError:  # somebody else took it in this very moment: the next look says who
            continue
        return
    raise ConflictError("publish.E001", holder="Somebody", since=clock().isoformat(timespec="seconds"))


def _take(conn: sa.Connection, token: str, holder: str, now: datetime) -> None:
    found = _find(conn)
    if found and found.is_alive(now):
        raise found.conflict()
    if found:
        conn.execute(sa.delete(lock).where(lock.c.token == found.token))
    process = {"place": this_place(), "pid": os.getpid()}
    conn.execute(
        sa.insert(lock).values(name="publish", token=token, holder=holder, since=now, until=now + LEASE, **process)
    )


def _release(conn: sa.Connection, token: str) -> None:
    conn.execute(sa.delete(lock).where(lock.c.token == token))


def _find(conn: sa.Connection) -> LockHolder | None:
    row = conn.execute(_HOLDER.with_for_update()).one_or_none()
    return LockHolder(**row._mapping) if row else None


def find_holder(conn: sa.Connection) -> LockHolder | None:
    """Who holds the lock, or has left it behind."""
    row = conn.execute(_HOLDER).one_or_none()
    return LockHolder(**row._mapping) if row else None


_HOLDER = sa.select(*(lock.c[name] for name in LockHolder.__dataclass_fields__))
