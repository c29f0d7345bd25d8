"""Sessions: browsers that are logged in. Kept in the database, so that ending one ends it everywhere at once."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.kernel.errors import UnavailableError
from fieldstone.records.accounts.actors import ACTORS, Surroundings, actor_of
from fieldstone.records.accounts.log_ins import Visit
from fieldstone.records.accounts.printable import printable
from fieldstone.records.accounts.secret_keys import hash_key, make_key
from fieldstone.records.accounts.tables import session
from fieldstone.storage.database import Database
from fieldstone.storage.principals import principal, user

TOUCH = timedelta(minutes=1)
"""How stale `seen_at` may be: a write for every request would cost more than the request."""

_own, _own_principal = user.alias("own"), principal.alias("own_principal")
_ACTOR = (
    ACTORS.add_columns(
        session.c.id.label("session_id"), session.c.seen_at, session.c.user_id.label("own_id"), session.c.acting_as
    )
    .join(session, user.c.id == sa.func.coalesce(session.c.acting_as, session.c.user_id))
    .join(_own, _own.c.id == session.c.user_id)
    .join(_own_principal, _own_principal.c.id == session.c.user_id)
    .where(
        session.c.secret_hash == sa.bindparam("secret_hash"),
        session.c.seen_at > sa.bindparam("seen_after", type_=session.c.seen_at.type),
        session.c.created_at > sa.bindparam("created_after", type_=session.c.created_at.type),
        _own_principal.c.active,
        # Whoever acts as somebody else must still be an administrator, and the other still none.
        sa.or_(session.c.acting_as.is_(None), sa.and_(_own.c.is_admin, sa.not_(user.c.is_admin))),
    )
)


@dataclass(frozen=True, kw_only=True)
class SessionLimits:
    """When a session ends by itself: `idle` after it was last used, and `lifetime` after it began."""

    idle: timedelta = timedelta(hours=8)
    lifetime: timedelta = timedelta(days=7)

    def over(self, now: datetime) -> sa.ColumnElement[bool]:
        return sa.or_(session.c.seen_at <= now - self.idle, session.c.created_at <= now - self.lifetime)


@dataclass(frozen=True, kw_only=True)
class SessionInfo:
    """A session as its user sees it. `current` marks the one that asks, `method` is how the user came in,
    `acting_as` the user in whose name an administrator acts in it."""

    id: int
    user_id: int
    created_at: datetime
    seen_at: datetime
    address: str
    agent: str
    method: str
    acting_as: int | None
    current: bool


def start_session(conn: sa.Connection, user_id: int, now: datetime, visit: Visit, method: str) -> str:
    """A new session; returns its secret, for the cookie."""
    secret = make_key()
    values = {"user_id": user_id, "created_at": now, "seen_at": now, "method": method}
    values |= {"secret_hash": hash_key(secret)}
    values |= {"address": printable(visit.address, 100), "agent": printable(visit.agent, 200)}
    conn.execute(sa.insert(session).values(values))
    return secret


def change_secret(conn: sa.Connection, secret: str, acting_as: int | None, now: datetime) -> str | None:
    """Let the session of an administrator act as a user, or (None) end that; it gets another secret, which is
    returned. None when the session does so already, or is over."""
    fresh = make_key()
    is_acting = session.c.acting_as.is_not(None)
    statement = (
        sa.update(session)
        .where(session.c.secret_hash == hash_key(secret), is_acting if acting_as is None else sa.not_(is_acting))
        .values(secret_hash=hash_key(fresh), acting_as=acting_as, acting_since=None if acting_as is None else now)
    )
    return fresh if conn.execute(statement).rowcount else None


def find_session_actor(
    database: Database, secret: str, now: datetime, site: Surroundings, limits: SessionLimits
) -> Actor | None:
    """Who is behind a cookie; None when the session is over or its user no longer active."""
    times = {"seen_after": now - limits.idle, "created_after": now - limits.lifetime}
    with database.read() as conn:
        row = conn.execute(_ACTOR, {"secret_hash": hash_key(secret), **times}).one_or_none()
    if row is None:
        return None
    if now - row.seen_at > TOUCH:
        touch = sa.update(session).where(session.c.id == row.session_id).values(seen_at=now)
        with suppress(UnavailableError):  # a busy database must not keep anybody from reading
            database.transact(lambda conn: conn.execute(touch))
    return actor_of(row, site, impersonator=None if row.acting_as is None else row.own_id)


def find_start(conn: sa.Connection, secret: str) -> datetime | None:
    """When the session with this secret began; None when there is none."""
    return conn.scalar(sa.select(session.c.created_at).where(session.c.secret_hash == hash_key(secret)))


def find_method(conn: sa.Connection, secret: str) -> str:
    """How the user of the session with this secret came in; "" when there is no such session."""
    return conn.scalar(sa.select(session.c.method).where(session.c.secret_hash == hash_key(secret))) or ""


def list_sessions(
    conn: sa.Connection, user_id: int | None, now: datetime, limits: SessionLimits, secret: str = ""
) -> list[SessionInfo]:
    """The sessions of a user, or (None) of everybody, that are not over; the latest used first."""
    statement = sa.select(session).where(sa.not_(limits.over(now)))
    if user_id is not None:
        statement = statement.where(session.c.user_id == user_id)
    mine = hash_key(secret)
    return [
        SessionInfo(
            id=row.id,
            user_id=row.user_id,
            created_at=row.created_at,
            seen_at=row.seen_at,
            address=row.address,
            agent=row.agent,
            method=row.method or "",
            acting_as=row.acting_as,
            current=row.secret_hash == mine,
        )
        for row in conn.execute(statement.order_by(session.c.seen_at.desc(), session.c.id.desc()))
    ]


def end_session(conn: sa.Connection, secret: str) -> None:
    conn.execute(sa.delete(session).where(session.c.secret_hash == hash_key(secret)))


def end_sessions(conn: sa.Connection, user_id: int, *, only: int | None = None, keep: str = "") -> int:
    """End all sessions of a user, the one with id `only`, or all but the one with the secret `keep`."""
    statement = sa.delete(session).where(session.c.user_id == user_id)
    if only is not None:
        statement = statement.where(session.c.id == only)
    if keep:
        statement = statement.where(session.c.secret_hash != hash_key(keep))
    return conn.execute(statement).rowcount


def forget_sessions(conn: sa.Connection, now: datetime, limits: SessionLimits) -> int:
    """Delete those that ended by themselves. Returns how many there were."""
    return conn.execute(sa.delete(session).where(limits.over(now))).rowcount
