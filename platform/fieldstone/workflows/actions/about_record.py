"""What the actions share that create an activity about the record: a task, an event."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from fieldstone.fields.values import RecordRef
from fieldstone.records.changes import RecordChange
from fieldstone.records.stages import SaveRow
from fieldstone.workflows.action import Schema
from fieldstone.workflows.assignee import find_assignee
from fieldstone.workflows.batch import Batch
from fieldstone.workflows.recipients import Recipient, parse_recipients
from fieldstone.workflows.rendering import render_all
from fieldstone.workflows.step_scope import StepScope
from fieldstone.workflows.template import Template

TEXT_LENGTH = 200
"""Of a subject or a place."""

SUBJECT: Schema = {"type": "string", "minLength": 1, "description": "A template."}
ASSIGN: Schema = {"type": "string", "description": "owner (default), actor, user:<name> or team:<name>."}


def days_from(base: str) -> Schema:
    """The schema of a number of days counted from what the option `base` names."""
    return {
        "type": "integer",
        "minimum": -3660,
        "maximum": 3660,
        "description": f"Days from today, or from `{base}`; negative before it.",
    }


def compile_assignee(scope: StepScope, options: Mapping[str, Any], noun: str) -> Recipient:
    """Whom it is for, the owner where nobody is named. `noun`: a task, an event."""
    recipients = parse_recipients(scope, [str(options.get("assign", "owner"))], people_only=True)
    if recipients and recipients[0].kind == "role":
        scope.unusable(f"{noun} belongs to a user or a team, not to a role.")
    return recipients[0] if recipients else Recipient(kind="owner")


def compile_base(scope: StepScope, name: str) -> str:
    """The date or time field that days are counted from, "" for today."""
    field = scope.find_field(name) if name else None
    if field is not None and field.type not in ("date", "datetime"):
        scope.unusable(f"{name} is not a date.")
    return name


def base_of(batch: Batch, base: str, row: SaveRow) -> tuple[date | None, time | None]:
    """The day that is counted from, by the clock of the site, and the time that the field `base` tells, if any."""
    found = row.values.get(base) if base else batch.work.now
    if isinstance(found, datetime):
        local = found.astimezone(ZoneInfo(batch.work.published.model.app.zone))
        return local.date(), local.time() if base else None
    return (found, None) if isinstance(found, date) else (None, None)


def create_about(
    batch: Batch,
    module: str,
    subject: Template,
    assign: Recipient,
    values_of: Callable[[int, SaveRow], Mapping[str, Any] | None],
) -> None:
    """Create one record of `module` about each row. `values_of(number, row)` gives what it holds besides; None: none
    is created for the row."""
    subjects = render_all(batch, subject, limit=10_000)
    assignee = find_assignee(batch, assign)
    rows, changes = [], []
    for number, (row, text) in enumerate(zip(batch.rows, subjects, strict=True)):
        more = None if text is None else values_of(number, row)
        if text is None or more is None:
            continue
        values: dict[str, Any] = {
            "subject": text[:TEXT_LENGTH] or batch.workflow.definition.label,
            "related_to": RecordRef(row.module, row.id),
            **more,
        }
        owner = assignee(row)
        if owner is not None:  # else it belongs to whoever saved
            values["owner"] = owner
        rows.append(row)
        changes.append(RecordChange(module=module, values=values))
    if changes:
        for row, saved in zip(rows, batch.save(changes).records, strict=True):
            batch.note(row, record=f"{module}:{saved.id}")
