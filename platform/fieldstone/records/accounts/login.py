"""Logging in: with user name and password or a link, then with the second factor where there is one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from fieldstone.kernel.errors import NotAuthenticatedError
from fieldstone.kernel.folding import fold
from fieldstone.records.accounts import codes, second_factor
from fieldstone.records.accounts.log_ins import Visit, note_log_in
from fieldstone.records.accounts.login_steps import begin_step, end_step, get_step
from fieldstone.records.accounts.passwords import hash_password, needs_rehash, verify_password
from fieldstone.records.accounts.second_factor import Vault
from fieldstone.records.accounts.sessions import start_session
from fieldstone.records.accounts.throttle import PER_SECOND_FACTOR, begin_attempt, pass_attempt
from fieldstone.records.accounts.users import typed_username
from fieldstone.storage.database import Database
from fieldstone.storage.principals import principal, user

_CODE = "second factor"


@dataclass(frozen=True, kw_only=True)
class LoggedIn:
    """Who came in. `secret` is that of the new session, for the cookie; "" while the second factor is asked for:
    then `step` is the key of this log-in. `must_change_password`: a new one is to be asked for first."""

    user_id: int
    secret: str = ""
    step: str = ""
    must_change_password: bool = False


def log_in(database: Database, username: str, password: str, *, now: datetime, visit: Visit) -> LoggedIn:
    """Check the password of a user, named by user name or e-mail, and start a session or ask for the second factor.

    Raises TooManyRequestsError account.E002 and NotAuthenticatedError account.E001: the same, after
    the same time, whether the user is unknown, not active, without a password, or mistyped it.
    """
    username = username[:200]
    with database.read() as conn:
        found = find_login(conn, username)
    user_id = found.id if found else None
    counted = found.username if found else username
    attempt = database.transact(lambda conn: begin_attempt(conn, counted, user_id, visit.address, now))
    stored = found.password_hash if found else None
    # Outside every transaction: hashing takes long enough to keep other writers waiting.
    right = verify_password(stored, password)
    if not right or found is None or stored is None or not found.active:
        database.transact(lambda conn: _refuse(conn, user_id, "password", visit, now))
        raise NotAuthenticatedError(codes.WRONG_LOGIN)
    fresh = hash_password(password) if needs_rehash(stored) else None

    def enter(conn: sa.Connection) -> LoggedIn:
        pass_attempt(conn, attempt, counted)
        if fresh:  # unless the password was changed while this one was checked
            mine = sa.update(user).where(user.c.id == found.id, user.c.password_hash == stored)
            conn.execute(mine.values(password_hash=fresh))
        return finish_first_step(conn, found.id, "password", visit, now)

    return database.transact(enter)


def log_in_with_code(database: Database, vault: Vault, key: str, code: str, *, now: datetime, visit: Visit) -> LoggedIn:
    """The second step, with a code of the authenticator app or a recovery code.

    Raises NotAuthenticatedError account.E029 (the code), account.E030 (begin again), TooManyRequestsError
    account.E002.
    """
    with database.read() as conn:
        step = get_step(conn, key, now)
    counted = str(step.user_id)
    attempt = database.transact(
        lambda conn: begin_attempt(conn, counted, step.user_id, visit.address, now, what=_CODE, limit=PER_SECOND_FACTOR)
    )

    def enter(conn: sa.Connection) -> LoggedIn | None:
        method = second_factor.use_code(conn, vault, step.user_id, code, now)
        if method is None:
            _refuse(conn, step.user_id, "second_factor", visit, now)
            return None
        end_step(conn, step)
        pass_attempt(conn, attempt, counted, what=_CODE)
        return start(conn, step.user_id, method, visit, now)

    entered = database.transact(enter)
    if entered is None:
        raise NotAuthenticatedError(codes.BAD_CODE)
    return entered


def finish_first_step(conn: sa.Connection, user_id: int, method: str, visit: Visit, now: datetime) -> LoggedIn:
    """A session, or the key of a log-in that waits for the second factor."""
    if not second_factor.is_on(conn, user_id):
        return start(conn, user_id, method, visit, now)
    note_log_in(conn, user_id, method=method, outcome="half", visit=visit, now=now)
    return LoggedIn(user_id=user_id, step=begin_step(conn, user_id, method, now))


def start(conn: sa.Connection, user_id: int, method: str, visit: Visit, now: datetime) -> LoggedIn:
    """A session for whoever has proved everything."""
    note_log_in(conn, user_id, method=method, outcome="passed", visit=visit, now=now)
    mine = sa.update(user).where(user.c.id == user_id).values(last_login_at=now)
    must_change = conn.scalar(mine.returning(user.c.must_change_password))
    secret = start_session(conn, user_id, now, visit, method)
    return LoggedIn(user_id=user_id, secret=secret, must_change_password=bool(must_change))


def find_login(conn: sa.Connection, typed: str) -> Any | None:
    """The row of the user whom a typed user name or e-mail address names; None when nobody or several are.
    An address counts only for users who are active."""
    columns = (user.c.id, user.c.username, user.c.email, user.c.password_hash, principal.c.active)
    statement = sa.select(*columns).join(principal, principal.c.id == user.c.id)
    name = typed_username(typed)
    found = conn.execute(statement.where(user.c.username == name)).one_or_none()
    if found is not None or "@" not in name:
        return found
    matching = conn.execute(
        statement.where(sa.func.lower(user.c.email) == fold(name), principal.c.active).limit(2)
    ).all()
    return matching[0] if len(matching) == 1 else None


def _refuse(conn: sa.Connection, user_id: int | None, method: str, visit: Visit, now: datetime) -> None:
    note_log_in(conn, user_id, method=method, outcome="failed", visit=visit, now=now)
