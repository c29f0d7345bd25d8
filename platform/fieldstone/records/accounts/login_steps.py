"""Log-ins between their two steps: the first one is proved, the second factor is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from fieldstone.kernel.errors import NotAuthenticatedError
from fieldstone.records.accounts import codes
from fieldstone.records.accounts.secret_keys import hash_key, make_key
from fieldstone.records.accounts.tables import login_step
from fieldstone.storage.principals import principal

LIFETIME = timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True)
class LoginStep:
    """`method` is how the first step was proved."""

    id: int
    user_id: int
    method: str


def begin_step(conn: sa.Connection, user_id: int, method: str, now: datetime) -> str:
    """The key of the log-in, for the cookie; those that took too long are cleared away."""
    conn.execute(sa.delete(login_step).where(login_step.c.expires_at < now))
    key = make_key()
    values = {"secret_hash": hash_key(key), "user_id": user_id, "method": method, "expires_at": now + LIFETIME}
    conn.execute(sa.insert(login_step).values(values))
    return key


def get_step(conn: sa.Connection, key: str, now: datetime) -> LoginStep:
    """Raises NotAuthenticatedError account.E030: unknown, too old, or of a user who is not active any more."""
    statement = (
        sa.select(login_step.c.id, login_step.c.user_id, login_step.c.method)
        .join(principal, principal.c.id == login_step.c.user_id)
        .where(login_step.c.secret_hash == hash_key(key), login_step.c.expires_at > now, principal.c.active)
    )
    row = conn.execute(statement).one_or_none()
    if row is None:
        raise NotAuthenticatedError(codes.STEP_OVER)
    return LoginStep(id=row.id, user_id=row.user_id, method=row.method)


def end_step(conn: sa.Connection, step: LoginStep) -> None:
    """Raises NotAuthenticatedError account.E030 when another request has ended it."""
    if conn.execute(sa.delete(login_step).where(login_step.c.id == step.id)).rowcount == 0:
        raise NotAuthenticatedError(codes.STEP_OVER)


def end_steps(conn: sa.Connection, user_id: int) -> None:
    """All of a user."""
    conn.execute(sa.delete(login_step).where(login_step.c.user_id == user_id))
