"""Empties the recycle bin of what has lain in it for long, where the site says how long that is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from fieldstone.jobs.context import JobContext
from fieldstone.jobs.kinds import JobKind
from fieldstone.jobs.queue import JobQueue
from fieldstone.jobs.schedule import Recurring
from fieldstone.kernel.actors import SYSTEM
from fieldstone.kernel.errors import NotFoundError, ValidationError
from fieldstone.records.service import Records

KIND = "records.empty_bin"
UNIT = 100


class BinTidy:
    """Registers the job kind `records.empty_bin`. `days` gives how long records stay in the bin; 0: for ever."""

    def __init__(self, records: Records, jobs: JobQueue, days: Callable[[], int]) -> None:
        self._records = records
        self._days = days
        jobs.kinds.register(JobKind(name=KIND, label="Empty the recycle bin", run=self._run))

    def recurring(self) -> list[Recurring]:
        return [Recurring(key=KIND, kind=KIND, cron="5 4 * * *")] if self._days() else []

    def _run(self, context: JobContext, payload: Mapping[str, Any]) -> None:
        days, done = self._days(), 0
        if not days:
            return
        before = context.now() - timedelta(days=days)
        for module in list(self._records.models.current.model.modules):
            last = 0
            while not context.cancelled() and (ids := self._old(module, before, last)):
                last = ids[-1]
                done += self._purge(module, ids)
                context.progress(done)

    def _old(self, module: str, before: datetime, after: int) -> list[int]:
        with self._records.models.read() as (conn, published):
            if module not in published.model.modules:
                return []
            table = published.tables.module(module).table
            old = sa.select(table.c.id).where(table.c.deleted_at < before, table.c.id > after)
            return list(conn.scalars(old.order_by(table.c.id).limit(UNIT)))

    def _purge(self, module: str, ids: list[int]) -> int:
        """All at once; else one by one, but for those that records which are there still refer to."""
        try:
            self._records.purge(SYSTEM, module, ids)
        except (ValidationError, NotFoundError):
            return sum(self._purge(module, [each]) for each in ids) if len(ids) > 1 else 0
        return len(ids)


def count_in_bin(records: Records, before: datetime) -> tuple[int, int]:
    """(records in the recycle bin, those deleted before a time)."""
    held = old = 0
    with records.models.read() as (conn, published):
        for module in published.model.modules:
            table = published.tables.module(module).table
            is_old = sa.func.count(sa.case((table.c.deleted_at < before, 1)))
            row = conn.execute(sa.select(sa.func.count(), is_old).where(table.c.deleted_at.is_not(None))).one()
            held, old = held + row[0], old + row[1]
    return held, old
