"""Undoing one change of a record's history: its fields get back the values they had."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa

from fieldstone.kernel.errors import FieldConflict, InvalidInputError, NotFoundError, StaleRecordError
from fieldstone.records import codes
from fieldstone.records.access import require_editable
from fieldstone.records.changes import RecordChange
from fieldstone.records.former_values import decode_changes, refuse_former
from fieldstone.records.save.load import read_rows
from fieldstone.records.save.program import program_for
from fieldstone.records.stages import SaveWork
from fieldstone.records.tables import history


def change_that_undoes(work: SaveWork, module: str, record_id: int, entry_id: int) -> RecordChange:
    """The change that takes an `updated` entry back, to be saved in the same transaction.

    A value written while its field had another type comes back by way of its text.

    Raises NotFoundError record.E033 (no such entry), InvalidInputError record.E034 (an entry of another
    kind), record.E038 (the field's present type cannot hold the value), ForbiddenError access.E003, access.E004
    (one of its fields is not for the actor to change), StaleRecordError when one of its
    fields has been changed since."""
    program = program_for(work, module)
    stored = read_rows(work, program, [record_id], right="edit").get(record_id)
    if stored is None:  # first, so that nothing is told of the history of a record out of reach
        raise NotFoundError(codes.NOT_FOUND, module=module, id=record_id)
    entry = work.connection.execute(
        sa.select(history).where(
            history.c.id == entry_id, history.c.module == program.identity, history.c.record_id == record_id
        )
    ).one_or_none()
    if entry is None:
        raise NotFoundError(codes.NO_ENTRY, module=module, id=record_id)
    changes = decode_changes(work.published, program, entry.changes, entry.at)
    if entry.kind != "updated" or len(changes) < len(json.loads(entry.changes)):
        raise InvalidInputError(codes.CANNOT_UNDO, module=module, id=record_id)
    require_editable(work.published, work.actor, module, changes)
    values: dict[str, Any] = {name: old for name, (old, _) in changes.items()}
    refuse_former(program, values)
    conflicts = [
        FieldConflict(field=name, base=new, theirs=stored[name], mine=old)
        for name, (old, new) in changes.items()
        if stored[name] != new
    ]
    if conflicts:
        raise StaleRecordError(module=module, record_id=record_id, version=stored["version"], conflicts=conflicts)
    return RecordChange(module=module, id=record_id, version=stored["version"], values=values)
