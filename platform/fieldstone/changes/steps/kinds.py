"""The kinds of steps, by name."""

from __future__ import annotations

from fieldstone.changes.steps.compute import ComputeStep
from fieldstone.changes.steps.convert import ConvertStep
from fieldstone.changes.steps.fill import FillStep
from fieldstone.changes.steps.fold import FoldStep
from fieldstone.changes.steps.number import NumberStep, ReserveStep
from fieldstone.changes.steps.reindex import ReindexStep
from fieldstone.changes.steps.replace import ReplaceStep
from fieldstone.changes.steps.step_kind import StepKind
from fieldstone.kernel.registry import Registry

STEP_KINDS: Registry[StepKind] = Registry(
    "kind of step",
    # In the order in which the steps of a publish are done: what reads a value comes after what writes it.
    (
        ReserveStep(),
        ConvertStep(),
        FillStep(),
        ReplaceStep(),
        NumberStep(),
        ComputeStep(),
        FoldStep(),
        ReindexStep(),
    ),
)
