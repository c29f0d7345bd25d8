"""Create a task about the record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from fieldstone.fields.values import RecordRef
from fieldstone.records.changes import RecordChange
from fieldstone.records.stages import SaveRow
from fieldstone.workflows.action import Action, Schema
from fieldstone.workflows.assignee import find_assignee
from fieldstone.workflows.batch import Batch
from fieldstone.workflows.recipients import Recipient, parse_recipients
from fieldstone.workflows.rendering import render_all
from fieldstone.workflows.step_scope import StepScope
from fieldstone.workflows.template import Template, compile_line

MODULE = "task"
SUBJECT_LENGTH = 200


@dataclass(frozen=True, kw_only=True)
class CreateTaskPlan:
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
            "subject": {"type": "string", "minLength": 1, "description": "A template."},
            "assign": {"type": "string", "description": "owner (default), actor, user:<name> or team:<name>."},
            "due_in_days": {
                "type": "integer",
                "minimum": -3660,
                "maximum": 3660,
                "description": "Days from today, or from `due_from`; negative before it.",
            },
            "due_from": {"type": "string", "description": "The date field to count from instead of today."},
            "priority": {"type": "string", "description": "A value of the task's priority."},
        },
    }

    def compile(self, scope: StepScope, options: Any) -> CreateTaskPlan:
        scope.need(MODULE, "subject", "related_to", "due_date", *(("priority",) if options.get("priority") else ()))
        recipients = parse_recipients(scope, [str(options.get("assign", "owner"))], people_only=True)
        if recipients and recipients[0].kind == "role":
            scope.unusable("a task belongs to a user or a team, not to a role.")
        base = str(options.get("due_from", ""))
        if base:
            field = scope.find_field(base)
            if field is not None and field.type not in ("date", "datetime"):
                scope.unusable(f"{base} is not a date.")
        return CreateTaskPlan(
            subject=scope.template(options["subject"], compile_line),
            assign=recipients[0] if recipients else Recipient(kind="owner"),
            days=options.get("due_in_days", 0 if base else None),
            base=base,
            priority=str(options.get("priority", "")),
        )

    def run(self, batch: Batch, plan: CreateTaskPlan) -> None:
        subjects = render_all(batch, plan.subject, limit=10_000)
        assignee = find_assignee(batch, plan.assign)
        rows, changes = [], []
        for row, subject in zip(batch.rows, subjects, strict=True):
            if subject is None:
                continue
            values: dict[str, Any] = {
                "subject": subject[:SUBJECT_LENGTH] or batch.workflow.definition.label,
                "related_to": RecordRef(row.module, row.id),
                "due_date": _due(batch, plan, row),
            }
            owner = assignee(row)
            if owner is not None:  # else it belongs to whoever saved
                values["owner"] = owner
            if plan.priority:
                values["priority"] = plan.priority
            rows.append(row)
            changes.append(RecordChange(module=MODULE, values=values))
        if changes:
            for row, saved in zip(rows, batch.save(changes).records, strict=True):
                batch.note(row, record=f"{MODULE}:{saved.id}")


def _due(batch: Batch, plan: CreateTaskPlan, row: SaveRow) -> date | None:
    if plan.days is None:
        return None
    zone = ZoneInfo(batch.work.published.model.app.zone)
    start = row.values.get(plan.base) if plan.base else batch.work.now
    if isinstance(start, datetime):
        start = start.astimezone(zone).date()
    return start + timedelta(days=plan.days) if isinstance(start, date) else None
