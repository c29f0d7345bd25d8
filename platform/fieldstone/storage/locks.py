"""The publish lock: one publisher at a time, over all processes and machines; a dead one is taken over."""

from __future__ import annotations

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
from fieldstone.storage.system import system_metadata

declare(
    "publish.E001",
    "{holder} is publishing since {since}.",
    "Wait until that has ended, look at the plan again, and publish then.",
)

LEASE = timedelta(seconds=60)
"""A holder that is not heard of for this long is dead. One publish takes far less."""

lock = sa.Table(
    "fs_lock",
    system_metadata,
    sa.Column("name", Text, primary_key=True),
    sa.Column("token", Text, nullable=False),
    sa.Column("holder", Text, nullable=False),
    sa.Column("since", UtcDateTime, nullable=False),
    sa.Column("until", UtcDateTime, nullable=False),
)


@dataclass(frozen=True, kw_only=True)
class LockHolder:
    """Who holds a lock, and until when without a sign of life."""

    token: str
    holder: str
    since: datetime
    until: datetime


def utc_now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def publish_lock(database: Database, holder: str, clock: Callable[[], datetime] = utc_now) -> Iterator[str]:
    """Hold the lock; gives its token, for `require_lock`.

    Raises ConflictError publish.E001 when somebody alive holds it. A crash leaves it behind until LEASE is over.
    """
    token = secrets.token_hex(8)
    database.transact(lambda conn: _take(conn, token, holder, clock()))
    try:
        yield token
    finally:
        database.transact(lambda conn: _release(conn, token))


def require_lock(conn: sa.Connection, token: str) -> None:
    """Inside the publish's own transaction: the lock is still ours, and stays so until the commit.

    A publisher that slept over its lease finds that another has taken over. Raises ConflictError publish.E001.
    """
    found = _find(conn)
    if found is None or found.token != token:
        raise ConflictError("publish.E001", holder=found.holder if found else "?", since=found.since if found else "?")


def _take(conn: sa.Connection, token: str, holder: str, now: datetime) -> None:
    found = _find(conn)
    if found and found.until > now:
        raise ConflictError("publish.E001", holder=found.holder, since=found.since.isoformat(timespec="seconds"))
    if found:
        conn.execute(sa.delete(lock))
    try:
        conn.execute(sa.insert(lock).values(name="publish", token=token, holder=holder, since=now, until=now + LEASE))
    except sa.exc.IntegrityError as error:  # somebody else took it in this very moment
        raise ConflictError("publish.E001", holder="Somebody", since=now.isoformat(timespec="seconds")) from error


def _release(conn: sa.Connection, token: str) -> None:
    conn.execute(sa.delete(lock).where(lock.c.token == token))


def _find(conn: sa.Connection) -> LockHolder | None:
    query = sa.select(lock.c.token, lock.c.holder, lock.c.since, lock.c.until).with_for_update()
    row = conn.execute(query).one_or_none()
    return LockHolder(**row._mapping) if row else None
