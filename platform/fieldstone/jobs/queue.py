"""The queue: enqueue in the caller's transaction, look, pause, resume, cancel, try again."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from fieldstone.jobs.errors import JobNotFoundError, JobStateError, UnknownJobKindError
from fieldstone.jobs.job import (
    CANCELLED,
    COLUMNS,
    ENDED_STATES,
    FAILED,
    OPEN_STATES,
    PAUSED,
    QUEUED,
    RUNNING,
    Job,
    JobOrder,
    job_of,
)
from fieldstone.jobs.kinds import JobKind, JobKinds
from fieldstone.jobs.tables import OPEN_WITH_KEY, fs_job
from fieldstone.storage.columns import UtcDateTime
from fieldstone.storage.database import Database

log = logging.getLogger(__name__)

OnEnd = Callable[[sa.Connection, Job, str], None]

_HAS_BEGUN = sa.and_(fs_job.c.state == PAUSED, fs_job.c.worker != "")
"""A paused job that some worker had before."""


def utc_now() -> datetime:
    return datetime.now(UTC)


class JobQueue:
    """All jobs of a site. `kinds` is the registry that plugins add to; `clock` gives aware UTC times.

    `wake` is set when something was enqueued in this process, so that a worker beside the web server
    starts at once instead of at its next look.
    """

    def __init__(
        self, database: Database, *, kinds: JobKinds | None = None, clock: Callable[[], datetime] = utc_now
    ) -> None:
        self.database = database
        self.kinds = JobKinds("kind of job") if kinds is None else kinds
        self.clock = clock
        self.wake = threading.Event()
        self._on_end: dict[str, OnEnd] = {}

    def on_end(self, kind: str, tell: OnEnd) -> None:
        """Have `tell` called when a worker ends a job of a kind, in the transaction that marks it done, failed or
        cancelled. Whatever it raises is logged, and keeps no job from ending."""
        self._on_end[kind] = tell

    def ended(self, conn: sa.Connection, job: Job, state: str) -> None:
        """For workers: tell of an end."""
        tell = self._on_end.get(job.kind)
        if tell is None or state not in ENDED_STATES:
            return
        try:
            with conn.begin_nested():
                tell(conn, job, state)
        except Exception:
            log.exception("the end of job %s (%s) could not be told", job.id, job.kind)

    def get_kind(self, name: str) -> JobKind:
        """Raises UnknownJobKindError job.E001."""
        kind = self.kinds.find(name)
        if kind is None:
            raise UnknownJobKindError("job.E001", kind=name)
        return kind

    def enqueue(
        self,
        conn: sa.Connection,
        kind: str,
        payload: Mapping[str, Any],
        *,
        key: str = "",
        run_at: datetime | None = None,
        created_by: int | None = None,
    ) -> int:
        """Add a job in the caller's transaction: it exists when that commits, and not otherwise.

        `key` is unique per kind among open jobs: a second one with the same key is the first one. A job
        that already runs, or was paused while it ran, is run once more afterwards, since it may have read the
        state from before.
        Returns the job's id. Raises UnknownJobKindError.
        """
        row = self._row(self.get_kind(kind), JobOrder(payload=payload, key=key, run_at=run_at), created_by)
        job_id: int = conn.execute(self._insert(conn).returning(fs_job.c.id), row).scalar_one()
        self.wake.set()
        return job_id

    def enqueue_all(
        self, conn: sa.Connection, kind: str, orders: Sequence[JobOrder], *, created_by: int | None = None
    ) -> None:
        """`enqueue` for many jobs of one kind, in one round trip."""
        if not orders:
            return
        found = self.get_kind(kind)
        conn.execute(self._insert(conn), [self._row(found, order, created_by) for order in orders])
        self.wake.set()

    def _row(self, kind: JobKind, order: JobOrder, created_by: int | None) -> dict[str, Any]:
        now = self.clock()
        return {
            "kind": kind.name,
            "key": order.key,
            "payload": json.dumps(dict(order.payload), ensure_ascii=False, separators=(",", ":")),
            "state": QUEUED,
            "run_at": order.run_at or now,
            "max_attempts": kind.max_attempts,
            "created_at": now,
            "created_by": created_by,
        }

    def _insert(self, conn: sa.Connection) -> Any:
        insert = sqlite_insert if conn.dialect.name == "sqlite" else postgresql_insert
        return insert(fs_job).on_conflict_do_update(
            index_elements=[fs_job.c.kind, fs_job.c.key],
            index_where=OPEN_WITH_KEY,
            set_={"again": sa.or_(fs_job.c.again, fs_job.c.state == RUNNING, _HAS_BEGUN)},
        )

    def find(self, job_id: int) -> Job | None:
        with self.database.read() as conn:
            row = conn.execute(sa.select(*COLUMNS).where(fs_job.c.id == job_id)).one_or_none()
        return None if row is None else job_of(row)

    def get(self, job_id: int) -> Job:
        """Raises JobNotFoundError job.E002."""
        job = self.find(job_id)
        if job is None:
            raise JobNotFoundError("job.E002", id=job_id)
        return job

    def list(
        self,
        *,
        state: str = "",
        kind: str = "",
        among: Sequence[str] = (),
        limit: int = 100,
        before: int | None = None,
    ) -> Sequence[Job]:
        """The newest jobs first; `among`: only of these kinds; `before` is the id to go on from."""
        query = sa.select(*COLUMNS).order_by(fs_job.c.id.desc()).limit(limit)
        if state:
            query = query.where(fs_job.c.state == state)
        if kind:
            query = query.where(fs_job.c.kind == kind)
        if among:
            query = query.where(fs_job.c.kind.in_(among))
        if before is not None:
            query = query.where(fs_job.c.id < before)
        with self.database.read() as conn:
            return [job_of(row) for row in conn.execute(query)]

    def counts(self) -> dict[str, int]:
        """How many jobs are in each state."""
        query = sa.select(fs_job.c.state, sa.func.count().label("count")).group_by(fs_job.c.state)
        with self.database.read() as conn:
            return {row.state: row._mapping["count"] for row in conn.execute(query)}

    def pause(self, job_id: int) -> Job:
        """A waiting job is paused at once; a running one is asked, and pauses where it can go on later.

        Raises JobNotFoundError job.E002, JobStateError job.E003 when it is in another state.
        """
        queued = fs_job.c.state == QUEUED
        self._change(
            job_id,
            (QUEUED, RUNNING),
            "paused",
            state=sa.case((queued, PAUSED), else_=fs_job.c.state),
            pause_requested=sa.case((queued, sa.false()), else_=sa.true()),
        )
        return self.get(job_id)

    def resume(self, job_id: int) -> Job:
        """A paused job is queued again and goes on where it stopped, with all its attempts; the wish to pause
        of one that still runs is taken back. Raises JobNotFoundError job.E002, JobStateError job.E003."""
        paused = fs_job.c.state == PAUSED
        asked = sa.and_(fs_job.c.state == RUNNING, fs_job.c.pause_requested)
        now = sa.literal(self.clock(), UtcDateTime)
        self._change(
            job_id,
            sa.or_(paused, asked),
            "resumed",
            state=sa.case((paused, QUEUED), else_=fs_job.c.state),
            attempts=sa.case((paused, 0), else_=fs_job.c.attempts),
            run_at=sa.case((sa.and_(paused, fs_job.c.run_at < now), now), else_=fs_job.c.run_at),
            pause_requested=False,
        )
        self.wake.set()
        return self.get(job_id)

    def cancel(self, job_id: int) -> Job:
        """A waiting or paused job is cancelled at once; a running one is asked to stop.

        Raises JobStateError job.E003.
        """
        waits = fs_job.c.state != RUNNING
        self._change(
            job_id,
            OPEN_STATES,
            "cancelled",
            state=sa.case((waits, CANCELLED), else_=fs_job.c.state),
            finished_at=sa.case((waits, sa.literal(self.clock(), UtcDateTime)), else_=None),
            cancel_requested=True,
            again=False,
        )
        return self.get(job_id)

    def _change(self, job_id: int, allowed: Sequence[str] | sa.ColumnElement[bool], verb: str, **values: Any) -> None:
        """Set columns of a job if it is in one of the states `allowed`, or fulfils it."""
        fits = allowed if isinstance(allowed, sa.ColumnElement) else fs_job.c.state.in_(allowed)
        change = sa.update(fs_job).where(fs_job.c.id == job_id, fits).values(**values)
        if not self.database.transact(lambda conn: conn.execute(change).rowcount):
            raise JobStateError("job.E003", id=job_id, state=self.get(job_id).state, verb=verb)

    def retry(self, job_id: int) -> Job:
        """Queue a failed or cancelled job again with all its attempts. Raises JobStateError job.E003 when
        it is in another state, or when an open job has its key by now."""
        job = self.get(job_id)

        def work(conn: sa.Connection) -> int:
            twin = fs_job.alias()
            taken = sa.exists().where(
                twin.c.kind == job.kind, twin.c.key == job.key, twin.c.key != "", twin.c.state.in_(OPEN_STATES)
            )
            return conn.execute(
                sa.update(fs_job)
                .where(fs_job.c.id == job_id, fs_job.c.state.in_((FAILED, CANCELLED)), ~taken)
                .values(
                    state=QUEUED,
                    run_at=self.clock(),
                    attempts=0,
                    worker="",
                    error="",
                    cancel_requested=False,
                    pause_requested=False,
                    finished_at=None,
                )
            ).rowcount

        try:
            queued = self.database.transact(work)
        except sa.exc.IntegrityError:  # somebody enqueued one with its key at the same moment
            queued = 0
        if not queued:
            raise JobStateError("job.E003", id=job_id, state=job.state, verb="tried again")
        self.wake.set()
        return self.get(job_id)
