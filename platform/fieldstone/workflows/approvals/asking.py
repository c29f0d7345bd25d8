"""Asking people for their approval: in the application, and by mail where they have an address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from fieldstone.records.stages import SaveWork
from fieldstone.workflows.approvals.tables import fs_approval, fs_approver
from fieldstone.workflows.compiled import CompiledWorkflow
from fieldstone.workflows.mail import Mail, Mailer
from fieldstone.workflows.markdown import to_html
from fieldstone.workflows.notifications import NewNotification, Notifications
from fieldstone.workflows.recipients import Person
from fieldstone.workflows.settings import WorkflowSettings
from fieldstone.workflows.waiting.pause import Pause

APPROVALS_PATH = "/approvals"
KIND = "approval"
_SUBJECT_LENGTH = 250


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Who is asked for an approval about a record, each with the message in their language."""

    approval: int
    record_id: int
    people: tuple[tuple[Person, str], ...]


class Asking:
    def __init__(self, notifications: Notifications, mailer: Mailer, settings: WorkflowSettings) -> None:
        self._notifications = notifications
        self._mailer = mailer
        self._settings = settings

    def ask(self, work: SaveWork, workflow: CompiledWorkflow, questions: Mapping[int, tuple[int, Pause]]) -> None:
        """Store questions and tell everybody who is asked, in the transaction of `work`; run id → (record id, a pause
        with a question)."""
        if not questions:
            return
        rows = [
            {
                "run_id": run,
                "module": workflow.module.identity,
                "record_id": record_id,
                "workflow": workflow.definition.name,
                "message": question.message,
                "need": question.need,
                "asked_by": work.actor.user_id,
                "asked_at": work.now,
                "due_at": pause.until,
                "escalated": question.escalated,
                "state": "waiting",
            }
            for run, (record_id, pause) in questions.items()
            if (question := pause.question) is not None
        ]
        conn = work.connection
        stored = sa.insert(fs_approval).returning(fs_approval.c.id, sort_by_parameter_order=True)
        ids = conn.execute(stored, rows).scalars().all()
        asked = [
            Asked(approval=id, record_id=record_id, people=pause.question.people)
            for id, (record_id, pause) in zip(ids, questions.values(), strict=True)
            if pause.question is not None
        ]
        self.tell(conn, workflow.module.name, asked, by=work.actor.user_id)

    def tell(self, conn: sa.Connection, module: str, asked: Sequence[Asked], *, by: int | None) -> None:
        """Let people answer, and tell them that they are asked, in the name of `by`."""
        approvers, notifications, mails = [], [], []
        url = self._settings.base_url.rstrip("/") + APPROVALS_PATH
        for each in asked:
            for person, message in each.people:
                if person.user_id is None:
                    continue
                approvers.append({"approval_id": each.approval, "user_id": person.user_id, "message": message})
                notifications.append(
                    NewNotification(
                        user_id=person.user_id, message=message, module=module, record_id=each.record_id, kind=KIND,
                        by=by, link=APPROVALS_PATH,
                    )
                )  # fmt: skip
                if person.email:
                    subject = " ".join(message.split())[:_SUBJECT_LENGTH]
                    mails.append(
                        Mail(
                            to=person.email, subject=subject, text=f"{message}\n\n{url}\n",
                            html=to_html(f"{message}\n\n<{url}>\n"), key=f"approval:{each.approval}:{person.user_id}",
                        )
                    )  # fmt: skip
        if approvers:
            conn.execute(sa.insert(fs_approver), approvers)
        self._notifications.notify(conn, notifications)
        self._mailer.enqueue(conn, mails, created_by=by)
