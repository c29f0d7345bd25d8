"""Create an event about the record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
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
from fieldstone.workflows.trace import SKIPPED

MODULE = "event"
SUBJECT_LENGTH = 200
_NINE = time(9)


@dataclass(frozen=True, kw_only=True)
class CreateEventPlan:
    """`base` "" counts from now. `at` None keeps the time of `base`, or takes nine o'clock."""

    subject: Template
    assign: Recipient
    base: str
    days: int
    at: time | None
    minutes: int
    all_day: bool
    location: Template | None


class CreateEvent(Action):
    name = "create_event"
    label = "Create an event"
    help = "An event related to the record, some days from today or from a date or time of the record."
    schema: ClassVar[Schema] = {
        "type": "object",
        "required": ["subject"],
        "additionalProperties": False,
        "properties": {
            "subject": {"type": "string", "minLength": 1, "description": "A template."},
            "assign": {"type": "string", "description": "owner (default), actor, user:<name> or team:<name>."},
            "starts_in_days": {
                "type": "integer",
                "minimum": -3660,
                "maximum": 3660,
                "description": "Days from today, or from `starts_from`; negative before it.",
            },
            "starts_from": {"type": "string", "description": "The date or time field to count from instead of today."},
            "at": {
                "type": "string",
                "pattern": "^([01]?[0-9]|2[0-3]):[0-5][0-9]$",
                "description": "The time of the day in the zone of the site, such as 09:30; else that of "
                "`starts_from`, or 09:00.",
            },
            "minutes": {"type": "integer", "minimum": 0, "maximum": 14400, "description": "How long it is; 60."},
            "all_day": {"type": "boolean", "description": "True: the whole day."},
            "location": {"type": "string", "minLength": 1, "description": "A template."},
        },
    }

    def compile(self, scope: StepScope, options: Any) -> CreateEventPlan:
        more = [name for name in ("all_day", "location") if options.get(name)]
        scope.need(MODULE, "subject", "related_to", "starts_at", "ends_at", *more)
        recipients = parse_recipients(scope, [str(options.get("assign", "owner"))], people_only=True)
        if recipients and recipients[0].kind == "role":
            scope.unusable("an event belongs to a user or a team, not to a role.")
        base = str(options.get("starts_from", ""))
        if base:
            field = scope.find_field(base)
            if field is not None and field.type not in ("date", "datetime"):
                scope.unusable(f"{base} is not a date.")
        at = str(options.get("at", ""))
        hour, _, minute = at.partition(":")
        return CreateEventPlan(
            subject=scope.template(options["subject"], compile_line),
            assign=recipients[0] if recipients else Recipient(kind="owner"),
            base=base,
            days=options.get("starts_in_days", 0),
            at=time(int(hour), int(minute)) if at else None,
            minutes=options.get("minutes", 60),
            all_day=bool(options.get("all_day", False)),
            location=scope.template(options["location"], compile_line) if options.get("location") else None,
        )

    def run(self, batch: Batch, plan: CreateEventPlan) -> None:
        subjects = render_all(batch, plan.subject, limit=10_000)
        places = render_all(batch, plan.location, limit=10_000) if plan.location else [""] * len(batch.rows)
        assignee = find_assignee(batch, plan.assign)
        rows, changes = [], []
        for row, subject, place in zip(batch.rows, subjects, places, strict=True):
            if subject is None or place is None:
                continue
            start = _start(batch, plan, row)
            if start is None:
                batch.note(row, SKIPPED, reason=f"{plan.base} is empty")
                continue
            values: dict[str, Any] = {
                "subject": subject[:SUBJECT_LENGTH] or batch.workflow.definition.label,
                "related_to": RecordRef(row.module, row.id),
                "starts_at": start,
                "ends_at": start + timedelta(minutes=0 if plan.all_day else plan.minutes),
            }
            if plan.all_day:
                values["all_day"] = True
            if place:
                values["location"] = place[:SUBJECT_LENGTH]
            owner = assignee(row)
            if owner is not None:  # else it belongs to whoever saved
                values["owner"] = owner
            rows.append(row)
            changes.append(RecordChange(module=MODULE, values=values))
        if changes:
            for row, saved in zip(rows, batch.save(changes).records, strict=True):
                batch.note(row, record=f"{MODULE}:{saved.id}")


def _start(batch: Batch, plan: CreateEventPlan, row: SaveRow) -> datetime | None:
    """In the clock of the site, so that a day later is the same time also over a change of the clocks."""
    zone = ZoneInfo(batch.work.published.model.app.zone)
    base = row.values.get(plan.base) if plan.base else batch.work.now
    known: time | None = None
    if isinstance(base, datetime):
        local = base.astimezone(zone)
        base, known = local.date(), local.time() if plan.base else None
    if not isinstance(base, date):
        return None
    at = time(0) if plan.all_day else plan.at or known or _NINE
    return datetime.combine(base + timedelta(days=plan.days), at, zone).astimezone(UTC)
