"""How long records have been at their stage, and how long others stayed there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.records.access import can_read_field, visible_ids
from fieldstone.records.access.parameters import scope_parameters
from fieldstone.records.access.rows import row_condition
from fieldstone.records.id_lists import bind_ids, in_ids
from fieldstone.records.tables import stage_time
from fieldstone.storage.published import PublishedModel

_LOOKED_AT = 1_000
"""Stays of others that are looked at, the latest."""

_FEWEST = 5
"""Fewer stays than these say nothing of what is usual."""


@dataclass(frozen=True, kw_only=True)
class StageAge:
    """`since` when a record is at its stage; `usual` is how long those that have left it stayed (half of them longer),
    None while too few have."""

    since: datetime
    usual: timedelta | None


def stage_ages(
    conn: sa.Connection, published: PublishedModel, actor: Actor, module: str, field: str, ids: Sequence[int]
) -> Mapping[int, StageAge]:
    """Record → its age, of those in reach; none for a field that is hidden or has no `track_duration`. Two statements,
    however many records."""
    definition = published.model.modules[module].fields.get(field)
    tracked = definition is not None and definition.track_duration
    seen = visible_ids(conn, published, actor, module, ids, "view")
    if definition is None or not tracked or not seen or not can_read_field(published, actor, module, field):
        return {}
    dialect, table = published.tables.dialect, stage_time
    mine = sa.and_(table.c.module == published.model.modules[module].identity, table.c.field == definition.identity)
    now = sa.select(table.c.record_id, table.c.value, table.c.entered_at).where(
        mine, in_ids(table.c.record_id, "ids", dialect), table.c.left_at.is_(None)
    )
    rows = conn.execute(now, {"ids": bind_ids(seen, dialect)}).all()
    usual = _usual(conn, published, actor, module, mine)
    return {row.record_id: StageAge(since=row.entered_at, usual=usual.get(row.value)) for row in rows}


def _usual(
    conn: sa.Connection, published: PublishedModel, actor: Actor, module: str, mine: sa.ColumnElement[bool]
) -> Mapping[Any, timedelta]:
    """Stage (as rows hold it) → how long it takes, by the latest stays of records in reach."""
    table, records = stage_time, published.tables.module(module).table
    latest = sa.select(table).where(mine, table.c.left_at.is_not(None)).order_by(table.c.left_at.desc())
    stays = latest.limit(_LOOKED_AT).subquery()
    query = sa.select(stays.c.value, stays.c.entered_at, stays.c.left_at)
    query = query.join(records, records.c.id == stays.c.record_id).where(records.c.deleted_at.is_(None))
    condition = row_condition(published, actor, module, records)
    if condition is not None:
        query = query.where(condition)
    found: dict[Any, list[float]] = {}
    for row in conn.execute(query, scope_parameters(actor, published.tables.dialect)):
        found.setdefault(row.value, []).append((row.left_at - row.entered_at).total_seconds())
    return {value: timedelta(seconds=median(each)) for value, each in found.items() if len(each) >= _FEWEST}
