"""The audit log: what administrators and the operator changed, in the transaction that changed it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.kernel.security_log import log_security
from fieldstone.records.accounts.printable import printable
from fieldstone.records.accounts.tables import audit
from fieldstone.storage.principals import principal

_LONGEST = 500
_SECRETS = ("password", "secret", "token", "hash", "code", "key")


@dataclass(frozen=True, kw_only=True)
class AuditEntry:
    """`by` None with label "": the command line. `behalf`: in whose name an administrator acted.
    `target` is a kind and an id, such as `user:5`; `target_label` its name where it is a user or a team."""

    id: int
    at: datetime
    by: int | None
    by_label: str
    behalf: int | None
    behalf_label: str
    action: str
    target: str
    target_label: str
    details: Mapping[str, Any]
    address: str


def record_audit(
    conn: sa.Connection,
    action: str,
    *,
    by: Actor | None,
    now: datetime,
    target: str = "",
    details: Mapping[str, object] | None = None,
) -> None:
    """Note what is done (`user.changed`) on this connection: it is noted if it happens.

    `by` None is the operator at the command line. `details` may hold texts, numbers, lists and mappings;
    raises ValueError for a name that sounds like a secret, which has no place here.
    """
    facts = {name: _plain(value) for name, value in (details or {}).items()}
    for name in facts:
        if any(word in name.split("_") for word in _SECRETS):
            raise ValueError(f"the audit log keeps no {name}")
    acting = by.impersonator if by is not None else None
    user_id = by.user_id if by is not None else None
    values = {
        "at": now,
        "by": user_id if acting is None else acting,
        "behalf": None if acting is None else user_id,
        "action": printable(action, 100),
        "target": printable(target, 200),
        "details": json.dumps(facts, ensure_ascii=True, sort_keys=True),
        "address": printable(by.address if by is not None else "", 100),
    }
    conn.execute(sa.insert(audit).values(values))
    log_security(action, **{name: values[name] for name in ("by", "behalf", "target", "address")})


def list_audit(
    conn: sa.Connection,
    *,
    limit: int = 50,
    before: int | None = None,
    action: str = "",
    by: int | None = None,
    target: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[AuditEntry]:
    """Newest first. `before` is the id of an entry, to go on from; `action` may be the beginning of one
    (`user.`); `by` finds what an administrator did, in whosever name."""
    statement = sa.select(audit)
    if before is not None:
        statement = statement.where(audit.c.id < before)
    if action:
        statement = statement.where(audit.c.action.startswith(action, autoescape=True))
    if by is not None:
        statement = statement.where(audit.c.by == by)
    if target:
        statement = statement.where(audit.c.target == target)
    if since is not None:
        statement = statement.where(audit.c.at >= since)
    if until is not None:
        statement = statement.where(audit.c.at < until)
    rows = conn.execute(statement.order_by(audit.c.id.desc()).limit(max(1, min(limit, 500)))).all()
    labels = _labels(conn, rows)
    return [
        AuditEntry(
            id=row.id,
            at=row.at,
            by=row.by,
            by_label=labels.get(row.by, ""),
            behalf=row.behalf,
            behalf_label=labels.get(row.behalf, ""),
            action=row.action,
            target=row.target,
            target_label=labels.get(_principal_of(row.target), ""),
            details=json.loads(row.details),
            address=row.address,
        )
        for row in rows
    ]


def forget_audit(conn: sa.Connection, now: datetime, kept: timedelta, limit: int = 2_000) -> int:
    """Delete entries older than `kept`, at most `limit`. Returns how many went."""
    old = sa.select(audit.c.id).where(audit.c.at < now - kept).limit(limit)
    return conn.execute(sa.delete(audit).where(audit.c.id.in_(old))).rowcount


def _labels(conn: sa.Connection, rows: Sequence[sa.Row[Any]]) -> dict[int | None, str]:
    ids = {id for row in rows for id in (row.by, row.behalf, _principal_of(row.target)) if id is not None}
    if not ids:
        return {}
    statement = sa.select(principal.c.id, principal.c.label).where(principal.c.id.in_(sorted(ids)))
    return {row.id: row.label for row in conn.execute(statement)}


def _principal_of(target: str) -> int | None:
    kind, _, number = target.partition(":")
    return int(number) if kind in ("user", "team") and number.isascii() and number.isdigit() else None


def _plain(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [_plain(item) for item in value]
    return printable(str(value), _LONGEST)
