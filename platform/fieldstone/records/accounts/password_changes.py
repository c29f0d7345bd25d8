"""Giving a user another password. Hashing happens outside transactions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import sqlalchemy as sa

from fieldstone.kernel.errors import ForbiddenError, InvalidInputError
from fieldstone.records.accounts import codes, users
from fieldstone.records.accounts.links import end_links
from fieldstone.records.accounts.login_steps import end_steps
from fieldstone.records.accounts.passwords import check_password, hash_password, verify_password
from fieldstone.records.accounts.sessions import end_sessions, find_start
from fieldstone.records.accounts.throttle import begin_attempt, pass_attempt
from fieldstone.storage.database import Database
from fieldstone.storage.principals import user

JUST_NOW = timedelta(minutes=10)
"""How old a session may be that stands in for a password."""


def replace_password(
    database: Database,
    account: users.UserAccount,
    password: str,
    *,
    now: datetime,
    must_change: bool = False,
    keep_session: str = "",
    also: Callable[[sa.Connection], object] | None = None,
) -> None:
    """All sessions end but the one with the secret `keep_session`, and so do links and log-ins under way. `also`
    comes first in the same transaction. Raises InvalidInputError."""
    check_password(password, account.username, account.label, account.email)
    hashed = hash_password(password)

    def work(conn: sa.Connection) -> None:
        if also is not None:
            also(conn)
        users.set_password_hash(conn, account.id, hashed, now, must_change)
        end_sessions(conn, account.id, keep=keep_session)
        end_steps(conn, account.id)
        end_links(conn, account.id)

    database.transact(work)


def prove_password(database: Database, account: users.UserAccount, password: str, now: datetime) -> None:
    """That a user knows the present password. Guesses count as attempts to log in.

    Raises InvalidInputError account.E017, TooManyRequestsError account.E002.
    """
    with database.read() as conn:
        stored = conn.scalar(sa.select(user.c.password_hash).where(user.c.id == account.id))
    attempt = database.transact(lambda conn: begin_attempt(conn, account.username, account.id, "", now))
    if not verify_password(stored, password):
        raise InvalidInputError(codes.WRONG_PASSWORD)
    database.transact(lambda conn: pass_attempt(conn, attempt, account.username))


def prove_presence(database: Database, user_id: int, password: str, session: str, now: datetime) -> users.UserAccount:
    """That a user is at the keyboard: by the password, or for one who has none (and comes in through a provider)
    by a session, with this secret, that has just begun. Returns the user.

    Raises InvalidInputError account.E017, TooManyRequestsError account.E002, ForbiddenError account.E036.
    """
    with database.read() as conn:
        account = users.get_user(conn, user_id)
        began = find_start(conn, session)
    if account.has_password:
        prove_password(database, account, password, now)
    elif began is None or now - began > JUST_NOW:
        raise ForbiddenError(codes.PROVE_AGAIN)
    return account
