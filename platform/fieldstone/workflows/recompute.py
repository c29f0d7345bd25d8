"""The job that recomputes dependants beyond what one save may touch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from fieldstone.jobs.context import JobContext
from fieldstone.jobs.job import JobOrder
from fieldstone.jobs.kinds import JobKind
from fieldstone.jobs.queue import JobQueue
from fieldstone.kernel.actors import SYSTEM
from fieldstone.records.save.environment import INLINE_LIMIT, DeferRecompute
from fieldstone.records.service import Records

RECOMPUTE_KIND = "records.recompute"


def defer_to(jobs: JobQueue) -> DeferRecompute:
    """What `Records(defer_recompute=…)` takes: enqueues the work, a unit of work at a time."""

    def defer(conn: sa.Connection, module: str, fields: Sequence[str], ids: Sequence[int]) -> None:
        orders = [
            JobOrder(payload={"module": module, "fields": list(fields), "ids": list(ids[start : start + INLINE_LIMIT])})
            for start in range(0, len(ids), INLINE_LIMIT)
        ]
        jobs.enqueue_all(conn, RECOMPUTE_KIND, orders)

    return defer


def register_recompute(jobs: JobQueue, records: Records) -> None:
    """Register the job kind `records.recompute`. Running it twice changes nothing."""

    def run(context: JobContext, payload: Mapping[str, Any]) -> None:
        records.recompute(SYSTEM, payload["module"], payload["fields"], payload["ids"])

    jobs.kinds.register(JobKind(name=RECOMPUTE_KIND, label="Recompute totals", run=run, max_attempts=10))
