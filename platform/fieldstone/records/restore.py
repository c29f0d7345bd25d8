"""Restoring records from the recycle bin, with what their deletion took along."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from fieldstone.fields.values import RecordRef
from fieldstone.kernel.errors import NotFoundError, ValidationError
from fieldstone.records import codes
from fieldstone.records.access import require
from fieldstone.records.changes import SaveResult
from fieldstone.records.id_lists import bind_ids, in_ids
from fieldstone.records.save.dependants import recompute_all
from fieldstone.records.save.formulas import compute_formulas
from fieldstone.records.save.grouping import by_module
from fieldstone.records.save.load import read_rows
from fieldstone.records.save.pipeline import AFTERWARDS, result_of
from fieldstone.records.save.program import program_for
from fieldstone.records.save.unique import check_unique
from fieldstone.records.stages import SaveRow, SaveWork
from fieldstone.records.tables import recycle_bin

Key = tuple[str, int]


def restore(work: SaveWork, module: str, ids: Sequence[int]) -> SaveResult:
    """Raises NotFoundError record.E032 for one that is not in the bin, ValidationError when a unique value
    has been given to another record meanwhile."""
    require(work.published, work.actor, module, "delete")
    stored = read_rows(work, program_for(work, module), ids, right="delete", deleted=True, exclusive=True)
    for record_id in ids:
        if record_id not in stored:
            raise NotFoundError(codes.NOT_IN_BIN, module=module, id=record_id)
    taken, emptied = _read_bin(work, module, ids)
    rows = [_row(module, old, index) for index, old in enumerate(stored.values())]
    known = {(row.module, row.id) for row in rows}
    for other, others in _grouped(key for key in taken if key not in known).items():
        program = program_for(work, other)
        rows += [_row(other, old) for old in read_rows(work, program, others, deleted=True, exclusive=True).values()]
    work.done = rows
    work.index = {(row.module, row.id): row for row in rows}
    _check_unique(work, rows)
    refilled = _refill(work, emptied)
    work.rows = [*rows, *refilled]
    work.index = {(row.module, row.id): row for row in work.rows}
    _empty_bin(work, module, ids, rows)
    for step in AFTERWARDS:
        if step.name == "after_save":
            for name, here in by_module(rows).items():
                recompute_all(work, name, [row.id for row in here])
        step.run(work)
    return result_of(work)


def _row(module: str, old: dict[str, object], index: int = 0) -> SaveRow:
    row = SaveRow(module=module, id=int(str(old["id"])), old=old, index=index)
    row.values = {**old, "deleted_at": None}
    row.changed = {"deleted_at"}
    return row


def _grouped(keys: Iterable[Key]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for module, record_id in keys:
        found.setdefault(module, []).append(record_id)
    return found


def _read_bin(work: SaveWork, module: str, ids: Sequence[int]) -> tuple[list[Key], dict[Key, dict[str, Key]]]:
    """Records that went with these roots, and record → lookup → root it was emptied of."""
    modules = work.published.model.modules
    names = {item.identity: item.name for item in modules.values()}
    dialect = work.connection.dialect.name
    c = recycle_bin.c
    query = (
        sa.select(c.root_id, c.module, c.record_id, c.field)
        .where(c.root_module == modules[module].identity, in_ids(c.root_id, "ids", dialect))
        .order_by(c.id)
    )
    taken: list[Key] = []
    emptied: dict[Key, dict[str, Key]] = {}
    for root_id, identity, record_id, field in work.connection.execute(query, {"ids": bind_ids(ids, dialect)}).all():
        if identity not in names:
            continue
        key = (names[identity], record_id)
        if not field:
            taken.append(key)
        else:
            emptied.setdefault(key, {})[field] = (module, root_id)
    return taken, emptied


def _check_unique(work: SaveWork, rows: Sequence[SaveRow]) -> None:
    for module, here in by_module(rows).items():
        program = program_for(work, module)
        for row in here:
            row.changed = {"deleted_at", *(field.name for field in program.unique)}
        check_unique(work, program, here)
        for row in here:
            row.changed = {"deleted_at"}
    if work.problems:
        raise ValidationError(work.problems)


def _refill(work: SaveWork, emptied: dict[Key, dict[str, Key]]) -> list[SaveRow]:
    """Lookups that the deletion cleared and nobody has filled since."""
    rows: list[SaveRow] = []
    for module, ids in _grouped(emptied).items():
        program = program_for(work, module)
        here = []
        for record_id, old in read_rows(work, program, ids).items():
            row = SaveRow(module=module, id=record_id, old=old, values=dict(old))
            for identity, (target, root_id) in emptied[module, record_id].items():
                field = program.by_identity.get(identity)
                if field is not None and old[field.name] is None:
                    row.values[field.name] = RecordRef(target, root_id) if field.holds_record_ref else root_id
            here.append(row)
        compute_formulas(work, program, here)
        for row in here:
            row.changed = {name for name, value in row.values.items() if row.old and value != row.old[name]}
        rows += [row for row in here if row.changed]
    return rows


def _empty_bin(work: SaveWork, module: str, ids: Sequence[int], rows: Sequence[SaveRow]) -> None:
    modules = work.published.model.modules
    dialect = work.connection.dialect.name
    c = recycle_bin.c
    roots = sa.delete(recycle_bin).where(c.root_module == modules[module].identity, in_ids(c.root_id, "ids", dialect))
    work.connection.execute(roots, {"ids": bind_ids(ids, dialect)})
    for name, here in by_module(rows).items():
        own = sa.delete(recycle_bin).where(
            c.module == modules[name].identity, in_ids(c.record_id, "ids", dialect), c.field == ""
        )
        work.connection.execute(own, {"ids": bind_ids([row.id for row in here], dialect)})
