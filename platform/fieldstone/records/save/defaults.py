"""Step 4: ids, references between new records, the owner, defaults and running numbers."""

from __future__ import annotations

from collections.abc import Sequence

from fieldstone.expressions.evaluate import evaluate, holds
from fieldstone.fields.auto_number import AutoNumberType
from fieldstone.fields.base import FieldValueError
from fieldstone.fields.values import RecordRef
from fieldstone.metadata.offering import is_for, keys_of
from fieldstone.records import codes
from fieldstone.records.changes import TempRef
from fieldstone.records.names import bind
from fieldstone.records.save.access import check_owners
from fieldstone.records.save.choices import bind_conditions, choosers
from fieldstone.records.save.field_program import FieldProgram
from fieldstone.records.save.parse import parse_context
from fieldstone.records.save.program import ModuleProgram, program_for
from fieldstone.records.stages import SaveRow, SaveWork
from fieldstone.storage.allocate import allocate_together, id_key

Defaults = list[tuple[FieldProgram, object]]


def fill_defaults(work: SaveWork) -> None:
    new: dict[str, list[SaveRow]] = {}
    for row in work.rows:
        if row.created:
            new.setdefault(row.module, []).append(row)
    for module, rows in new.items():
        _number(work, program_for(work, module), rows)
    work.index = {(row.module, row.id): row for row in work.rows}
    _resolve_references(work)
    for module, rows in new.items():
        program = program_for(work, module)
        _fill_system(work, program, rows)
        check_owners(work, module, rows)
        constants = _fill_constants(work, program, rows)
        _fill_expressions(work, program, rows)
        _leave_unoffered(work, program, constants, rows)


def _number(work: SaveWork, program: ModuleProgram, rows: Sequence[SaveRow]) -> None:
    """Ids and running numbers."""
    module = program.module
    ids = id_key(program.table.name)
    own = f"number:{module.identity}"
    numbered = {
        f"number:{field.identity}": field for field in program.own_fields if isinstance(field.type, AutoNumberType)
    }
    numbers = allocate_together(
        work.connection, [ids, *([own] if module.number is not None else ()), *numbered], len(rows)
    )
    for row, record_id in zip(rows, numbers[ids], strict=True):
        row.id = row.values["id"] = record_id
    if module.number is not None:
        for row, number in zip(rows, numbers[own], strict=True):
            row.values["record_number"] = f"{module.number.prefix}{number:0{module.number.digits}d}"
    for key, field in numbered.items():
        assert isinstance(field.type, AutoNumberType)
        for row, number in zip(rows, numbers[key], strict=True):
            row.values[field.name] = field.type.number(field.field, number)


def _resolve_references(work: SaveWork) -> None:
    named = {row.change.ref: row for row in work.rows if row.change is not None and row.change.ref}
    for row in work.rows:
        if not row.refers:
            continue
        for name, value in row.given.items():
            if not isinstance(value, TempRef):
                continue
            field = program_for(work, row.module).fields[name]
            target = named.get(value.name)
            row.values[name] = field.blank
            if target is None:
                work.refuse(row, name, codes.NO_REFERENCE, label=field.field.label, ref=value.name)
            elif target.module not in field.field.to and not field.names_module:
                work.refuse(row, name, codes.NO_TARGET, label=field.field.label)
            else:
                row.values[name] = RecordRef(target.module, target.id) if field.holds_record_ref else target.id


def _fill_system(work: SaveWork, program: ModuleProgram, rows: Sequence[SaveRow]) -> None:
    types, roles = program.module.record_types, choosers(work)
    record_type = next((name for name, kind in types.items() if is_for(kind, roles)), next(iter(types), None))
    for row in rows:
        values = row.values
        values["version"] = 1
        values["created_at"] = values["modified_at"] = work.now
        values["created_by"] = values["modified_by"] = work.actor.user_id
        if "owner" not in row.given:
            values["owner"] = work.actor.user_id
        if values["record_type"] is None:
            values["record_type"] = record_type
    zone = program.module.occurs.zone if program.module.occurs is not None else ""
    for row in rows if zone else ():
        if zone not in row.given:
            row.values[zone] = work.actor.zone or work.published.model.app.zone


def _fill_constants(work: SaveWork, program: ModuleProgram, rows: Sequence[SaveRow]) -> Defaults:
    """Plain defaults; that of a picklist unless the record type does not offer it."""
    key = ("save.defaults", program.module.name)
    constants = work.published.cache.get(key)
    if constants is None:
        constants = work.published.cache[key] = _constants(work, program)
    offered = program.module.record_types
    for field, value in constants:
        name = field.name
        for row in rows:
            if name in row.given or name in row.faulty:
                continue
            limits = offered[row.values["record_type"]].picklists if offered else {}
            if name not in limits or value in limits[name]:
                row.values[name] = value
    return constants


def _leave_unoffered(work: SaveWork, program: ModuleProgram, constants: Defaults, rows: Sequence[SaveRow]) -> None:
    """No plain default where the field that it depends on, or its condition, does not offer it."""
    for field, value in constants:
        offering = program.offerings.get(field.name)
        if offering is None or not (offering.source or offering.when):
            continue
        filled = [row for row in rows if field.name not in row.given and row.values[field.name] == value]
        bound = bind_conditions(work, program, offering, filled)
        for row in filled:
            names = bound.get(id(row), row.values)
            refusals = {
                offering.refusal(
                    key, kept=False, values=row.values, changed=(), roles=None,
                    holds=lambda compiled, names=names: holds(compiled, names, work.context),  # type: ignore[misc]
                )
                for key in keys_of(value)
            }  # fmt: skip
            if not refusals.isdisjoint(("other", "condition")):
                row.values[field.name] = field.blank


def _constants(work: SaveWork, program: ModuleProgram) -> Defaults:
    found = []
    context = parse_context(work)
    for field in program.input_fields:
        definition = field.field
        raw = definition.default
        if raw is None and definition.type == "picklist" and not definition.default_expression:
            raw = work.published.model.picklists[definition.picklist].default or None
        if raw is not None:
            found.append((field, field.type.parse(definition, raw, context)))
    return found


def _fill_expressions(work: SaveWork, program: ModuleProgram, rows: Sequence[SaveRow]) -> None:
    for field, compiled in program.default_expressions:
        waiting = [row for row in rows if field.name not in row.given and field.name not in row.faulty]
        if not waiting:
            continue
        context = parse_context(work)
        for row, names in zip(waiting, bind(work, program.module.name, waiting, [compiled]), strict=True):
            value = evaluate(compiled, names, work.context)
            try:
                parsed = field.type.parse(field.field, field.fit(value), context)
            except FieldValueError as error:
                work.refuse_value(row, field.name, field.field.label, error)
            else:
                row.values[field.name] = field.blank if parsed is None else parsed
