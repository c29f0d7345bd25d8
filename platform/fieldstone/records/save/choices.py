"""Step 7: picklist values and record types that may be chosen. What is not offered any more may stay where it is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from fieldstone.metadata.offering import is_for, offered_with
from fieldstone.records import codes
from fieldstone.records.save.field_program import FieldProgram
from fieldstone.records.save.program import ModuleProgram
from fieldstone.records.stages import SaveRow, SaveWork


def check_choices(work: SaveWork, program: ModuleProgram, rows: Sequence[SaveRow]) -> None:
    """A value is looked at where it was chosen anew, or where something that decides what is offered has changed."""
    roles = choosers(work)
    if roles is not None and program.reserved_types:
        _check_types(work, program, rows, roles)
    for field in program.picklists:
        _check_field(work, program, field, rows, roles)


def choosers(work: SaveWork) -> Collection[str] | None:
    """The roles that limit what may be chosen; None for administrators, and where no person chooses."""
    if work.depth or work.actor.is_admin or work.actor.kind in ("system", "workflow"):
        return None
    return work.actor.roles


def _check_types(work: SaveWork, program: ModuleProgram, rows: Sequence[SaveRow], roles: Collection[str]) -> None:
    """A new record whose type is not sent gets one that is for them, unless there is none."""
    for row in rows:
        name = row.values["record_type"]
        kind = program.module.record_types.get(name)
        chosen = row.created or "record_type" in row.changed
        if chosen and kind is not None and "record_type" not in row.faulty and not is_for(kind, roles):
            label = program.fields["record_type"].field.label
            work.refuse(row, "record_type", codes.NOT_FOR_ROLE, label=label, value=name)


def _check_field(
    work: SaveWork,
    program: ModuleProgram,
    field: FieldProgram,
    rows: Sequence[SaveRow],
    roles: Collection[str] | None,
) -> None:
    name, definition = field.name, field.field
    types = program.module.record_types
    inactive = program.inactive_values[name]
    reserved = program.reserved_values[name] if roles is not None else {}
    limits = {key: kind.picklists[name] for key, kind in types.items() if name in kind.picklists}
    source = program.fields[definition.depends_on].field if definition.depends_on else None
    if not inactive and not limits and not reserved and source is None:
        return
    for row in rows:
        value = row.values[name]
        if value is None or name in row.faulty:
            continue
        kept = _keys(row.old[name]) if row.old is not None else ()
        allowed = limits.get(row.values["record_type"]) if limits else None
        switched = "record_type" in row.changed
        beside = offered_with(definition, row.values[source.name]) if source else None
        moved = source is not None and source.name in row.changed
        for key in _keys(value):
            is_new = key not in kept
            if key in inactive and is_new:
                work.refuse(row, name, codes.INACTIVE_VALUE, label=definition.label, value=key)
            elif allowed is not None and key not in allowed and (switched or is_new):
                work.refuse(row, name, codes.NOT_IN_RECORD_TYPE, label=definition.label, value=key)
            elif source is not None and beside is not None and key not in beside and (moved or is_new):
                work.refuse(row, name, codes.NOT_WITH_OTHER, label=definition.label, value=key, other=source.label)
            elif key in reserved and is_new and name in row.given and not is_for(reserved[key], roles):
                work.refuse(row, name, codes.NOT_FOR_ROLE, label=definition.label, value=key)


def _keys(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (value,)
