"""Giving a user another password. Hashing happens outside transactions."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from fieldstone.kernel.errors import InvalidInputError
from fieldstone.records.accounts import codes, users
from fieldstone.records.accounts.passwords import check_password, hash_password, verify_password
from fieldstone.records.accounts.sessions import end_sessions
from fieldstone.records.accounts.throttle import begin_attempt, pass_attempt
from fieldstone.storage.database import Database
from fieldstone.storage.principals import user


def replace_password(
    database: Database,
    account: users.UserAccount,
    password: str,
    *,
    now: datetime,
    must_change: bool = False,
    keep_session: str = "",
) -> None:
    """All sessions end but the one with the secret `keep_session`. Raises InvalidInputError."""
    check_password(password, account.username, account.label, account.email)
    hashed = hash_password(password)

    def work(conn: sa.Connection) -> None:
        users.set_password_hash(conn, account.id, hashed, now, must_change)
        end_sessions(conn, account.id, keep=keep_session)

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
