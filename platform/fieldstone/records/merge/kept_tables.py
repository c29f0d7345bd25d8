"""What is kept about single records in system tables: it moves with a merge, and back with its undo.

Each package registers its tables at their foot. A row that the record that stays has already (the same follower, the
same share) is left where it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from fieldstone.records.access.tables import share, stands_for
from fieldstone.records.id_lists import bind_ids, in_ids
from fieldstone.records.merge.moved import Moved
from fieldstone.records.views.tables import favourite


@dataclass(frozen=True, kw_only=True)
class KeptTable:
    """A table with the columns `module` (an identity) and `record_id`. `key` tells its rows about one record apart,
    `same` those that a record has once (() as often as you like); only rows for which `where` holds move."""

    table: sa.Table
    key: tuple[str, ...] = ("id",)
    same: tuple[str, ...] = ()
    where: sa.ColumnElement[bool] | None = None


_TABLES: dict[str, KeptTable] = {}


def keep_with_record(kept: KeptTable) -> None:
    """Let the rows of a table move with the records they are about. Raises ValueError for one that does already."""
    if kept.table.name in _TABLES:
        raise ValueError(f"{kept.table.name} is registered twice")
    _TABLES[kept.table.name] = kept


def move_kept(conn: sa.Connection, identity: str, others: Sequence[int], kept_id: int, moved: Moved) -> None:
    for name, each in _TABLES.items():
        rows = movable_rows(conn, each, identity, others, kept_id)
        for row in rows:
            _set(conn, each, identity, row.record_id, [getattr(row, part) for part in each.key], kept_id)
        if rows:
            moved.kept[name] = [(row.record_id, [getattr(row, part) for part in each.key]) for row in rows]


def move_kept_back(conn: sa.Connection, identity: str, kept_id: int, moved: Moved) -> None:
    """What has been taken away since stays away."""
    for name, rows in moved.kept.items():
        for other, key in rows if name in _TABLES else ():
            _set(conn, _TABLES[name], identity, kept_id, key, other)


def movable_rows(
    conn: sa.Connection, kept: KeptTable, identity: str, others: Sequence[int], kept_id: int
) -> Sequence[sa.Row[tuple[object, ...]]]:
    columns = kept.table.c
    names = tuple(dict.fromkeys(("record_id", *kept.key, *kept.same)))
    ids = bind_ids([*others, kept_id], conn.dialect.name)
    query = sa.select(*(columns[name] for name in names)).where(
        columns.module == identity, in_ids(columns.record_id, "ids", conn.dialect.name)
    )
    if kept.where is not None:
        query = query.where(kept.where)
    rows = conn.execute(query.order_by(*(columns[name] for name in ("record_id", *kept.key))), {"ids": ids}).all()
    seen = {tuple(getattr(row, part) for part in kept.same) for row in rows if row.record_id == kept_id}
    found = []
    for row in rows:
        same = tuple(getattr(row, part) for part in kept.same)
        if row.record_id != kept_id and (not kept.same or same not in seen):
            seen.add(same)
            found.append(row)
    return found


def _set(conn: sa.Connection, kept: KeptTable, identity: str, record_id: int, key: Sequence[object], to: int) -> None:
    columns = kept.table.c
    mine = [columns[name] == value for name, value in zip(kept.key, key, strict=True)]
    update = sa.update(kept.table).where(columns.module == identity, columns.record_id == record_id, *mine)
    conn.execute(update.values(record_id=to))


keep_with_record(KeptTable(table=share, same=("principal_id", "role")))
keep_with_record(KeptTable(table=stands_for, key=("user_id",), same=("user_id",)))
keep_with_record(KeptTable(table=favourite, same=("user_id", "view")))
