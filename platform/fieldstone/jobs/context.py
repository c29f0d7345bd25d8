"""What a running job has at hand."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from fieldstone.jobs.job import Job
from fieldstone.jobs.leases import MESSAGE_LENGTH, Leases, Wishes
from fieldstone.jobs.queue import JobQueue

LOOK_EVERY = timedelta(milliseconds=500)
"""How often progress is written and a wish to cancel or pause is looked for, at most."""


class JobContext:
    """Handed to `JobKind.run`. `site` gives the site's services, `job` the job as it was claimed."""

    def __init__(self, *, job: Job, site: Any, queue: JobQueue, leases: Leases, stop: threading.Event) -> None:
        self.job = job
        self.site = site
        self.finished = False
        self.saw_cancel = False
        self.saw_pause = False
        self._queue = queue
        self._leases = leases
        self._stop = stop
        self._looked_at: datetime | None = None

    def now(self) -> datetime:
        return self._queue.clock()

    def progress(self, done: int, total: int | None = None, message: str = "") -> None:
        """Say how far the job is. Cheap to call for every row. Raises LeaseLostError when another worker has it."""
        if self._may_look() or (total is not None and done >= total):
            values = {"progress": done, "progress_total": total, "message": message[:MESSAGE_LENGTH]}
            hold = self._leases.hold
            self._note(self._queue.database.transact(lambda conn: hold(conn, self.job, **values)))

    def cancelled(self) -> bool:
        """Whether somebody asked to cancel; the job should return soon and is then marked cancelled."""
        if not self.saw_cancel and self._may_look():
            self._note(self._leases.renew(self.job))
        return self.saw_cancel

    def pausing(self) -> bool:
        """Whether somebody asked to pause; a long job keeps its place and raises JobPausedError.

        A job that never asks runs to its end.
        """
        if not self.saw_pause and self._may_look():
            self._note(self._leases.renew(self.job))
        return self.saw_pause

    def stopping(self) -> bool:
        """Whether the worker shuts down; a long job keeps its place and raises JobInterruptedError."""
        return self._stop.is_set()

    def hold(self, conn: sa.Connection, *, progress: int | None = None) -> None:
        """Bind a transaction of the job to its lease: it cannot commit once another worker has the job.

        Call it in every write transaction whose effect must not happen twice. Raises LeaseLostError.
        """
        values = {} if progress is None else {"progress": progress}
        self._note(self._leases.hold(conn, self.job, **values))

    def finish(self, conn: sa.Connection) -> None:
        """Mark the job done in the transaction of its effect: both happen, once, or neither does."""
        self._leases.finish(conn, self.job)
        self.finished = True

    def _may_look(self) -> bool:
        now = self._queue.clock()
        if self._looked_at is not None and timedelta(0) <= now - self._looked_at < LOOK_EVERY:
            return False
        self._looked_at = now
        return True

    def _note(self, wishes: Wishes) -> None:
        self.saw_cancel = self.saw_cancel or wishes.cancel
        self.saw_pause = self.saw_pause or wishes.pause
