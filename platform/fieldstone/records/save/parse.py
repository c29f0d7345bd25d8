"""Step 1: what was sent becomes values. Unknown, forbidden, computed and system keys are refused, never dropped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fieldstone.fields.base import FieldValueError, ParseContext
from fieldstone.metadata.dependencies import FieldRef
from fieldstone.records import codes
from fieldstone.records.access.fields import FIXED, HIDDEN
from fieldstone.records.access.restrictions import restrictions_of
from fieldstone.records.changes import TempRef
from fieldstone.records.save.field_program import FieldProgram
from fieldstone.records.save.program import WRITABLE_SYSTEM_FIELDS, ModuleProgram, program_for
from fieldstone.records.stages import SaveRow, SaveWork


def parse(work: SaveWork) -> None:
    context = parse_context(work)
    for row in work.rows:
        assert row.change is not None
        program = program_for(work, row.module)
        values, ahead = row.change.values, row.change.parsed
        if ahead is not None and ahead.version == work.published.version:
            row.given.update(ahead.taken)
            values = ahead.rest
        parse_values(work, program, row, values, context)
        # A workflow writes what its author declared; people write what their rights give.
        if not work.depth:
            _refuse_forbidden(work, row)


def parse_context(work: SaveWork) -> ParseContext:
    """That of the caller, or one from the actor; always with the model's picklists and the site's key."""
    asked = work.options.parse
    base = asked or ParseContext(language=work.actor.language, zone=work.actor.zone)
    picklists = work.published.model.picklists
    return replace(base, picklists=picklists, encrypt=base.encrypt or work.environment.encrypt)


def parse_values(
    work: SaveWork, program: ModuleProgram, row: SaveRow, raw_values: Mapping[str, Any], context: ParseContext
) -> None:
    """Parse into `row.given`; what cannot be taken is refused."""
    fields, given = program.fields, row.given
    for name, raw in raw_values.items():
        field = fields.get(name)
        if field is None:
            work.refuse(row, name, codes.NO_FIELD, module=row.module, field=name)
        elif field.computed:
            work.refuse(row, name, codes.COMPUTED, label=field.field.label)
        elif field.system and name not in WRITABLE_SYSTEM_FIELDS:
            work.refuse(row, name, codes.SYSTEM_FIELD, field=name)
        elif raw is None or raw == "":
            given[name] = field.blank
        elif isinstance(raw, TempRef):
            _take_reference(work, row, field, raw)
        elif name == "record_type":
            _take_record_type(work, program, row, raw)
        else:
            try:
                value = field.type.parse(field.field, raw, context)
            except FieldValueError as error:
                work.refuse_value(row, name, field.field.label, error)
            else:
                given[name] = field.blank if value is None else value
    if work.published.waiting and not row.created:
        _refuse_waiting(work, program, row)


def _refuse_forbidden(work: SaveWork, row: SaveRow) -> None:
    """Fields that the actor may not change. Whether a hidden one is there at all is not told."""
    restrictions = restrictions_of(work.published, work.actor)
    if not restrictions.fixed:
        return
    assert row.change is not None
    ahead = row.change.parsed.taken if row.change.parsed is not None else {}
    for name in dict.fromkeys((*row.change.values, *ahead)):
        ref = FieldRef(row.module, name)
        if ref in restrictions.fixed:
            row.given.pop(name, None)
            work.withdraw(row, name)
            code = HIDDEN if ref in restrictions.hidden else FIXED
            work.refuse(row, name, code, module=row.module, field=name)


def _refuse_waiting(work: SaveWork, program: ModuleProgram, row: SaveRow) -> None:
    """Values that are still being brought over from before a change of type cannot be changed: the job would not
    know which of the two is meant."""
    for name in [name for name in row.given if work.published.waiting.get(program.fields[name].identity) == "values"]:
        value = row.given.pop(name)
        if value != program.fields[name].blank:
            work.refuse(row, name, codes.NOT_READY, label=program.fields[name].field.label)


def _take_reference(work: SaveWork, row: SaveRow, field: FieldProgram, reference: TempRef) -> None:
    if field.value_type.kind == "reference" and field.field.to:
        row.given[field.name] = reference
        row.refers = True
    else:
        work.refuse(row, field.name, codes.NO_TARGET, label=field.field.label)


def _take_record_type(work: SaveWork, program: ModuleProgram, row: SaveRow, raw: Any) -> None:
    if isinstance(raw, str) and raw in program.module.record_types:
        row.given["record_type"] = raw
    else:
        work.refuse(row, "record_type", codes.NO_RECORD_TYPE, module=program.module.label, value=raw)
