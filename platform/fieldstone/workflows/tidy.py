"""Deletes what nobody asks for any more, a little at a time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from fieldstone.jobs.context import JobContext
from fieldstone.jobs.kinds import JobKind
from fieldstone.jobs.queue import JobQueue
from fieldstone.jobs.schedule import Recurring
from fieldstone.jobs.tables import fs_job
from fieldstone.workflows.approvals.tables import fs_approval
from fieldstone.workflows.tables import fs_fired, fs_notification, fs_rehearsal, fs_run
from fieldstone.workflows.trace import WAITING
from fieldstone.workflows.waiting.tables import fs_run_definition, fs_waiting

TIDY_KIND = "workflow.tidy"
UNIT = 2_000

KEPT: tuple[tuple[sa.Table, sa.Column[Any], timedelta, sa.ColumnElement[bool]], ...] = (
    (fs_run, fs_run.c.at, timedelta(days=90), fs_run.c.outcome != WAITING),
    (fs_approval, fs_approval.c.ended_at, timedelta(days=180), fs_approval.c.state != WAITING),
    (
        fs_run_definition,
        fs_run_definition.c.at,
        timedelta(days=90),
        ~sa.exists().where(fs_waiting.c.definition == fs_run_definition.c.id),
    ),
    (fs_notification, fs_notification.c.at, timedelta(days=180), sa.true()),
    (fs_rehearsal, fs_rehearsal.c.at, timedelta(days=30), sa.true()),
    (fs_fired, fs_fired.c.slot, timedelta(days=60), sa.true()),
    (fs_job, fs_job.c.finished_at, timedelta(days=14), fs_job.c.state.in_(("done", "cancelled"))),
)
"""Table, its time, how long rows are kept, and which ones go. Failed jobs stay until somebody looks."""


class Tidy:
    """Registers the job kind `workflow.tidy`."""

    def __init__(self, jobs: JobQueue) -> None:
        self._jobs = jobs
        jobs.kinds.register(JobKind(name=TIDY_KIND, label="Delete old runs and jobs", run=self._run))

    def recurring(self) -> list[Recurring]:
        return [Recurring(key=TIDY_KIND, kind=TIDY_KIND, cron="17 3 * * *")]

    def _run(self, context: JobContext, payload: Mapping[str, Any]) -> None:
        done = 0
        for table, column, age, condition in KEPT:
            keys = list(table.primary_key.columns)
            old = sa.select(*keys).where(column < context.now() - age, condition).limit(UNIT)
            statement = sa.delete(table).where(sa.tuple_(*keys).in_(old) if len(keys) > 1 else keys[0].in_(old))
            deleted = UNIT
            while deleted == UNIT and not context.cancelled():
                deleted = self._delete(statement)
                done += deleted
                context.progress(done)

    def _delete(self, statement: sa.Delete) -> int:
        return self._jobs.database.transact(lambda conn: conn.execute(statement).rowcount)
