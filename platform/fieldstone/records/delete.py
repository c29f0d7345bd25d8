"""Deleting records: into the recycle bin, with what `on_delete` says about those that refer to them.

`restrict` refuses while live records refer to it; `cascade` deletes those too; `clear` empties their
lookup. Everything is written to the history; the bin remembers what a deletion took along."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from fieldstone.kernel.errors import FieldProblem, NotFoundError, ValidationError
from fieldstone.records import codes
from fieldstone.records.access import require
from fieldstone.records.changes import SaveResult
from fieldstone.records.referrers import Referrer, referrers_to
from fieldstone.records.save.formulas import compute_formulas
from fieldstone.records.save.grouping import by_module
from fieldstone.records.save.load import read_rows
from fieldstone.records.save.pipeline import AFTERWARDS, result_of
from fieldstone.records.save.program import program_for
from fieldstone.records.save.statements import insert_tuples
from fieldstone.records.stages import SaveRow, SaveWork
from fieldstone.records.tables import recycle_bin

Key = tuple[str, int]

BIN_COLUMNS = ("root_module", "root_id", "module", "record_id", "field", "at")


@dataclass(kw_only=True)
class _Deletion:
    """`gone`: record → its row, with the root whose deletion took it in `roots`; `cleared`: records that
    stay with the fields that are emptied; `kept`: restricting lookup → (referring record, root)."""

    gone: dict[Key, SaveRow] = field(default_factory=dict)
    roots: dict[Key, Key] = field(default_factory=dict)
    cleared: dict[Key, dict[str, Key]] = field(default_factory=dict)
    kept: list[tuple[Referrer, int, Key]] = field(default_factory=list)


def delete(work: SaveWork, module: str, ids: Sequence[int]) -> SaveResult:
    """Raises NotFoundError record.E010, ValidationError (record.E030) when live records hold them."""
    require(work.published, work.actor, module, "delete")
    deletion = _Deletion()
    stored = read_rows(work, program_for(work, module), ids, right="delete", exclusive=True)
    for record_id in ids:
        if record_id not in stored:
            raise NotFoundError(codes.NOT_FOUND, module=module, id=record_id)
    wave = {}
    for index, (record_id, old) in enumerate(stored.items()):
        key = (module, record_id)
        wave[key] = deletion.gone[key] = _row(work, module, old, index)
        deletion.roots[key] = key
    while wave:
        wave = _follow(work, deletion, wave)
    _refuse_restricted(work, deletion)
    cleared = _clear(work, deletion)
    work.done = list(deletion.gone.values())
    work.rows = [*cleared, *work.done]
    work.index = {(row.module, row.id): row for row in work.rows}
    _fill_bin(work, deletion)
    for step in AFTERWARDS:
        step.run(work)
    return result_of(work)


def _row(work: SaveWork, module: str, old: dict[str, object], index: int = 0) -> SaveRow:
    row = SaveRow(module=module, id=int(str(old["id"])), deleted=True, old=old, index=index)
    row.values = {**old, "deleted_at": work.now}
    row.changed = {"deleted_at"}
    return row


def _follow(work: SaveWork, deletion: _Deletion, wave: dict[Key, SaveRow]) -> dict[Key, SaveRow]:
    """Look at the records that refer to those of the wave; give the next wave."""
    onward: dict[Key, Key] = {}
    for module, rows in by_module(wave.values()).items():
        for referrer in referrers_to(work.published, module):
            for record_id, target in referrer.find(work.connection, work.published, [row.id for row in rows]):
                key, root = (referrer.module, record_id), deletion.roots[module, target]
                if key in deletion.gone:
                    continue
                if referrer.on_delete == "cascade":
                    onward.setdefault(key, root)
                elif referrer.on_delete == "restrict":
                    deletion.kept.append((referrer, record_id, root))
                else:
                    deletion.cleared.setdefault(key, {})[referrer.field.name] = root
    following: dict[Key, SaveRow] = {}
    by_name: dict[str, list[int]] = {}
    for module, record_id in onward:
        by_name.setdefault(module, []).append(record_id)
    for module, ids in by_name.items():
        for record_id, old in read_rows(work, program_for(work, module), ids, exclusive=True).items():
            key = (module, record_id)
            deletion.roots[key] = onward[key]
            following[key] = deletion.gone[key] = _row(work, module, old)
    return following


def _refuse_restricted(work: SaveWork, deletion: _Deletion) -> None:
    """Says which modules refer, not how many records: some may be out of the actor's reach."""
    holding = dict.fromkeys(
        (root, referrer.module)
        for referrer, record_id, root in deletion.kept
        if (referrer.module, record_id) not in deletion.gone
    )
    problems = []
    for root, module in holding:
        row = deletion.gone[root]
        label = row.values[work.published.model.modules[root[0]].name_field] or f"#{root[1]}"
        params = {"label": label, "plural": work.published.model.modules[module].plural}
        problems.append(FieldProblem(field="", code=codes.RESTRICTED, params=params, row=row.index))
    if problems:
        raise ValidationError(problems)


def _clear(work: SaveWork, deletion: _Deletion) -> list[SaveRow]:
    staying = {key: fields for key, fields in deletion.cleared.items() if key not in deletion.gone}
    by_name: dict[str, list[int]] = {}
    for module, record_id in staying:
        by_name.setdefault(module, []).append(record_id)
    rows = []
    for module, ids in by_name.items():
        program = program_for(work, module)
        here = []
        for record_id, old in read_rows(work, program, ids).items():
            emptied = staying[module, record_id]
            row = SaveRow(module=module, id=record_id, old=old, values={**old, **dict.fromkeys(emptied)})
            here.append(row)
        compute_formulas(work, program, here)
        for row in here:
            row.changed = {name for name, value in row.values.items() if row.old and value != row.old[name]}
        rows += here
    deletion.cleared = staying
    return rows


def _fill_bin(work: SaveWork, deletion: _Deletion) -> None:
    identity = {name: module.identity for name, module in work.published.model.modules.items()}
    entries = [(root, key, "") for key, root in deletion.roots.items()]
    for (module, record_id), emptied in deletion.cleared.items():
        fields = program_for(work, module).fields
        entries += [(root, (module, record_id), fields[name].identity) for name, root in emptied.items()]
    rows = [(identity[root[0]], root[1], identity[key[0]], key[1], name, work.now) for root, key, name in entries]
    insert_tuples(work.connection, recycle_bin, BIN_COLUMNS, rows)
