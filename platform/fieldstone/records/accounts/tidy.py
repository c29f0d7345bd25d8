"""Deletes what the accounts need no more: the history of log-ins after its time, and what is over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from fieldstone.jobs.context import JobContext
from fieldstone.jobs.kinds import JobKind
from fieldstone.jobs.queue import JobQueue
from fieldstone.jobs.schedule import Recurring
from fieldstone.records.accounts.log_ins import forget_log_ins
from fieldstone.records.accounts.rates import forget_rates
from fieldstone.records.accounts.tables import login_link, login_step

KIND = "accounts.tidy"
UNIT = 2_000


class AccountsTidy:
    """Registers the job kind `accounts.tidy`. `kept` says how long the history of log-ins stays."""

    def __init__(self, jobs: JobQueue, kept: Callable[[], timedelta]) -> None:
        self._jobs = jobs
        self._kept = kept
        jobs.kinds.register(JobKind(name=KIND, label="Delete old log-ins", run=self._run))

    def recurring(self) -> list[Recurring]:
        return [Recurring(key=KIND, kind=KIND, cron="41 3 * * *")]

    def _run(self, context: JobContext, payload: Mapping[str, Any]) -> None:
        now, transact = context.now(), self._jobs.database.transact
        deleted, done = UNIT, 0
        while deleted == UNIT and not context.cancelled():
            deleted = transact(lambda conn: forget_log_ins(conn, now, self._kept(), UNIT))
            done += deleted
            context.progress(done)

        def rest(conn: sa.Connection) -> None:
            forget_rates(conn, now)
            for table in (login_link, login_step):
                conn.execute(sa.delete(table).where(table.c.expires_at < now))

        transact(rest)
