"""The names of users and teams."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from fieldstone.records.id_lists import bind_ids, in_ids
from fieldstone.storage.principals import principal
from fieldstone.storage.shared_snapshot import memory_of

_LABELS = {
    dialect: sa.select(principal.c.id, principal.c.label).where(in_ids(principal.c.id, "ids", dialect))
    for dialect in ("sqlite", "postgresql")
}


def principal_labels(conn: sa.Connection, ids: Iterable[int | None]) -> dict[int, str]:
    """id → label of those that exist."""
    wanted = {id for id in ids if id is not None}
    memory = memory_of(conn)
    known: dict[int, str | None] = {} if memory is None else memory.setdefault("principal_labels", {})
    asked = wanted - known.keys()
    if asked:
        dialect = conn.dialect.name
        known.update(dict.fromkeys(asked))
        rows = conn.execute(_LABELS[dialect], {"ids": bind_ids(asked, dialect)})
        known.update((row.id, row.label) for row in rows)
    return {id: label for id in wanted if (label := known[id]) is not None}
