"""Lookups that name the records that go: found, and turned to the one that stays, or back.

It is asked neither for rights on the referring records nor whether they would pass their rules: nobody typed anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fieldstone.fields.values import RecordRef
from fieldstone.kernel.errors import ValidationError
from fieldstone.records.referrers import referrers_to
from fieldstone.records.save.formulas import compute_formulas
from fieldstone.records.save.history import write_history
from fieldstone.records.save.load import read_rows
from fieldstone.records.save.pipeline import AFTERWARDS, Step
from fieldstone.records.save.program import program_for
from fieldstone.records.save.unique import check_unique
from fieldstone.records.save.write import write
from fieldstone.records.stages import SaveRow, SaveWork

_IN_BIN = (Step("write", write), Step("history", write_history))
"""What is gone is searched and counted nowhere."""


@dataclass(frozen=True, kw_only=True)
class Reference:
    """A lookup `field` of a record that names `target`, and is to name `to`."""

    module: str
    id: int
    field: str
    target: int
    to: int | None


def find_references(work: SaveWork, module: str, ids: Sequence[int], kept_id: int) -> list[Reference]:
    """What names the records `ids` is to name `kept_id`: lookups of live and deleted records, but not of these records
    themselves. What `kept_id` itself names of them is to name nothing."""
    found = []
    for referrer in referrers_to(work.published, module):
        for record_id, target in referrer.find(work.connection, work.published, ids, deleted=None):
            if referrer.module != module or record_id not in ids:
                to = None if (referrer.module, record_id) == (module, kept_id) else kept_id
                found.append(
                    Reference(module=referrer.module, id=record_id, field=referrer.field.name, target=target, to=to)
                )
    return found


def turn_references(work: SaveWork, module: str, references: Iterable[Reference]) -> list[Reference]:
    """Let each name what it is to name (of `module`); those that do not name their target by now stay as they are.
    Returns those that were turned. Raises ValidationError when a lookup that only one record may have would be had by
    two. `work` is used up."""
    groups: dict[str, dict[int, list[Reference]]] = {}
    for each in references:
        groups.setdefault(each.module, {}).setdefault(each.id, []).append(each)
    live: list[SaveRow] = []
    gone: list[SaveRow] = []
    turned: list[Reference] = []
    for name, by_id in groups.items():
        program = program_for(work, name)
        for deleted, rows in ((False, live), (True, gone)):
            here = []
            for record_id, old in read_rows(work, program, list(by_id), deleted=deleted).items():
                row = SaveRow(module=name, id=record_id, old=old, values=dict(old))
                for each in by_id[record_id]:
                    whole = program.fields[each.field].holds_record_ref
                    if old[each.field] != (RecordRef(module, each.target) if whole else each.target):
                        continue
                    row.values[each.field] = RecordRef(module, each.to) if whole and each.to is not None else each.to
                    turned.append(each)
                here.append(row)
            if not deleted:
                compute_formulas(work, program, here, report=False)
            for row in here:
                row.changed = {key for key, value in row.values.items() if row.old and value != row.old[key]}
            here = [row for row in here if row.changed]
            if not deleted:
                check_unique(work, program, here)
            rows += here
    if work.problems:
        raise ValidationError(work.problems)
    for rows, steps in ((live, AFTERWARDS), (gone, _IN_BIN)):
        take_steps(work, rows, steps)
    return turned


def take_steps(work: SaveWork, rows: list[SaveRow], steps: Sequence[Step] = AFTERWARDS) -> None:
    """Write rows whose values are known, with all that follows from it."""
    work.rows = work.done = rows
    work.index = {(row.module, row.id): row for row in rows}
    for step in steps if rows else ():
        step.run(work)
