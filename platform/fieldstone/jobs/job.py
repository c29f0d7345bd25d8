"""One job, as it stands in the table."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from fieldstone.jobs.tables import fs_job

QUEUED, RUNNING, PAUSED = "queued", "running", "paused"
DONE, FAILED, CANCELLED = "done", "failed", "cancelled"
OPEN_STATES = (QUEUED, RUNNING, PAUSED)
ENDED_STATES = (DONE, FAILED, CANCELLED)
STATES = (*OPEN_STATES, *ENDED_STATES)


@dataclass(frozen=True, kw_only=True)
class JobOrder:
    """What to enqueue when many are enqueued at once; see `JobQueue.enqueue`."""

    payload: Mapping[str, Any]
    key: str = ""
    run_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Job:
    """A row of fs_job. `attempts` counts claims, and with `worker` it fences off a worker that lost the job."""

    id: int
    kind: str
    key: str
    payload: Mapping[str, Any]
    state: str
    run_at: datetime
    attempts: int
    max_attempts: int
    lease_until: datetime | None
    worker: str
    progress: int
    progress_total: int | None
    message: str
    error: str
    cancel_requested: bool
    pause_requested: bool
    created_at: datetime
    created_by: int | None
    finished_at: datetime | None

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES


COLUMNS = tuple(fs_job.c[name] for name in Job.__dataclass_fields__)


def job_of(row: sa.Row[Any]) -> Job:
    """The job of a row that selects COLUMNS."""
    values = dict(row._mapping)
    values["payload"] = json.loads(values["payload"])
    return Job(**values)
