"""The history of log-ins: who tried to come in, when, from where, how, and whether they did.

It is not the throttle, which counts attempts for a quarter of an hour; this is for people to look at.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from fieldstone.kernel.security_log import log_security
from fieldstone.records.accounts.printable import printable
from fieldstone.records.accounts.tables import log_in
from fieldstone.storage.principals import principal, user

METHODS = ("password", "link", "second_factor", "recovery_code", "provider", "impersonation")
"""How somebody came, or tried to; a provider is written `provider:NAME`."""

OUTCOMES = ("passed", "half", "failed")
"""`half`: the first step was right, and the second factor is asked for."""


@dataclass(frozen=True, kw_only=True)
class Visit:
    """Where a request comes from."""

    address: str = ""
    agent: str = ""


@dataclass(frozen=True, kw_only=True)
class LogIn:
    """One entry. `user_id` None: nobody has the user name that was typed. `by`: who acted as the user."""

    id: int
    at: datetime
    user_id: int | None
    username: str
    user_label: str
    method: str
    outcome: str
    address: str
    agent: str
    by: int | None
    by_label: str


def note_log_in(
    conn: sa.Connection,
    user_id: int | None,
    *,
    method: str,
    outcome: str,
    visit: Visit,
    now: datetime,
    by: int | None = None,
) -> None:
    """One entry of the history, and a line of the log."""
    address = printable(visit.address, 100)
    values = {"at": now, "user_id": user_id, "method": method, "outcome": outcome, "by": by}
    conn.execute(sa.insert(log_in).values(**values, address=address, agent=printable(visit.agent, 200)))
    log_security(f"login.{outcome}", user=user_id, method=method, address=address, by=by)


def list_log_ins(
    conn: sa.Connection,
    user_id: int | None = None,
    *,
    limit: int = 50,
    before: int | None = None,
    outcome: str = "",
) -> list[LogIn]:
    """Newest first, of one user or of all; `before` is the id of an entry, to go on from."""
    who, administrator = principal.alias("who"), principal.alias("administrator")
    statement = (
        sa.select(log_in, user.c.username, who.c.label.label("who_label"), administrator.c.label.label("by_label"))
        .outerjoin(user, user.c.id == log_in.c.user_id)
        .outerjoin(who, who.c.id == log_in.c.user_id)
        .outerjoin(administrator, administrator.c.id == log_in.c.by)
    )
    if user_id is not None:
        statement = statement.where(log_in.c.user_id == user_id)
    if before is not None:
        statement = statement.where(log_in.c.id < before)
    if outcome:
        statement = statement.where(log_in.c.outcome == outcome)
    rows = conn.execute(statement.order_by(log_in.c.id.desc()).limit(max(1, min(limit, 500))))
    return [
        LogIn(
            id=row.id,
            at=row.at,
            user_id=row.user_id,
            username=row.username or "",
            user_label=row.who_label or "",
            method=row.method,
            outcome=row.outcome,
            address=row.address,
            agent=row.agent,
            by=row.by,
            by_label=row.by_label or "",
        )
        for row in rows
    ]


def forget_log_ins(conn: sa.Connection, now: datetime, kept: timedelta, limit: int = 2_000) -> int:
    """Delete entries older than `kept`, at most `limit`. Returns how many went."""
    old = sa.select(log_in.c.id).where(log_in.c.at < now - kept).limit(limit)
    return conn.execute(sa.delete(log_in).where(log_in.c.id.in_(old))).rowcount
