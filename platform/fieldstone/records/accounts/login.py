"""Logging in with user name and password."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from fieldstone.kernel.errors import NotAuthenticatedError
from fieldstone.records.accounts import codes
from fieldstone.records.accounts.passwords import hash_password, needs_rehash, verify_password
from fieldstone.records.accounts.sessions import start_session
from fieldstone.records.accounts.throttle import begin_attempt, pass_attempt
from fieldstone.records.accounts.users import typed_username
from fieldstone.storage.database import Database
from fieldstone.storage.principals import principal, user


@dataclass(frozen=True, kw_only=True)
class LoggedIn:
    """A new session: `secret` is for the cookie. `must_change_password`: a new one is to be asked for first."""

    user_id: int
    secret: str
    must_change_password: bool = False


def log_in(database: Database, username: str, password: str, *, now: datetime, address: str, agent: str) -> LoggedIn:
    """Check the password and start a session.

    Raises TooManyRequestsError account.E002 and NotAuthenticatedError account.E001: the same, after
    the same time, whether the user is unknown, not active, without a password, or mistyped it.
    """
    username = username[:200]
    with database.read() as conn:
        statement = sa.select(user, principal.c.active).join(principal, principal.c.id == user.c.id)
        found = conn.execute(statement.where(user.c.username == typed_username(username))).one_or_none()
    user_id = found.id if found else None
    attempt = database.transact(lambda conn: begin_attempt(conn, username, user_id, address, now))
    stored = found.password_hash if found else None
    # Outside every transaction: hashing takes long enough to keep other writers waiting.
    right = verify_password(stored, password)
    if not right or found is None or stored is None or not found.active:
        raise NotAuthenticatedError(codes.WRONG_LOGIN)
    fresh = hash_password(password) if needs_rehash(stored) else None

    def enter(conn: sa.Connection) -> str:
        pass_attempt(conn, attempt, username)
        mine = sa.update(user).where(user.c.id == found.id)
        conn.execute(mine.values(last_login_at=now))
        if fresh:  # unless the password was changed while this one was checked
            conn.execute(mine.where(user.c.password_hash == stored).values(password_hash=fresh))
        return start_session(conn, found.id, now, address, agent)

    secret = database.transact(enter)
    return LoggedIn(user_id=found.id, secret=secret, must_change_password=found.must_change_password)
