"""Create a task about the record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar

from fieldstone.records.stages import SaveRow
from fieldstone.workflows.action import Action, Schema
from fieldstone.workflows.actions.about_record import (
    ASSIGN,
    SUBJECT,
    base_of,
    compile_assignee,
    compile_base,
    create_about,
    days_from,
)
from fieldstone.workflows.batch import Batch
from fieldstone.workflows.recipients import Recipient
from fieldstone.workflows.step_scope import StepScope
from fieldstone.workflows.template import Template, compile_line

MODULE = "task"


@dataclass(frozen=True, kw_only=True)
class CreateTaskPlan:
    """`base` "" counts from today; `days` None: it has no due date."""

    subject: Template
    assign: Recipient
    days: int | None
    base: str
    priority: str


class CreateTask(Action):
    name = "create_task"
    label = "Create a task"
    help = "A task related to the record, due some days from today, or from a date of the record."
    schema: ClassVar[Schema] = {
        "type": "object",
        "required": ["subject"],
        "additionalProperties": False,
        "properties": {
            "subject": SUBJECT,
            "assign": ASSIGN,
            "due_in_days": days_from("due_from"),
            "due_from": {"type": "string", "description": "The date field to count from instead of today."},
            "priority": {"type": "string", "description": "A value of the task's priority."},
        },
    }

    def compile(self, scope: StepScope, options: Any) -> CreateTaskPlan:
        scope.need(MODULE, "subject", "related_to", "due_date", *(("priority",) if options.get("priority") else ()))
        base = compile_base(scope, str(options.get("due_from", "")))
        return CreateTaskPlan(
            subject=scope.template(options["subject"], compile_line),
            assign=compile_assignee(scope, options, "a task"),
            days=options.get("due_in_days", 0 if base else None),
            base=base,
            priority=str(options.get("priority", "")),
        )

    def run(self, batch: Batch, plan: CreateTaskPlan) -> None:
        def values_of(_number: int, row: SaveRow) -> Mapping[str, Any]:
            day = None if plan.days is None else base_of(batch, plan.base, row)[0]
            due = None if day is None or plan.days is None else day + timedelta(days=plan.days)
            return {"due_date": due, **({"priority": plan.priority} if plan.priority else {})}

        create_about(batch, MODULE, plan.subject, plan.assign, values_of)
