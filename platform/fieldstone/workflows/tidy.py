"""Deletes what nobody asks for any more, a little at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
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
ALL = sa.true()


@dataclass(frozen=True, kw_only=True)
class Kept:
    """Rows of a table and the column that says when they were made. `days` is how long they stay, unless the setting
    `keep.<name>_days` says otherwise; `condition` which ones go."""

    name: str
    column: sa.Column[Any]
    days: int
    condition: sa.ColumnElement[bool] = ALL

    @property
    def table(self) -> sa.Table:
        table: sa.Table = self.column.table
        return table

    def old(self, before: datetime) -> sa.ColumnElement[bool]:
        return sa.and_(self.column < before, self.condition)


KEPT = (
    Kept(name="runs", column=fs_run.c.at, days=90, condition=fs_run.c.outcome != WAITING),
    Kept(name="approvals", column=fs_approval.c.ended_at, days=180, condition=fs_approval.c.state != WAITING),
    Kept(
        name="run_definitions",
        column=fs_run_definition.c.at,
        days=90,
        condition=~sa.exists().where(fs_waiting.c.definition == fs_run_definition.c.id),
    ),
    Kept(name="notifications", column=fs_notification.c.at, days=180),
    Kept(name="rehearsals", column=fs_rehearsal.c.at, days=30),
    Kept(name="fired", column=fs_fired.c.slot, days=60),
    Kept(name="jobs", column=fs_job.c.finished_at, days=14, condition=fs_job.c.state.in_(("done", "cancelled"))),
)
"""Failed jobs stay until somebody looks."""


class Tidy:
    """Registers the job kind `workflow.tidy`. `days` gives how long something of KEPT stays, None for its own time."""

    def __init__(self, jobs: JobQueue, days: Callable[[str], int | None]) -> None:
        self._jobs = jobs
        self._days = days
        jobs.kinds.register(JobKind(name=TIDY_KIND, label="Delete old runs and jobs", run=self._run))

    def recurring(self) -> list[Recurring]:
        return [Recurring(key=TIDY_KIND, kind=TIDY_KIND, cron="17 3 * * *")]

    def _run(self, context: JobContext, payload: Mapping[str, Any]) -> None:
        done = 0
        for kept in KEPT:
            before = context.now() - timedelta(days=self._days(kept.name) or kept.days)
            keys = list(kept.table.primary_key.columns)
            old = sa.select(*keys).where(kept.old(before)).limit(UNIT)
            found = sa.tuple_(*keys).in_(old) if len(keys) > 1 else keys[0].in_(old)
            statement = sa.delete(kept.table).where(found)
            deleted = UNIT
            while deleted == UNIT and not context.cancelled():
                deleted = self._delete(statement)
                done += deleted
                context.progress(done)

    def _delete(self, statement: sa.Delete) -> int:
        return self._jobs.database.transact(lambda conn: conn.execute(statement).rowcount)
