"""Tell users something in the application."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from fieldstone.workflows.action import Action, Schema
from fieldstone.workflows.batch import Batch
from fieldstone.workflows.notifications import NewNotification
from fieldstone.workflows.recipients import RECIPIENTS_SCHEMA, Recipient, parse_recipients, resolve
from fieldstone.workflows.rendering import render_one, values_for
from fieldstone.workflows.step_scope import StepScope
from fieldstone.workflows.template import Template, compile_line
from fieldstone.workflows.trace import DONE, SKIPPED

MESSAGE_LIMIT = 10_000


@dataclass(frozen=True, kw_only=True)
class NotifyPlan:
    to: tuple[Recipient, ...]
    message: Template


class Notify(Action):
    name = "notify"
    label = "Notify"
    help = "A notification in the application, in the reader's language."
    schema: ClassVar[Schema] = {
        "type": "object",
        "required": ["to", "message"],
        "additionalProperties": False,
        "properties": {
            "to": RECIPIENTS_SCHEMA,
            "message": {"type": "string", "minLength": 1, "description": "A template."},
        },
    }

    def compile(self, scope: StepScope, options: Any) -> NotifyPlan:
        return NotifyPlan(
            to=parse_recipients(scope, options["to"], people_only=True),
            message=scope.template(options["message"], compile_line),
        )

    def run(self, batch: Batch, plan: NotifyPlan) -> None:
        values = values_for(batch, [plan.message])
        notifications = []
        for position, (row, people) in enumerate(zip(batch.rows, resolve(batch, plan.to), strict=True)):
            if not people:
                batch.note(row, SKIPPED, reason="nobody to notify")
                continue
            told = []
            for person in people:
                worded = values.of(position, language=person.language, zone=person.zone)
                message = render_one(batch, position, plan.message, worded, MESSAGE_LIMIT)
                if message is None:
                    break
                if person.user_id is not None:
                    told.append(person.name)
                    notifications.append(
                        NewNotification(user_id=person.user_id, message=message, module=row.module, record_id=row.id)
                    )
            if told:
                batch.note(row, DONE, to=told)
        batch.services.notifications.notify(batch.work.connection, notifications)
