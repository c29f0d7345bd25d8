"""What the history tells of the time after a moment, record by record."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from fieldstone.records.id_lists import bind_texts, in_texts
from fieldstone.records.tables import history

_CHUNK = 5_000

LINKS = ("linked", "unlinked")
"""Kinds of entries that move no version."""


def count_after(conn: sa.Connection, modules: Collection[str], moment: datetime, limit: int) -> int:
    """How many entries of these modules (identities) are later; more than `limit` are not counted."""
    found = sa.select(sa.literal_column("1")).where(_after(modules, moment, conn)).limit(limit + 1).subquery()
    query = sa.select(sa.func.count()).select_from(found)
    return int(conn.execute(query, {"modules": bind_texts(list(modules), conn.dialect.name)}).scalar_one())


def modules_after(conn: sa.Connection, modules: Collection[str], moment: datetime) -> set[str]:
    """Those of the modules (identities) that have later entries."""
    query = sa.select(history.c.id).where(history.c.module == sa.bindparam("module"), history.c.at > moment).limit(1)
    return {module for module in modules if conn.execute(query, {"module": module}).first() is not None}


def entries_after(conn: sa.Connection, module: str, moment: datetime) -> Iterator[tuple[int, list[sa.Row[Any]]]]:
    """Record id → its later entries, oldest first. Read in chunks, so that any number of them can be gone through."""
    return ((record_id, list(found)) for record_id, found in groupby(_rows(conn, module, moment), _record_of))


def _record_of(row: sa.Row[Any]) -> int:
    return int(row.record_id)


def _rows(conn: sa.Connection, module: str, moment: datetime) -> Iterator[sa.Row[Any]]:
    c = history.c
    query: sa.Select[Any] = (
        sa.select(c.id, c.record_id, c.version, c.at, c.by, c.kind, c.changes)
        .where(c.module == module, c.at > moment)
        .order_by(c.record_id, c.id)
        .limit(_CHUNK)
    )
    rows: Sequence[sa.Row[Any]] = conn.execute(query).all()
    while rows:
        yield from rows
        if len(rows) < _CHUNK:
            return
        last = rows[-1]
        beyond = sa.or_(c.record_id > last.record_id, sa.and_(c.record_id == last.record_id, c.id > last.id))
        rows = conn.execute(query.where(c.record_id >= last.record_id, beyond)).all()


def _after(modules: Collection[str], moment: datetime, conn: sa.Connection) -> sa.ColumnElement[bool]:
    return sa.and_(in_texts(history.c.module, "modules", conn.dialect.name), history.c.at > moment)
