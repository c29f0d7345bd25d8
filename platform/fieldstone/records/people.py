"""The names of users and teams."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from fieldstone.records.id_lists import bind_ids, in_ids
from fieldstone.storage.principals import principal

_LABELS = {
    dialect: sa.select(principal.c.id, principal.c.label).where(in_ids(principal.c.id, "ids", dialect))
    for dialect in ("sqlite", "postgresql")
}


def principal_labels(conn: sa.Connection, ids: Iterable[int | None]) -> dict[int, str]:
    """id → label of those that exist."""
    known = {id for id in ids if id is not None}
    if not known:
        return {}
    dialect = conn.dialect.name
    rows = conn.execute(_LABELS[dialect], {"ids": bind_ids(known, dialect)}).all()
    return {row.id: row.label for row in rows}
