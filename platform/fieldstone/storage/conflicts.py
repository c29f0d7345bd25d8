"""Conflicts of upgrades that wait for a person, and how they were decided."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from fieldstone.metadata.conflict import Conflict
from fieldstone.storage.columns import Id, Text, UtcDateTime
from fieldstone.storage.system import system_metadata

conflict = sa.Table(
    "fs_conflict",
    system_metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("key", Text, nullable=False, index=True),
    sa.Column("file", Text, nullable=False),
    sa.Column("base_then", Text),  # JSON, as are the next two; NULL: nothing stood there
    sa.Column("base_now", Text),
    sa.Column("site", Text),
    sa.Column("version", Id, nullable=False),
    sa.Column("decided", Text),
    sa.Column("decided_at", UtcDateTime),
    sa.Column("decided_by", Id),
)
"""`version` is the revision at which it arose. `decided`: ours, theirs, both, or settled when a later publish
left nothing to decide; NULL while it is open. A key has one open conflict at most."""

SETTLED = "settled"


@dataclass(frozen=True, kw_only=True)
class StoredConflict:
    """A conflict as kept. `decided` is None while it is open; `decided_by` is a principal's id."""

    id: int
    conflict: Conflict
    version: int
    decided: str | None = None
    decided_at: datetime | None = None
    decided_by: int | None = None


def store_conflicts(conn: sa.Connection, conflicts: Iterable[Conflict], version: int) -> None:
    """Keep the conflicts that a publish of revision `version` brings. One that is open already takes over what
    the base and the site say now, and keeps what the base said before it arose."""
    found = list(conflicts)
    if not found:
        return
    opened = {each.conflict.key: each.id for each in list_open(conn)}
    for each in found:
        said = {"base_now": _dump(each.base_now), "site": _dump(each.site)}
        if each.key in opened:
            conn.execute(sa.update(conflict).where(conflict.c.id == opened[each.key]).values(**said))
        else:
            fresh = {"key": each.key, "file": each.file, "base_then": _dump(each.base_then), "version": version}
            conn.execute(sa.insert(conflict).values(**fresh, **said))


def list_open(conn: sa.Connection) -> list[StoredConflict]:
    """Those that nobody has decided, in the order of their keys."""
    query = sa.select(*conflict.columns).where(conflict.c.decided.is_(None))
    return [_stored(row) for row in conn.execute(query.order_by(conflict.c.key, conflict.c.id))]


def find_conflict(conn: sa.Connection, key: str) -> StoredConflict | None:
    """The open conflict at a key, or None."""
    return next((each for each in list_open(conn) if each.conflict.key == key), None)


def mark_decided(conn: sa.Connection, ids: Sequence[int], choice: str, by: int | None) -> None:
    """Close conflicts with the choice (ours, theirs, both) of the principal `by`."""
    _close(conn, ids, choice, by)


def close_conflicts(conn: sa.Connection, ids: Sequence[int]) -> None:
    """Close conflicts that need no decision any more."""
    _close(conn, ids, SETTLED, None)


def _close(conn: sa.Connection, ids: Sequence[int], decided: str, by: int | None) -> None:
    values = {"decided": decided, "decided_at": datetime.now(UTC), "decided_by": by}
    for each in ids:
        conn.execute(sa.update(conflict).where(conflict.c.id == each).values(**values))


def _stored(row: sa.Row[Any]) -> StoredConflict:
    kept = Conflict(
        key=row.key,
        file=row.file,
        base_then=_load(row.base_then),
        base_now=_load(row.base_now),
        site=_load(row.site),
    )
    return StoredConflict(
        id=row.id,
        conflict=kept,
        version=row.version,
        decided=row.decided,
        decided_at=row.decided_at,
        decided_by=row.decided_by,
    )


def _dump(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False, default=_number)


def _load(text: str | None) -> Any:
    return None if text is None else json.loads(text, parse_float=Decimal)


def _number(value: object) -> float:
    """Decimals of documents are short, so their digits survive."""
    assert isinstance(value, Decimal)
    return float(value)
