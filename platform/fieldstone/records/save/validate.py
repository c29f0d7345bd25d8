"""Step 7: required, read-only and rules; every problem is noted.

Choices, references, unique values and duplicates are looked at in files of their own."""

from __future__ import annotations

from collections.abc import Sequence

from fieldstone.expressions.evaluate import holds
from fieldstone.records import codes
from fieldstone.records.names import bind
from fieldstone.records.occurrences import is_zone
from fieldstone.records.save.before import mark_changes
from fieldstone.records.save.choices import check_choices
from fieldstone.records.save.duplicates import check_duplicates
from fieldstone.records.save.field_program import FieldProgram
from fieldstone.records.save.grouping import by_module
from fieldstone.records.save.program import ModuleProgram, program_for
from fieldstone.records.save.settle import settle
from fieldstone.records.save.targets import check_targets
from fieldstone.records.save.unique import check_unique
from fieldstone.records.stages import SaveRow, SaveWork


def validate(work: SaveWork) -> None:
    """Raises ValidationError with all problems, or leaves only the rows to be written in `work.rows`."""
    mark_changes(work)
    work.rows = [row for row in work.rows if row.changed or row.created or row.failed]
    for module, rows in by_module(work.rows).items():
        program = program_for(work, module)
        _check_required(work, program, rows)
        _check_read_only(work, program, rows)
        check_choices(work, program, rows)
        _check_rules(work, program, rows)
        _check_zones(work, program, rows)
        check_targets(work, program, rows)
        check_unique(work, program, rows)
        check_duplicates(work, program, rows)
    settle(work)


def _check_required(work: SaveWork, program: ModuleProgram, rows: Sequence[SaveRow]) -> None:
    for field in program.required:
        name = field.name
        # What a job is still to bring, nobody else has to.
        is_coming = work.published.waiting.get(field.identity) in ("filled", "values")
        for row in rows:
            if row.values[name] is None and name not in row.faulty:
                if is_coming and row.old is not None and row.old[name] is None:
                    continue
                work.refuse(row, name, codes.REQUIRED, label=field.field.label)
    if not program.required_when:
        return
    bound = bind(work, program.module.name, rows, [compiled for _, compiled in program.required_when])
    for field, compiled in program.required_when:
        for row, names in zip(rows, bound, strict=True):
            empty = row.values[field.name] is None and field.name not in row.faulty
            if empty and holds(compiled, names, work.context):
                work.refuse(row, field.name, codes.REQUIRED, label=field.field.label)


def _check_zones(work: SaveWork, program: ModuleProgram, rows: Sequence[SaveRow]) -> None:
    zone = program.module.occurs.zone if program.module.occurs is not None else ""
    for row in rows if zone else ():
        if zone in row.changed and row.values[zone] is not None and not is_zone(row.values[zone]):
            work.refuse(row, zone, codes.NO_ZONE, zone=row.values[zone])


def _check_read_only(work: SaveWork, program: ModuleProgram, rows: Sequence[SaveRow]) -> None:
    """Only what was sent is looked at: workflows, defaults and formulas may fill read-only fields."""
    if work.depth or work.actor.kind in ("system", "workflow"):
        return
    for field in program.read_only:
        for row in rows:
            if not _is_touched(row, field):
                continue
            if field.field.read_only:
                work.refuse(row, field.name, codes.READ_ONLY, label=field.field.label)
            elif row.old is not None:
                work.refuse(row, field.name, codes.READ_ONLY_NOW, label=field.field.label)
    if program.read_only_when:
        _check_read_only_when(work, program, [row for row in rows if row.old is not None])


def _is_touched(row: SaveRow, field: FieldProgram) -> bool:
    name = field.name
    return name in row.given and name in row.changed and name not in row.faulty


def _check_read_only_when(work: SaveWork, program: ModuleProgram, rows: Sequence[SaveRow]) -> None:
    """By the stored values: a save cannot lift its own lock."""
    before = [SaveRow(module=row.module, id=row.id, old=row.old, values=dict(row.old or {})) for row in rows]
    bound = bind(work, program.module.name, before, [compiled for _, compiled in program.read_only_when])
    for field, compiled in program.read_only_when:
        for row, names in zip(rows, bound, strict=True):
            if _is_touched(row, field) and holds(compiled, names, work.context):
                work.refuse(row, field.name, codes.READ_ONLY_NOW, label=field.field.label)


def _check_rules(work: SaveWork, program: ModuleProgram, rows: Sequence[SaveRow]) -> None:
    rules = program.rules
    if not rules:
        return
    bound = bind(work, program.module.name, rows, [compiled for _, compiled in rules])
    for rule, compiled in rules:
        for row, names in zip(rows, bound, strict=True):
            if holds(compiled, names, work.context):
                work.refuse(row, rule.field, codes.RULE, message=rule.message, rule=rule.name, module=row.module)
