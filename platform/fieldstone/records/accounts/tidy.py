"""Deletes what the accounts need no more: the history of log-ins and the audit log after their time, what is over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa

from fieldstone.jobs.context import JobContext
from fieldstone.jobs.kinds import JobKind
from fieldstone.jobs.queue import JobQueue
from fieldstone.jobs.schedule import Recurring
from fieldstone.records.accounts.audit import forget_audit
from fieldstone.records.accounts.log_ins import forget_log_ins
from fieldstone.records.accounts.rates import forget_rates
from fieldstone.records.accounts.sessions import SessionLimits, forget_sessions
from fieldstone.records.accounts.tables import login_link, login_step

KIND = "accounts.tidy"
UNIT = 2_000

_Forget = Callable[..., int]
_Span = Callable[[], timedelta]


class AccountsTidy:
    """Registers the job kind `accounts.tidy`. `log_ins` and `audit` say how long the history of log-ins and the
    audit log stay, `sessions` when sessions are over."""

    def __init__(self, jobs: JobQueue, *, log_ins: _Span, audit: _Span, sessions: SessionLimits) -> None:
        self._jobs = jobs
        self._kept: tuple[tuple[_Forget, _Span], ...] = ((forget_log_ins, log_ins), (forget_audit, audit))
        self._sessions = sessions
        jobs.kinds.register(JobKind(name=KIND, label="Delete old log-ins and audit entries", run=self._run))

    def recurring(self) -> list[Recurring]:
        return [Recurring(key=KIND, kind=KIND, cron="41 3 * * *")]

    def _run(self, context: JobContext, payload: Mapping[str, Any]) -> None:
        now, transact = context.now(), self._jobs.database.transact
        done = 0
        for forget, kept in self._kept:
            span, deleted = kept(), UNIT
            while deleted == UNIT and not context.cancelled():
                deleted = transact(partial(forget, now=now, kept=span, limit=UNIT))
                done += deleted
                context.progress(done)

        def rest(conn: sa.Connection) -> None:
            forget_rates(conn, now)
            forget_sessions(conn, now, self._sessions)
            for table in (login_link, login_step):
                conn.execute(sa.delete(table).where(table.c.expires_at < now))

        transact(rest)
