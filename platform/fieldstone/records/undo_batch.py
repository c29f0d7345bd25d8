"""Undoing everything that was done through one import or mass action: the exact state before comes back.

What it created is removed for good, with history and search entries; what it changed gets back its
values, version, author and time, and the entries of the import vanish from the history. Workflows that
the import set off are undone with it (their `via` begins with the import's). Counters of ids and numbers
stay where they are: gaps are allowed.

A unit of work at a time, newest entries first; the caller goes on until nothing remains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from fieldstone.records.access import require
from fieldstone.records.erase import erase_rows
from fieldstone.records.former_values import decode_changes, refuse_former
from fieldstone.records.id_lists import bind_ids, in_ids
from fieldstone.records.save.dependants import settle_dependants
from fieldstone.records.save.formulas import compute_formulas
from fieldstone.records.save.load import read_rows
from fieldstone.records.save.program import ModuleProgram, program_for
from fieldstone.records.save.statements import update_rows
from fieldstone.records.save.write import STAMPS
from fieldstone.records.search.index import index_rows
from fieldstone.records.stages import SaveRow, SaveWork
from fieldstone.records.tables import UNVERSIONED, history, stage_time
from fieldstone.records.undo_refusals import UndoRefusedError, find_refusals, through


@dataclass(frozen=True, kw_only=True)
class UndoneBatch:
    """One unit of work of an undo. `remaining`: call again."""

    removed: int
    reverted: int
    remaining: bool


@dataclass(kw_only=True)
class _Record:
    """The entries of the import on one record, newest first."""

    module: str
    id: int
    entries: list[sa.Row[Any]] = field(default_factory=list)

    @property
    def was_created(self) -> bool:
        return bool(self.entries[-1].kind == "created")


def undo_batch(work: SaveWork, via: str, limit: int) -> UndoneBatch:
    """Undo the newest entries, at most `limit`. Raises UndoRefusedError (nothing was undone in this unit of
    work): the whole import is looked at each time, so what was changed in between stops it.
    ForbiddenError without the right to do what is undone, InvalidInputError record.E038 for values that the present
    types of their fields cannot hold."""
    refusals = find_refusals(work, via)
    if refusals:
        raise UndoRefusedError(refusals)
    right = "mass_edit" if via.startswith("mass:") else "import"
    records, remaining = _newest(work, via, limit)
    gone: dict[str, list[SaveRow]] = {}
    reverted: list[SaveRow] = []
    for module, alike in _by_module(records).items():
        require(work.published, work.actor, module, right)
        program = program_for(work, module)
        stored = read_rows(work, program, [record.id for record in alike], exclusive=True)
        _drop_stages(work, program, alike)
        _drop_entries(work, alike)
        changed = [record for record in alike if not record.was_created]
        reverted += _revert(work, program, changed, stored)
        gone[module] = [_removed(work, module, stored[record.id]) for record in alike if record.was_created]
    removed = [row for rows in gone.values() for row in rows]
    for module, rows in gone.items():
        if rows:
            erase_rows(work, module, [row.id for row in rows])
    work.index = {(row.module, row.id): row for row in (*reverted, *removed)}
    moved: dict[tuple[str, str], set[int]] = {}
    for row in (*reverted, *removed):
        for name in row.changed:
            moved.setdefault((row.module, name), set()).add(row.id)
    settle_dependants(work, moved)
    return UndoneBatch(removed=len(removed), reverted=len(reverted), remaining=remaining)


def _newest(work: SaveWork, via: str, limit: int) -> tuple[list[_Record], bool]:
    names = {module.identity: module.name for module in work.published.model.modules.values()}
    query = sa.select(history).where(through(via)).order_by(history.c.id.desc()).limit(limit + 1)
    entries = work.connection.execute(query).all()
    records: dict[tuple[str, int], _Record] = {}
    for entry in entries[:limit]:
        key = (entry.module, entry.record_id)
        record = records.setdefault(key, _Record(module=names[entry.module], id=entry.record_id))
        record.entries.append(entry)
    return list(records.values()), len(entries) > limit


def _by_module(records: Sequence[_Record]) -> dict[str, list[_Record]]:
    grouped: dict[str, list[_Record]] = {}
    for record in records:
        grouped.setdefault(record.module, []).append(record)
    return grouped


def _removed(work: SaveWork, module: str, old: dict[str, Any]) -> SaveRow:
    values = {**old, "deleted_at": work.now}
    return SaveRow(module=module, id=old["id"], deleted=True, old=old, values=values, changed={"deleted_at"})


def _drop_stages(work: SaveWork, program: ModuleProgram, records: Sequence[_Record]) -> None:
    """Stages entered by the import go; those left by it are where the record stands again."""
    if not program.tracked:
        return
    moments: dict[datetime, list[int]] = {}
    for record in records:
        for entry in record.entries:
            moments.setdefault(entry.at, []).append(record.id)
    dialect = work.connection.dialect.name
    mine = sa.and_(stage_time.c.module == program.identity, in_ids(stage_time.c.record_id, "ids", dialect))
    for at, ids in moments.items():
        bound = {"ids": bind_ids(ids, dialect)}
        work.connection.execute(sa.delete(stage_time).where(mine, stage_time.c.entered_at == at), bound)
        reopen = sa.update(stage_time).where(mine, stage_time.c.left_at == at).values(left_at=None)
        work.connection.execute(reopen, bound)


def _drop_entries(work: SaveWork, records: Sequence[_Record]) -> None:
    dialect = work.connection.dialect.name
    ids = [entry.id for record in records for entry in record.entries]
    statement = sa.delete(history).where(in_ids(history.c.id, "ids", dialect))
    work.connection.execute(statement, {"ids": bind_ids(ids, dialect)})


def _revert(
    work: SaveWork, program: ModuleProgram, records: Sequence[_Record], stored: dict[int, dict[str, Any]]
) -> list[SaveRow]:
    authors = _last_authors(work, program, [record.id for record in records])
    rows = []
    for record in records:
        old = stored[record.id]
        row = SaveRow(module=record.module, id=record.id, old=old, values=dict(old))
        for entry in record.entries:
            changes = decode_changes(work.published, program, entry.changes, entry.at)
            before = {name: old for name, (old, _) in changes.items()}
            refuse_former(program, before)
            row.values.update(before)
        rows.append(row)
    compute_formulas(work, program, rows, report=False)
    groups: dict[frozenset[str], list[SaveRow]] = {}
    for row, record in zip(rows, records, strict=True):
        old = stored[record.id]
        row.changed = {name for name, value in row.values.items() if value != old[name]}
        author = authors.get(row.id, (old["created_at"], old["created_by"]))
        row.values["version"] = record.entries[-1].version - 1
        row.values["modified_at"], row.values["modified_by"] = author
        groups.setdefault(frozenset((*row.changed, *STAMPS)), []).append(row)
    for names, alike in groups.items():
        update_rows(work.connection, program.table, [program.fields[name] for name in sorted(names)], alike)
    index_rows(work.connection, work.published, program.module.name, rows)
    return rows


def _last_authors(work: SaveWork, program: ModuleProgram, ids: Sequence[int]) -> dict[int, tuple[datetime, int | None]]:
    """Record id → when and by whom it was last changed, by the entries that are left."""
    dialect = work.connection.dialect.name
    mine = sa.and_(
        history.c.module == program.identity,
        in_ids(history.c.record_id, "ids", dialect),
        history.c.kind.not_in(UNVERSIONED),
    )
    last = sa.select(sa.func.max(history.c.id)).where(mine).group_by(history.c.record_id)
    query = sa.select(history.c.record_id, history.c.at, history.c.by).where(history.c.id.in_(last))
    rows = work.connection.execute(query, {"ids": bind_ids(ids, dialect)}).all()
    return {row.record_id: (row.at, row.by) for row in rows}
