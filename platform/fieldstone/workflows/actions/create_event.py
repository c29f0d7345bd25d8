"""Create an event about the record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from fieldstone.records.stages import SaveRow
from fieldstone.workflows.action import Action, Schema
from fieldstone.workflows.actions.about_record import (
    ASSIGN,
    SUBJECT,
    TEXT_LENGTH,
    base_of,
    compile_assignee,
    compile_base,
    create_about,
    days_from,
)
from fieldstone.workflows.batch import Batch
from fieldstone.workflows.recipients import Recipient
from fieldstone.workflows.rendering import render_all
from fieldstone.workflows.step_scope import StepScope
from fieldstone.workflows.template import Template, compile_line
from fieldstone.workflows.trace import SKIPPED

MODULE = "event"
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
            "subject": SUBJECT,
            "assign": ASSIGN,
            "starts_in_days": days_from("starts_from"),
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
        at = str(options.get("at", ""))
        hour, _, minute = at.partition(":")
        return CreateEventPlan(
            subject=scope.template(options["subject"], compile_line),
            assign=compile_assignee(scope, options, "an event"),
            base=compile_base(scope, str(options.get("starts_from", ""))),
            days=options.get("starts_in_days", 0),
            at=time(int(hour), int(minute)) if at else None,
            minutes=options.get("minutes", 60),
            all_day=bool(options.get("all_day", False)),
            location=scope.template(options["location"], compile_line) if options.get("location") else None,
        )

    def run(self, batch: Batch, plan: CreateEventPlan) -> None:
        places = render_all(batch, plan.location, limit=10_000) if plan.location else [""] * len(batch.rows)

        def values_of(number: int, row: SaveRow) -> Mapping[str, Any] | None:
            place = places[number]
            if place is None:
                return None
            start = _start(batch, plan, row)
            if start is None:
                batch.note(row, SKIPPED, reason=f"{plan.base} is empty")
                return None
            values = {
                "starts_at": start,
                "ends_at": start + timedelta(minutes=0 if plan.all_day else plan.minutes),
                "all_day": True if plan.all_day else None,
                "location": place[:TEXT_LENGTH] or None,
            }
            return {name: value for name, value in values.items() if value is not None}

        create_about(batch, MODULE, plan.subject, plan.assign, values_of)


def _start(batch: Batch, plan: CreateEventPlan, row: SaveRow) -> datetime | None:
    """In the clock of the site, so that a day later is the same time also over a change of the clocks."""
    day, known = base_of(batch, plan.base, row)
    if day is None:
        return None
    at = time(0) if plan.all_day else plan.at or known or _NINE
    zone = ZoneInfo(batch.work.published.model.app.zone)
    return datetime.combine(day + timedelta(days=plan.days), at, zone).astimezone(UTC)
