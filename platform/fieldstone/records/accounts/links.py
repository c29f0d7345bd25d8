"""Links that work once, soon: to log in for the first visit, and to choose another password."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from fieldstone.kernel.errors import NotAuthenticatedError
from fieldstone.records.accounts import codes
from fieldstone.records.accounts.secret_keys import hash_key, make_key
from fieldstone.records.accounts.tables import login_link
from fieldstone.storage.principals import principal

LOG_IN, PASSWORD = "log_in", "password"

LIFETIMES = {LOG_IN: timedelta(hours=1), PASSWORD: timedelta(minutes=30)}


def make_link(conn: sa.Connection, user_id: int, now: datetime, purpose: str = LOG_IN) -> str:
    """The key of a new link; the user's earlier ones for the purpose stop working, and old ones are cleared away."""
    mine = sa.and_(login_link.c.user_id == user_id, login_link.c.purpose == purpose)
    conn.execute(sa.delete(login_link).where(sa.or_(mine, login_link.c.expires_at < now)))
    key = make_key()
    values = {"secret_hash": hash_key(key), "user_id": user_id, "expires_at": now + LIFETIMES[purpose]}
    conn.execute(sa.insert(login_link).values(values | {"purpose": purpose}))
    return key


def end_links(conn: sa.Connection, user_id: int) -> None:
    """The user's links stop working."""
    conn.execute(sa.delete(login_link).where(login_link.c.user_id == user_id))


def find_link_user(conn: sa.Connection, key: str, now: datetime, purpose: str) -> int | None:
    """Whom a link is for that has not been used, and is not used by this; None for any other."""
    return conn.scalar(sa.select(login_link.c.user_id).where(_works(key, now, purpose)))


def use_link(conn: sa.Connection, key: str, now: datetime, purpose: str = LOG_IN) -> int:
    """The id of the user it is for; from now on the link is used. Raises NotAuthenticatedError account.E016."""
    statement = (
        sa.update(login_link).where(_works(key, now, purpose)).values(used_at=now).returning(login_link.c.user_id)
    )
    user_id: int | None = conn.scalar(statement)
    if user_id is None:
        raise NotAuthenticatedError(codes.BAD_LINK)
    return user_id


def _works(key: str, now: datetime, purpose: str) -> sa.ColumnElement[bool]:
    return sa.and_(
        login_link.c.secret_hash == hash_key(key),
        login_link.c.purpose == purpose,
        login_link.c.used_at.is_(None),
        login_link.c.expires_at > now,
        sa.exists().where(principal.c.id == login_link.c.user_id, principal.c.active),
    )
