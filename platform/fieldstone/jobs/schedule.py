"""Recurring jobs: each slot fires exactly once, however many schedulers look."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from fieldstone.jobs.cron import last_slot
from fieldstone.jobs.errors import ScheduleError
from fieldstone.jobs.queue import JobQueue
from fieldstone.jobs.tables import fs_schedule

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Recurring:
    """A job that comes back. `key` names it for ever; `cron` is read in `zone`.

    Its payload is `payload` with `slot`, the moment it stands for, and `previous`, the slot before that
    was fired (ISO 8601, UTC): together the span that this run answers for.
    """

    key: str
    kind: str
    cron: str
    zone: str = "UTC"
    payload: Mapping[str, Any] = field(default_factory=dict)


class Scheduler:
    """Turns slots that have come into jobs. `recurring` is asked at every look, so that it may follow the model.

    After a time without any scheduler the latest missed slot fires, once. What is new starts with the
    next slot after it was first seen.
    """

    def __init__(self, queue: JobQueue, recurring: Callable[[], Iterable[Recurring]]) -> None:
        self._queue = queue
        self._recurring = recurring

    def tick(self) -> list[Recurring]:
        """Enqueue what is due. Returns what this scheduler has fired."""
        now = self._queue.clock()
        with self._queue.database.read() as conn:
            seen = {row.key: row.slot for row in conn.execute(sa.select(fs_schedule.c.key, fs_schedule.c.slot))}
        fired = []
        for item in self._recurring():
            try:
                slot = last_slot(item.cron, item.zone, now)
            except ScheduleError as error:
                log.warning("%s does not run: %s", item.key, error.message)
                continue
            if item.key not in seen:
                self._begin(item, slot)
            elif slot > seen[item.key] and self._fire(item, slot):
                fired.append(item)
        return fired

    def _begin(self, item: Recurring, slot: datetime) -> None:
        insert = sqlite_insert if self._queue.database.dialect == "sqlite" else postgresql_insert
        statement = insert(fs_schedule).values(key=item.key, slot=slot).on_conflict_do_nothing()
        self._queue.database.transact(lambda conn: conn.execute(statement))

    def _fire(self, item: Recurring, slot: datetime) -> bool:
        def work(conn: sa.Connection) -> bool:
            previous = conn.execute(
                sa.select(fs_schedule.c.slot).where(fs_schedule.c.key == item.key).with_for_update()
            ).scalar_one()
            if previous >= slot:  # another scheduler was first
                return False
            conn.execute(sa.update(fs_schedule).where(fs_schedule.c.key == item.key).values(slot=slot))
            span = {"slot": slot.isoformat(), "previous": previous.isoformat()}
            key = f"{item.key}@{slot.isoformat()}"
            self._queue.enqueue(conn, item.kind, {**item.payload, **span}, key=key)
            return True

        return self._queue.database.transact(work)
