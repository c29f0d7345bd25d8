"""Who answers for people that leave while they are asked: those who lead their teams."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from fieldstone.jobs.context import JobContext
from fieldstone.jobs.kinds import JobKind
from fieldstone.jobs.queue import JobQueue
from fieldstone.jobs.schedule import Recurring
from fieldstone.storage.principals import principal
from fieldstone.storage.published import ModelSource
from fieldstone.workflows.approvals.answers import WAITING
from fieldstone.workflows.approvals.approvers import find_leaders
from fieldstone.workflows.approvals.asking import Asked, Asking
from fieldstone.workflows.approvals.tables import fs_approval, fs_approver
from fieldstone.workflows.recipients import Person
from fieldstone.workflows.tables import fs_run

KIND = "workflow.stand_ins"
CRON = "*/15 * * * *"


class StandIns:
    """Registers the job kind `workflow.stand_ins`. Where nobody leads, whoever has left stays the one who is asked."""

    def __init__(self, models: ModelSource, jobs: JobQueue, asking: Asking) -> None:
        self._models = models
        self._jobs = jobs
        self._asking = asking
        jobs.kinds.register(JobKind(name=KIND, label="Ask in place of people who have left", run=self._run))

    def recurring(self) -> Iterator[Recurring]:
        """Only while somebody is asked."""
        with self._jobs.database.read() as conn:
            if conn.execute(sa.select(sa.exists().where(fs_approval.c.state == WAITING))).scalar_one():
                yield Recurring(key=KIND, kind=KIND, cron=CRON)

    def _run(self, context: JobContext, payload: Mapping[str, Any]) -> None:
        self._models.refresh()

        def work(conn: sa.Connection) -> None:
            context.hold(conn)
            self._replace(conn)

        self._jobs.database.transact(work)

    def _replace(self, conn: sa.Connection) -> None:
        query = (
            sa.select(fs_approval, fs_approver.c.user_id, fs_approver.c.message.label("worded"), principal.c.label)
            .join(fs_approver, fs_approver.c.approval_id == fs_approval.c.id)
            .join(principal, principal.c.id == fs_approver.c.user_id)
            .where(fs_approval.c.state == WAITING, fs_approver.c.answer == "", sa.not_(principal.c.active))
            .order_by(fs_approval.c.id, fs_approver.c.user_id)
            .with_for_update(of=fs_approval)
        )
        left = conn.execute(query).all()
        leaders = find_leaders(conn, {row.user_id for row in left})
        names = {each.identity: each.name for each in self._models.current.model.modules.values()}
        for row in left:
            asked = set(
                conn.execute(sa.select(fs_approver.c.user_id).where(fs_approver.c.approval_id == row.id)).scalars()
            )
            people = [person for person in leaders.get(row.user_id, ()) if person.user_id is not None]
            if not people:
                continue
            new = [person for person in people if person.user_id not in asked]
            conn.execute(
                sa.delete(fs_approver).where(fs_approver.c.approval_id == row.id, fs_approver.c.user_id == row.user_id)
            )
            told = Asked(approval=row.id, record_id=row.record_id, people=tuple((person, row.worded) for person in new))
            self._asking.tell(conn, names.get(row.module, ""), [told], by=row.asked_by)
            _note(conn, row.run_id, row.label, new)


def _note(conn: sa.Connection, run: int, absent: str, people: Sequence[Person]) -> None:
    """Say in the trace who is asked instead of whom."""
    trace = json.loads(conn.execute(sa.select(fs_run.c.trace).where(fs_run.c.id == run)).scalar_one())
    step = trace["steps"][-1]
    step["instead_of"] = [*step.get("instead_of", ()), absent]
    step["asked"] = [name for name in step.get("asked", ()) if name != absent] + [each.name for each in people]
    text = json.dumps(trace, ensure_ascii=False)
    conn.execute(sa.update(fs_run).where(fs_run.c.id == run).values(trace=text))
