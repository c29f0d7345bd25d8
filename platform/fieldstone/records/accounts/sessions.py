"""Sessions: browsers that are logged in. Kept in the database, so that ending one ends it everywhere at once."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.kernel.errors import UnavailableError
from fieldstone.records.accounts.actors import ACTORS, Surroundings, actor_of
from fieldstone.records.accounts.secret_keys import hash_key, make_key
from fieldstone.records.accounts.tables import session
from fieldstone.storage.database import Database
from fieldstone.storage.principals import user

IDLE = timedelta(hours=8)
LIFETIME = timedelta(days=7)
TOUCH = timedelta(minutes=1)
"""How stale `seen_at` may be: a write for every request would cost more than the request."""

_ACTOR = (
    ACTORS.add_columns(session.c.id.label("session_id"), session.c.seen_at)
    .join(session, session.c.user_id == user.c.id)
    .where(
        session.c.secret_hash == sa.bindparam("secret_hash"),
        session.c.seen_at > sa.bindparam("seen_after", type_=session.c.seen_at.type),
        session.c.created_at > sa.bindparam("created_after", type_=session.c.created_at.type),
    )
)


@dataclass(frozen=True, kw_only=True)
class SessionInfo:
    """A session as its user sees it. `current` marks the one that asks."""

    id: int
    created_at: datetime
    seen_at: datetime
    address: str
    agent: str
    current: bool


def start_session(conn: sa.Connection, user_id: int, now: datetime, address: str, agent: str) -> str:
    """A new session; returns its secret, for the cookie. Sessions that have ended by time are cleared away."""
    conn.execute(sa.delete(session).where(session.c.user_id == user_id, _over(now)))
    secret = make_key()
    values = {"user_id": user_id, "created_at": now, "seen_at": now}
    values |= {"secret_hash": hash_key(secret), "address": address[:100], "agent": _printable(agent)}
    conn.execute(sa.insert(session).values(values))
    return secret


def find_session_actor(database: Database, secret: str, now: datetime, site: Surroundings) -> Actor | None:
    """Who is behind a cookie; None when the session is over or its user no longer active."""
    times = {"seen_after": now - IDLE, "created_after": now - LIFETIME}
    with database.read() as conn:
        row = conn.execute(_ACTOR, {"secret_hash": hash_key(secret), **times}).one_or_none()
    if row is None:
        return None
    if now - row.seen_at > TOUCH:
        touch = sa.update(session).where(session.c.id == row.session_id).values(seen_at=now)
        with suppress(UnavailableError):  # a busy database must not keep anybody from reading
            database.transact(lambda conn: conn.execute(touch))
    return actor_of(row, site)


def list_sessions(conn: sa.Connection, user_id: int, now: datetime, secret: str = "") -> list[SessionInfo]:
    """The user's sessions that are not over, the latest used first."""
    statement = sa.select(session).where(session.c.user_id == user_id, sa.not_(_over(now)))
    mine = hash_key(secret)
    return [
        SessionInfo(
            id=row.id,
            created_at=row.created_at,
            seen_at=row.seen_at,
            address=row.address,
            agent=row.agent,
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


def _over(now: datetime) -> sa.ColumnElement[bool]:
    return sa.or_(session.c.seen_at <= now - IDLE, session.c.created_at <= now - LIFETIME)


def _printable(agent: str) -> str:
    return "".join(char for char in agent[:200] if char.isprintable())
