"""Which change each piece of row work serves."""

from __future__ import annotations

from collections.abc import Sequence

from fieldstone.changes.plan import PlannedStep
from fieldstone.metadata.change import Change
from fieldstone.metadata.model import AppModel
from fieldstone.metadata.moves import BackfillMove, ReplaceMove
from fieldstone.storage.steps import Step


def assign_steps(
    changes: Sequence[Change], steps: Sequence[PlannedStep], new: AppModel, apart: Sequence[PlannedStep]
) -> list[list[PlannedStep]]:
    """The row work of each change, none twice, but for backfills and what is `apart`, which stand on their own. What
    only follows from a change (computed fields of other modules) is with the first that takes any work."""
    served: list[list[PlannedStep]] = [[] for _ in changes]
    following = []
    for item in steps:
        if item.step.kind == "fill" or item in apart:
            continue
        found = next((at for at, change in enumerate(changes) if _serves(item.step, change, new)), None)
        if found is None:
            following.append(item)
        else:
            served[found].append(item)
    if following and changes:
        first = next((at for at, mine in enumerate(served) if mine), 0)
        served[first].extend(following)
    return served


def fills(step: Step, move: BackfillMove, new: AppModel) -> bool:
    """Whether this is the work of that backfill."""
    module, _, name = move.field.partition(".")
    asked = {"value": move.value, "if": move.condition}
    return step.kind == "fill" and step.field == new.modules[module].fields[name].identity and step.params == asked


def replaces(step: Step, move: ReplaceMove) -> bool:
    """Whether this is the work of that replacement."""
    asked = {"key": move.old.rpartition(".")[2], "to": move.new.rpartition(".")[2]}
    return step.kind == "replace" and asked == {name: step.params[name] for name in asked}


def _serves(step: Step, change: Change, new: AppModel) -> bool:
    name, _, member = change.target.partition(".")
    if step.kind == "replace" and step.params["key"] is not None:
        return change.kind in ("remove_picklist_value", "remove_record_type") and step.params["key"] == member
    module = new.modules.get(name)
    if module is None or module.identity != step.module:
        return False
    if change.kind.startswith(("remove", "rename")) or change.kind.endswith(("_layout", "_workflow")):
        return False
    field = module.fields.get(member)
    if step.kind == "replace":
        return change.kind == "add_record_type"
    return step.field == field.identity if field else not member and not step.field
