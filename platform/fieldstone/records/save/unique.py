"""Step 7: values that no other live record of the module may have; capitals do not tell values apart.

Two savers at the same moment are told apart by the unique index, and the second one is run again
(`records.writing`), so that this check words its problem too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fieldstone.records import codes
from fieldstone.records.access import has_right
from fieldstone.records.save.field_program import FieldProgram
from fieldstone.records.save.keys import find_by_key, key_of, visible_labels
from fieldstone.records.save.program import ModuleProgram
from fieldstone.records.stages import SaveRow, SaveWork


def check_unique(work: SaveWork, program: ModuleProgram, rows: Sequence[SaveRow]) -> None:
    for field in program.unique:
        _check_field(work, program, field, rows)


def _check_field(work: SaveWork, program: ModuleProgram, field: FieldProgram, rows: Sequence[SaveRow]) -> None:
    name, label = field.name, field.field.label
    keys: dict[Any, SaveRow] = {}
    for row in rows:
        if name not in row.changed or name in row.faulty:
            continue
        key = key_of(field, row.values[name])
        if key is None:
            continue
        if key in keys:
            work.refuse(row, name, codes.NOT_UNIQUE_HERE, label=label, value=_shown(row, name))
        else:
            keys[key] = row
    if not keys:
        return
    taken: dict[Any, int] = {}
    for other, key in find_by_key(work, program, [field], keys):
        here = work.index.get((program.module.name, other))
        if key in keys and keys[key].id != other and (here is None or name not in here.changed):
            taken[key] = other
    if not taken:
        return
    may_look = has_right(work.published, work.actor, program.module.name, "view")
    labels = visible_labels(work, program, set(taken.values())) if may_look else {}
    for key, other in taken.items():
        row = keys[key]
        if other in labels:
            work.refuse(row, name, codes.NOT_UNIQUE, label=label, value=_shown(row, name), other=labels[other])
        else:
            work.refuse(row, name, codes.NOT_UNIQUE_HIDDEN, label=label, value=_shown(row, name))


def _shown(row: SaveRow, name: str) -> str:
    return str(row.values[name])
