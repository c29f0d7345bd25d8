"""Links that log a user in once, soon: for the first visit and for a forgotten password."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from fieldstone.kernel.errors import NotAuthenticatedError
from fieldstone.records.accounts import codes
from fieldstone.records.accounts.secret_keys import hash_key, make_key
from fieldstone.records.accounts.tables import login_link
from fieldstone.storage.principals import principal

LIFETIME = timedelta(hours=1)


def make_link(conn: sa.Connection, user_id: int, now: datetime) -> str:
    """The key of a new link; the user's earlier links stop working, and old ones are cleared away."""
    conn.execute(sa.delete(login_link).where(sa.or_(login_link.c.user_id == user_id, login_link.c.expires_at < now)))
    key = make_key()
    values = {"secret_hash": hash_key(key), "user_id": user_id, "expires_at": now + LIFETIME}
    conn.execute(sa.insert(login_link).values(values))
    return key


def use_link(conn: sa.Connection, key: str, now: datetime) -> int:
    """The id of the user it is for; from now on the link is used. Raises NotAuthenticatedError account.E016."""
    active = sa.exists().where(principal.c.id == login_link.c.user_id, principal.c.active)
    statement = (
        sa.update(login_link)
        .where(login_link.c.secret_hash == hash_key(key), login_link.c.used_at.is_(None), login_link.c.expires_at > now)
        .where(active)
        .values(used_at=now)
        .returning(login_link.c.user_id)
    )
    user_id: int | None = conn.scalar(statement)
    if user_id is None:
        raise NotAuthenticatedError(codes.BAD_LINK)
    return user_id
