"""Running a step: whole, within a publish, or one chunk of it, for a job."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fieldstone.changes.steps.kinds import STEP_KINDS
from fieldstone.changes.steps.step_kind import StepContext
from fieldstone.storage.steps import DONE, FAILED, Step, StoredStep, note_step

CHUNK = 500
"""Rows that are read and written at once."""

KEPT_PROBLEMS = 100
"""Of how many rows that could not be done it is kept why."""


def run_whole(context: StepContext, step: Step) -> list[Mapping[str, Any]]:
    """All rows, in the caller's transaction. Gives the rows that could not be done."""
    kind, after = STEP_KINDS[step.kind], 0
    problems: list[Mapping[str, Any]] = []
    while True:
        chunk = kind.run(context, step, after, CHUNK)
        problems += chunk.problems
        if chunk.last_id is None:
            return problems
        after = chunk.last_id


def run_chunk(context: StepContext, step: StoredStep, rows: int = CHUNK) -> bool:
    """The next `rows` rows of a stored step, noted in the same transaction. Whether it is done now."""
    chunk = STEP_KINDS[step.kind].run(context, step, step.last_id, rows)
    values: dict[str, Any] = {"done": step.done + chunk.rows}
    if chunk.problems:
        values["problems"] = [*step.problems, *chunk.problems][:KEPT_PROBLEMS]
    if chunk.last_id is None:
        # What a conversion could not take along the plan has told; a backfill that leaves gaps nobody knows of yet.
        failed = step.kind == "fill" and (step.problems or chunk.problems)
        note_step(context.connection, step.id, state=FAILED if failed else DONE, **values)
        return True
    note_step(context.connection, step.id, last_id=chunk.last_id, **values)
    return False
