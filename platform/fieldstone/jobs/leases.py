"""Who holds a running job: claim, renew, give back. Every write is fenced by worker and attempt."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from fieldstone.jobs.errors import LeaseLostError
from fieldstone.jobs.job import CANCELLED, COLUMNS, DONE, FAILED, PAUSED, QUEUED, RUNNING, Job, job_of
from fieldstone.jobs.queue import JobQueue
from fieldstone.jobs.tables import IS_QUEUED, IS_RUNNING, fs_job
from fieldstone.kernel.codes import fill, get_code
from fieldstone.storage.columns import UtcDateTime

ERROR_LENGTH = 2000
MESSAGE_LENGTH = 500

_CLAIM = (fs_job.c.id, fs_job.c.kind, fs_job.c.attempts, fs_job.c.max_attempts, fs_job.c.pause_requested)


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What somebody asked of a running job."""

    cancel: bool
    pause: bool


class Leases:
    """Hands the jobs of a queue to workers, each to one at a time."""

    def __init__(self, queue: JobQueue, *, jitter: Callable[[], float] = random.random) -> None:
        self._queue = queue
        self._jitter = jitter

    def claim(self, worker: str) -> Job | None:
        """The next job that is due, now held by `worker`; None when there is nothing to do.

        A job whose worker gave no sign of life until its lease ended is taken over first. One that has
        lost its worker `max_attempts` times fails instead of taking the next worker down as well. One that
        was asked to pause when its worker died is paused.
        """
        if not self._has_work():  # an idle worker only ever reads
            return None
        return self._queue.database.transact(lambda conn: self._claim(conn, worker))

    def _has_work(self) -> bool:
        now = self._queue.clock()
        with self._queue.database.read() as conn:
            return bool(conn.execute(sa.select(sa.or_(sa.exists(_expired(now)), sa.exists(_due(now))))).scalar_one())

    def _claim(self, conn: sa.Connection, worker: str) -> Job | None:
        now = self._queue.clock()
        while True:
            row = self._first(conn, _expired(now).order_by(fs_job.c.lease_until, fs_job.c.id))
            if row is not None and row.attempts >= row.max_attempts:
                error = fill(get_code("job.E005").message, {"attempts": row.attempts})
                values = {"state": FAILED, "finished_at": now, "error": error, "lease_until": None}
                lost = sa.update(fs_job).where(fs_job.c.id == row.id).values(**values).returning(*COLUMNS)
                self._queue.ended(conn, job_of(conn.execute(lost).one()), FAILED)
                continue
            if row is not None and row.pause_requested:
                values = {"state": PAUSED, "pause_requested": False, "lease_until": None}
                conn.execute(sa.update(fs_job).where(fs_job.c.id == row.id).values(**values))
                continue
            row = row or self._first(conn, _due(now).order_by(fs_job.c.run_at, fs_job.c.id))
            if row is None:
                return None
            taken = conn.execute(
                sa.update(fs_job)
                .where(fs_job.c.id == row.id)
                .values(
                    state=RUNNING,
                    worker=worker,
                    attempts=fs_job.c.attempts + 1,
                    lease_until=now + self._queue.get_kind(row.kind).lease,
                )
                .returning(*COLUMNS)
            ).one()
            return job_of(taken)

    def _first(self, conn: sa.Connection, jobs: sa.Select[Any]) -> sa.Row[Any] | None:
        # Kinds this process does not know (a plugin it lacks) are left to a worker that does.
        # SQLite has no row locks and needs none: BEGIN IMMEDIATE lets one writer in.
        return conn.execute(jobs.where(self._known()).limit(1).with_for_update(skip_locked=True)).one_or_none()

    def _known(self) -> sa.ColumnElement[bool]:
        return fs_job.c.kind.in_(self._queue.kinds.names)

    def renew(self, job: Job) -> Wishes:
        """Say that the worker lives. Returns what somebody asked meanwhile. Raises LeaseLostError."""
        return self._queue.database.transact(lambda conn: self.hold(conn, job))

    def hold(self, conn: sa.Connection, job: Job, **values: Any) -> Wishes:
        """`renew` in the job's own transaction, so that a worker that lost the job cannot commit.

        `values` are other columns to write (progress, message).
        """
        kind = self._queue.get_kind(job.kind)
        row = conn.execute(
            _held(job)
            .values(lease_until=self._queue.clock() + kind.lease, **values)
            .returning(fs_job.c.cancel_requested, fs_job.c.pause_requested)
        ).one_or_none()
        if row is None:
            raise LeaseLostError("job.E004", id=job.id, worker=job.worker)
        return Wishes(cancel=row.cancel_requested, pause=row.pause_requested)

    def finish(self, conn: sa.Connection, job: Job, *, cancelled: bool = False) -> None:
        """The job is done; or back in the queue when it was enqueued again while it ran. Raises LeaseLostError."""
        now = sa.literal(self._queue.clock(), UtcDateTime)
        again = sa.false() if cancelled else fs_job.c.again
        self._give_back(
            conn,
            job,
            state=sa.case((again, _queued_or_paused()), else_=CANCELLED if cancelled else DONE),
            finished_at=sa.case((again, None), else_=now),
            attempts=sa.case((again, 0), else_=fs_job.c.attempts),
            run_at=sa.case((again, now), else_=fs_job.c.run_at),
            again=False,
            error="",
        )

    def fail(self, conn: sa.Connection, job: Job, error: str, *, permanent: bool = False) -> None:
        """Wait and try again, or fail for good after the last attempt. Raises LeaseLostError."""
        now = self._queue.clock()
        kind = self._queue.get_kind(job.kind)
        over = permanent or job.attempts >= job.max_attempts
        self._give_back(
            conn,
            job,
            state=sa.case(
                (fs_job.c.cancel_requested, CANCELLED),
                (sa.literal(over), FAILED),
                else_=_queued_or_paused(),
            ),
            run_at=now if over else now + kind.delay(job.attempts, self._jitter()),
            finished_at=sa.case(
                (sa.or_(fs_job.c.cancel_requested, sa.literal(over)), sa.literal(now, UtcDateTime)), else_=None
            ),
            again=False,
            error=error[:ERROR_LENGTH],
        )

    def release(self, conn: sa.Connection, job: Job) -> None:
        """Back to the queue as if it had not been claimed: the worker shuts down. Raises LeaseLostError."""
        self._set_aside(conn, job, state=_queued_or_paused())

    def pause(self, conn: sa.Connection, job: Job, *, asked: bool, message: str = "") -> None:
        """Set a job aside until it is resumed; it keeps its place. Raises LeaseLostError.

        `asked`: it stops because somebody asked. When that wish was taken back meanwhile, it is queued again.
        """
        said = {"message": message[:MESSAGE_LENGTH]} if message else {}
        self._set_aside(conn, job, state=_queued_or_paused() if asked else PAUSED, **said)

    def _set_aside(self, conn: sa.Connection, job: Job, *, state: Any, **values: Any) -> None:
        now = self._queue.clock()
        cancelled = fs_job.c.cancel_requested
        self._give_back(
            conn,
            job,
            state=sa.case((cancelled, CANCELLED), else_=state),
            finished_at=sa.case((cancelled, sa.literal(now, UtcDateTime)), else_=None),
            attempts=job.attempts - 1,
            run_at=now,
            **values,
        )

    def _give_back(self, conn: sa.Connection, job: Job, **values: Any) -> None:
        given = _held(job).values(lease_until=None, pause_requested=False, **values).returning(fs_job.c.state)
        state = conn.execute(given).scalar_one_or_none()
        if state is None:
            raise LeaseLostError("job.E004", id=job.id, worker=job.worker)
        self._queue.ended(conn, job, state)


def _due(now: datetime) -> sa.Select[Any]:
    return sa.select(*_CLAIM).where(IS_QUEUED, fs_job.c.run_at <= now)


def _expired(now: datetime) -> sa.Select[Any]:
    return sa.select(*_CLAIM).where(IS_RUNNING, fs_job.c.lease_until < now)


def _queued_or_paused() -> sa.ColumnElement[str]:
    return sa.case((fs_job.c.pause_requested, PAUSED), else_=QUEUED)


def _held(job: Job) -> Any:
    return sa.update(fs_job).where(
        fs_job.c.id == job.id,
        fs_job.c.state == RUNNING,
        fs_job.c.worker == job.worker,
        fs_job.c.attempts == job.attempts,
    )
