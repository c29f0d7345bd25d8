"""Steps 5 and 6: plugin hooks, before-save workflows, and the record's own formulas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fieldstone.records.save.formulas import compute_formulas
from fieldstone.records.save.grouping import by_module
from fieldstone.records.save.parse import parse_context, parse_values
from fieldstone.records.save.program import ModuleProgram, program_for
from fieldstone.records.save.rollups import compute_own_rollups, rollups_of
from fieldstone.records.stages import ConcernedStage, SaveRow, SaveStage, SaveWork

STAMPS = frozenset({"id", "version", "created_at", "created_by", "modified_at", "modified_by"})
"""What a save puts on a new record by itself."""


def run_hooks(work: SaveWork) -> None:
    """Step 5."""
    _run(work, work.environment.hooks)


def run_before_save(work: SaveWork) -> None:
    """Step 6: the workflows, then what is computed. What workflows read of formulas is up to date too."""
    stages = work.environment.stages if work.options.workflows else ()
    if stages:
        sound = _compute(work, report=False)  # the workflows may yet change what it is computed from
        touched = _run(work, stages)
        if sound and not _is_read(work, touched):
            return
    _compute(work, report=True)


def _compute(work: SaveWork, *, report: bool) -> bool:
    """Whether there was no problem."""
    sound = True
    for module, rows in by_module(work.rows).items():
        sound &= compute_formulas(work, program_for(work, module), rows, report=report)
    if compute_own_rollups(work):
        for module, rows in by_module(work.rows).items():
            sound &= compute_formulas(work, program_for(work, module), rows, report=report)
    return sound


def _is_read(work: SaveWork, touched: set[str]) -> bool:
    """Whether anything computed in this save may read a field of one of these names, of whatever module."""
    if not touched:
        return False
    programs = [program_for(work, module) for module in by_module(work.rows)]
    return any(rollups_of(work.published, program) for program in programs) or any(
        not touched.isdisjoint(path)
        for program in programs
        for formula in program.formulas
        for path in formula.compiled.paths
    )


def _run(work: SaveWork, stages: Sequence[SaveStage]) -> set[str]:
    """The names of the fields that the stages have set."""
    touched: set[str] = set()
    for stage in stages:
        if isinstance(stage, ConcernedStage) and not stage.concerns(work):
            continue  # the copies below are not for nothing
        mark_changes(work)
        before = [dict(row.values) for row in work.rows]
        stage.before_save(work)
        for row, values in zip(work.rows, before, strict=True):
            if row.values != values:
                touched |= _take(work, program_for(work, row.module), row, values)
    return touched


def _take(work: SaveWork, program: ModuleProgram, row: SaveRow, before: dict[str, Any]) -> set[str]:
    """What a stage has set goes through the same door as what a person sends; its names."""
    touched = {name: value for name, value in row.values.items() if name not in before or value != before[name]}
    sent, row.values, row.given = row.given, before, {}
    parse_values(work, program, row, touched, parse_context(work))
    row.values.update(row.given)
    row.given = sent
    return set(touched)


def mark_changes(work: SaveWork) -> None:
    """Set `changed` of every row: the fields that differ from before, of a new one those that are filled."""
    for row in work.rows:
        old, values = row.old, row.values
        if old is None:
            filled = {name for name, value in values.items() if value is not None and value is not False}
            row.changed = filled - STAMPS
        else:
            row.changed = {name for name, value in values.items() if value != old[name]}
