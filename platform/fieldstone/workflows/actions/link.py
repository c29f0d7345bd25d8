"""Link the record with another, or undo the link."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from fieldstone.expressions.compiled import CompiledExpression
from fieldstone.records.stages import SaveRow
from fieldstone.workflows.action import Action, Schema
from fieldstone.workflows.batch import Batch
from fieldstone.workflows.step_scope import StepScope
from fieldstone.workflows.trace import DONE, SKIPPED


@dataclass(frozen=True, kw_only=True)
class LinkPlan:
    """`record` None: the one that an earlier step has created."""

    relation: str
    module: str
    record: CompiledExpression | None
    undo: bool


class Link(Action):
    name = "link"
    label = "Link"
    help = (
        "Puts another record into one of the related lists of this one, or takes it out. Which one an expression says "
        "(`record: organization.main_contact`), or it is the last one of its module that an earlier step has created."
    )
    schema: ClassVar[Schema] = {
        "type": "object",
        "required": ["relation"],
        "additionalProperties": False,
        "properties": {
            "relation": {"type": "string", "description": "A related list of the module."},
            "record": {
                "type": "string",
                "minLength": 1,
                "description": "An expression that gives a record; none: the one that an earlier step has created.",
            },
            "undo": {"type": "boolean", "description": "True takes the record out of the list."},
        },
    }

    def compile(self, scope: StepScope, options: Any) -> LinkPlan:
        name, undo = str(options["relation"]), bool(options.get("undo", False))
        relation = scope.module.relations.get(name)
        if relation is None:
            scope.unusable(f"{scope.module.name} has no related list {name}.")
        record = scope.expression(options["record"]) if "record" in options else None
        target = relation.to if relation else ""
        if record is not None and target and target not in record.type.targets:
            scope.unusable(f"{record.source} gives no record that belongs into the list {name}.")
        if record is None and undo:
            scope.unusable("which record is taken out must be said with record.")
        return LinkPlan(relation=name, module=target, record=record, undo=undo)

    def run(self, batch: Batch, plan: LinkPlan) -> None:
        if plan.record is None:
            others = [_created(batch, row, plan.module) for row in batch.rows]
        else:
            others = [values["record"] for values in batch.evaluate({"record": plan.record})]
        for row, other in zip(batch.rows, others, strict=True):
            if other is None:
                reason = "there is no record to link" if plan.record is not None else "no earlier step has created one"
                batch.note(row, SKIPPED, reason=reason)
                continue
            batch.link(row, plan.relation, int(other), undo=plan.undo)
            batch.note(row, DONE, record=f"{plan.module}:{int(other)}", relation=plan.relation)
        batch.reload()


def _created(batch: Batch, row: SaveRow, module: str) -> int | None:
    """The last record of a module that a step of this run has created for the record."""
    for step in reversed(batch.traces[row.id].steps):
        made, _, number = str(step.get("record", "")).partition(":")
        if made == module and str(step["action"]).startswith("create_") and number.isdigit():
            return int(number)
    return None
