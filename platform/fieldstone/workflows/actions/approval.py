"""Ask people whether something may be done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from fieldstone.workflows.action import Schema
from fieldstone.workflows.actions.span import SPAN_SCHEMA, count_from
from fieldstone.workflows.approvals.answers import APPROVED, REJECTED
from fieldstone.workflows.approvals.approvers import APPROVERS_SCHEMA, Asked, find_approvers, parse_approvers
from fieldstone.workflows.batch import Batch
from fieldstone.workflows.recipients import Person, Recipient
from fieldstone.workflows.rendering import render_one, values_for
from fieldstone.workflows.step_scope import StepScope
from fieldstone.workflows.template import Template, compile_line
from fieldstone.workflows.template_values import ValuesOfTemplates
from fieldstone.workflows.trace import DONE, FAILED
from fieldstone.workflows.waiting.pause import PausingAction, Question, Woken

MESSAGE_LIMIT = 10_000
MESSAGE_LENGTH = 500


@dataclass(frozen=True, kw_only=True)
class ApprovalPlan:
    """`due` {} is never; `on_timeout`: approve, reject or escalate (to `escalate_to`, then reject)."""

    by: tuple[Recipient, ...]
    message: Template
    need: str
    due: Mapping[str, Any]
    on_timeout: str
    escalate_to: tuple[Recipient, ...]


class Approval(PausingAction):
    name = "approval"
    label = "Ask for approval"
    help = (
        "The steps that follow come when the people asked have answered: those with `answer: approved` or `answer: "
        "rejected` after that answer only. The first answer counts; with `need: all` everybody must approve, and one "
        "rejection decides."
    )
    schema: ClassVar[Schema] = {
        "type": "object",
        "required": ["by", "message"],
        "additionalProperties": False,
        "properties": {
            "by": APPROVERS_SCHEMA,
            "message": {"type": "string", "minLength": 1, "description": "A template."},
            "need": {
                "enum": ["one", "all"],
                "description": "Whether the first answer counts (one) or all must approve.",
            },
            "due": {**SPAN_SCHEMA, "description": "How long to wait for the answer; without it as long as it takes."},
            "on_timeout": {
                "enum": ["reject", "approve", "escalate"],
                "description": "What counts when nobody has answered in time; reject when nothing is said.",
            },
            "escalate_to": {
                **APPROVERS_SCHEMA,
                "description": "Who is asked then, for as long again; without an answer it counts as rejected.",
            },
        },
    }

    def compile(self, scope: StepScope, options: Any) -> ApprovalPlan:
        on_timeout = str(options.get("on_timeout", "reject"))
        if on_timeout == "escalate" and not options.get("escalate_to"):
            scope.unusable("escalate needs `escalate_to`.")
        if "on_timeout" in options and not options.get("due"):
            scope.unusable("`on_timeout` needs `due`.")
        return ApprovalPlan(
            by=parse_approvers(scope, options["by"]),
            message=scope.template(options["message"], compile_line),
            need=str(options.get("need", "one")),
            due=options.get("due", {}),
            on_timeout=on_timeout,
            escalate_to=parse_approvers(scope, options.get("escalate_to", ())),
        )

    def run(self, batch: Batch, plan: ApprovalPlan) -> None:
        self._ask(batch, plan, plan.by, {row.id for row in batch.rows}, escalated=False)

    def wake(self, batch: Batch, plan: ApprovalPlan, woken: Mapping[int, Woken]) -> None:
        escalated = set()
        for row in batch.rows:
            why, trace = woken[row.id], batch.traces[row.id]
            answers = [" ".join(filter(None, (f"{name}: {answer}", comment and f"({comment})"))) for
                       name, answer, comment in why.answers]  # fmt: skip
            if why.answer:
                trace.answer = why.answer
                batch.note(row, DONE, answer=trace.answer, answers=answers)
            elif plan.on_timeout == "escalate" and not why.escalated:
                escalated.add(row.id)
            else:
                trace.answer = APPROVED if plan.on_timeout == "approve" else REJECTED
                batch.note(row, DONE, answer=trace.answer, answers=answers, reason="nobody has answered in time")
        if escalated:
            self._ask(batch, plan, plan.escalate_to, escalated, escalated=True)

    def _ask(
        self, batch: Batch, plan: ApprovalPlan, recipients: tuple[Recipient, ...], only: set[int], *, escalated: bool
    ) -> None:
        work = batch.work
        values = values_for(batch, [plan.message])
        until = count_from(work.now, plan.due, work.published.model.app.zone) if plan.due else None
        for position, (row, asked) in enumerate(zip(batch.rows, find_approvers(batch, recipients), strict=True)):
            if row.id not in only:
                continue
            told = self._told(batch, plan, position, values, asked)
            if told is None:
                batch.traces[row.id].stopped = True  # why stands in the trace
            elif not asked.people:
                batch.stop(row, FAILED, "there is nobody to ask")
            else:
                message, people = told
                question = Question(people=people, message=message, need=plan.need, escalated=escalated)
                details: dict[str, Any] = {"asked": [person.name for person in asked.people], "message": message}
                if asked.absent:
                    details["instead_of"] = list(asked.absent)
                if until is not None:
                    details["until"] = until.isoformat(timespec="minutes")
                if escalated:
                    details["reason"] = "nobody has answered in time"
                batch.pause(row, until, question, **details)

    def _told(
        self, batch: Batch, plan: ApprovalPlan, position: int, values: ValuesOfTemplates, asked: Asked
    ) -> tuple[str, tuple[tuple[Person, str], ...]] | None:
        """The message of the site's language, and everybody with theirs; None where it cannot be written."""
        worded: dict[tuple[str, str], str] = {}
        readers = [("", ""), *((person.language, person.zone) for person in asked.people)]
        for language, zone in dict.fromkeys(readers):
            text = render_one(
                batch, position, plan.message, values.of(position, language=language, zone=zone), MESSAGE_LIMIT
            )
            if text is None:
                return None
            worded[language, zone] = text[:MESSAGE_LENGTH]
        people = tuple((person, worded[person.language, person.zone]) for person in asked.people)
        return worded["", ""], people
