"""The brake on guessing: attempts to log in are counted in the database, so that every process counts the same."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from fieldstone.kernel.errors import TooManyRequestsError
from fieldstone.kernel.folding import fold
from fieldstone.kernel.security_log import log_security
from fieldstone.records.accounts import codes
from fieldstone.records.accounts.tables import login_attempt

WINDOW = timedelta(minutes=15)
PER_ACCOUNT = 10
PER_ADDRESS = 50
PER_SECOND_FACTOR = 5
"""Six digits are guessed sooner than a password, even by the few who know the password."""
KEPT = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class LoginAttempt:
    at: datetime
    address: str
    passed: bool


def begin_attempt(
    conn: sa.Connection,
    username: str,
    user_id: int | None,
    address: str,
    now: datetime,
    *,
    what: str = "log-in",
    limit: int = PER_ACCOUNT,
) -> int:
    """Count an attempt, as failed until `pass_attempt`. Raises TooManyRequestsError account.E002 when there
    were `limit` failures, or too many from the address, in a quarter of an hour. `what` is guessed at: failures
    of one kind do not count for another.

    Counted before the password is looked at, in the same transaction as the check: a thousand attempts
    at once are a thousand attempts.
    """
    account = _digest(what, username)
    if conn.dialect.name == "postgresql":  # on SQLite writers come one by one anyway
        for key in sorted((account, f"address {address}")):
            conn.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(key, 0))))
    conn.execute(sa.delete(login_attempt).where(login_attempt.c.at < now - KEPT))
    waits = (
        _wait(conn, login_attempt.c.account == account, limit, now),
        _wait(conn, login_attempt.c.address == address, PER_ADDRESS, now) if address else None,
    )
    longest = max((wait for wait in waits if wait is not None), default=None)
    if longest is not None:
        log_security("login.throttled", user=user_id, address=address)
        wait = max(1, int(longest.total_seconds()))
        raise TooManyRequestsError(codes.THROTTLED, minutes=-(-wait // 60), wait=wait)
    values = {"at": now, "account": account, "address": address, "user_id": user_id, "outcome": "failed"}
    attempt_id: int | None = conn.scalar(sa.insert(login_attempt).values(values).returning(login_attempt.c.id))
    assert attempt_id is not None
    return attempt_id


def pass_attempt(conn: sa.Connection, attempt_id: int, username: str, *, what: str = "log-in") -> None:
    """The guess was right: the account's earlier failures no longer count against it."""
    failed = sa.update(login_attempt).where(
        login_attempt.c.account == _digest(what, username), login_attempt.c.outcome == "failed"
    )
    conn.execute(failed.values(outcome="forgiven"))
    conn.execute(sa.update(login_attempt).where(login_attempt.c.id == attempt_id).values(outcome="passed"))


def list_attempts(conn: sa.Connection, user_id: int, limit: int = 50) -> list[LoginAttempt]:
    """The latest attempts to log in as a user, newest first."""
    statement = sa.select(login_attempt).where(login_attempt.c.user_id == user_id)
    rows = conn.execute(statement.order_by(login_attempt.c.id.desc()).limit(limit))
    return [LoginAttempt(at=row.at, address=row.address, passed=row.outcome == "passed") for row in rows]


def _wait(conn: sa.Connection, condition: sa.ColumnElement[bool], limit: int, now: datetime) -> timedelta | None:
    """How long until fewer than `limit` failures lie in the window; None when that is so now.

    A forgiven failure counts for the address: whoever knows one password may not guess all others.
    """
    failed = login_attempt.c.outcome == "failed"
    if limit == PER_ADDRESS:
        failed = login_attempt.c.outcome != "passed"
    statement = sa.select(login_attempt.c.at).where(condition, failed, login_attempt.c.at > now - WINDOW)
    latest = conn.scalars(statement.order_by(login_attempt.c.at.desc()).limit(limit)).all()
    return latest[-1] + WINDOW - now if len(latest) == limit else None


def _digest(what: str, username: str) -> str:
    return hashlib.sha256(f"{what}\0{fold(username.strip())}".encode("utf-8", "surrogatepass")).hexdigest()
