"""When row work is done: within the publish, where it is little, or by a job afterwards; and how long it takes."""

from __future__ import annotations

from collections.abc import Sequence

from fieldstone.changes.counting import Counts
from fieldstone.changes.plan import PlannedStep, Work
from fieldstone.changes.steps import build_index
from fieldstone.changes.steps.kinds import STEP_KINDS
from fieldstone.metadata.model import AppModel
from fieldstone.storage.ddl import Operation
from fieldstone.storage.steps import Step

INLINE_ROWS = 2_000
"""Rows of a table on which a step is done within the publish: a unit of work."""

INLINE_SECONDS = 0.4
"""For about so long the steps of one publish may keep everybody else from writing."""

INLINE_INDEX_ROWS = 20_000
"""Indexes of larger tables are built by a job: building one within the publish would stall every writer."""

_RATES = {kind.name: kind.rate for kind in STEP_KINDS} | {"index": build_index.RATE}


def schedule(steps: Sequence[Step]) -> list[PlannedStep]:
    """In their order: from the first that is too much on, all are left to the job."""
    planned = []
    seconds, background = 0.0, False
    for step in steps:
        seconds += _seconds(step)
        background = background or step.total > INLINE_ROWS or seconds > INLINE_SECONDS
        planned.append(PlannedStep(step=step, background=background))
    return planned


def index_step(operation: Operation, counts: Counts, model: AppModel) -> Step | None:
    """The step of an index that is too large for the publish; None for one that is made within it."""
    rows = 0 if operation.lock == "none" else counts.rows(operation.table)
    if rows <= INLINE_INDEX_ROWS:
        return None
    params = {"name": operation.index, "statement": operation.statement, "unique": operation.unique}
    module = next((item.identity for item in model.modules.values() if item.table == operation.table), "")
    return Step(kind="index", module=module, params=params, total=rows)


def estimate(items: Sequence[PlannedStep]) -> Work | None:
    """What the steps of one change take together."""
    if not items:
        return None
    return Work(
        rows=max(item.step.total for item in items),
        seconds=round(sum(_seconds(item.step) for item in items), 1),
        background=any(item.background for item in items),
    )


def _seconds(step: Step) -> float:
    return step.total / _RATES[step.kind]
