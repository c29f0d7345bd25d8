"""The job that does the row work of a publish which was too much for the publish itself."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa

from fieldstone.changes.steps.pace import Pace
from fieldstone.jobs.context import JobContext
from fieldstone.jobs.errors import JobInterruptedError, JobPausedError, PermanentJobError
from fieldstone.jobs.job import QUEUED, RUNNING
from fieldstone.jobs.kinds import JobKind, JobKinds
from fieldstone.jobs.queue import JobQueue
from fieldstone.jobs.worker import Worker
from fieldstone.records.save.environment import SaveEnvironment
from fieldstone.storage.published import ModelSource, PublishedModel
from fieldstone.storage.steps import (
    FAILED,
    StoredStep,
    count_done,
    get_step,
    note_job,
    open_steps,
    reopen_steps,
    steps_of,
)

KIND = "changes.rows"

OnProgress = Callable[[int, int], None]
"""Told how many rows are done, and of how many."""

_NAMED = 10
_PAUSE = 0.2
"""Seconds between two looks while a worker elsewhere has the job."""


class RowWorkJob:
    """Enqueues the job and runs it. `models` and `past` are set once they exist: publishing comes before both."""

    def __init__(self, queue: JobQueue, environment: SaveEnvironment) -> None:
        self._queue = queue
        self._environment = environment
        self.models: ModelSource | None = None
        self.past: Callable[[int], PublishedModel] | None = None
        self._kind = JobKind(name=KIND, run=self._run, label="Bring records over", max_attempts=10)
        self._on_progress: OnProgress | None = None
        queue.kinds.register(self._kind)

    def enqueue(self, conn: sa.Connection, version: int) -> None:
        """In the publish's transaction, when it left work behind."""
        if any(step.version == version for step in open_steps(conn)):
            job = self._queue.enqueue(conn, KIND, {"version": version}, key=f"revision:{version}")
            note_job(conn, version, job)

    def has_work(self, version: int) -> bool:
        """Whether a publish has left something to the job that is not done yet."""
        return self._next(version) is not None

    def work_off(self, version: int, on_progress: OnProgress | None = None) -> list[StoredStep]:
        """Do in this process what a publish left to the job, or wait while a worker elsewhere is at it. Returns the
        steps of the revision once the job has ended: done, or paused, cancelled or failed by then."""
        worker = Worker(_OnlyRowWork(self._queue, self._kind))
        self._on_progress = on_progress
        try:
            while (step := self._next(version)) is not None:
                job = self._queue.find(step.job_id) if step.job_id else None
                if job is None or job.state not in (QUEUED, RUNNING):
                    break
                if not worker.run_once():
                    time.sleep(_PAUSE)
                    if on_progress:
                        on_progress(*self._progress(version))
        finally:
            self._on_progress = None
        with self._queue.database.read() as conn:
            return steps_of(conn, version)

    def _run(self, context: JobContext, payload: Mapping[str, Any]) -> None:
        """Step after step, chunk after chunk; each chunk commits with the place it has reached. Ends in failure, for
        people to see, when a step could not do what it should; tried again, it begins that step anew."""
        if context.job.attempts == 1:
            self._queue.database.transact(lambda conn: reopen_steps(conn, payload["version"]))
        pace = Pace()
        while (step := self._next(payload["version"])) is not None:
            if context.cancelled():
                return
            if context.stopping():
                raise JobInterruptedError
            if context.pausing():
                raise JobPausedError
            if step.kind == "index":
                from fieldstone.changes.steps.build_index import run_index

                run_index(self._queue.database, step)
            else:
                self._run_chunk(context, step, pace)
            done, total = self._progress(payload["version"])
            context.progress(done, total, step.kind)
            if self._on_progress:
                self._on_progress(done, total)
            pace.rest()
        self._require_done(payload["version"])

    def _require_done(self, version: int) -> None:
        with self._queue.database.read() as conn:
            failed = [step for step in steps_of(conn, version) if step.state == FAILED]
        if failed:
            raise PermanentJobError(" ".join(map(describe_failure, failed)))

    def _run_chunk(self, context: JobContext, step: StoredStep, pace: Pace) -> None:
        assert self.models
        # Only now: a site that has none of this work to do starts without it.
        from fieldstone.changes.steps.run import run_chunk
        from fieldstone.changes.steps.step_kind import StepContext

        pace.begin(step.kind)
        past = self.past
        assert past

        def work(conn: sa.Connection, published: PublishedModel) -> None:
            context.hold(conn)
            stepping = StepContext(
                connection=conn,
                published=published,
                version=step.version,
                past=past,
                environment=self._environment,
            )
            pace.measure(lambda: run_chunk(stepping, get_step(conn, step.id), pace.rows))

        self.models.write(work)

    def _next(self, version: int) -> StoredStep | None:
        with self._queue.database.read() as conn:
            return next((step for step in open_steps(conn) if step.version == version), None)

    def _progress(self, version: int) -> tuple[int, int]:
        with self._queue.database.read() as conn:
            return count_done(conn, version)


class _OnlyRowWork:
    """A site whose workers know this one kind of job."""

    def __init__(self, queue: JobQueue, kind: JobKind) -> None:
        self.jobs = JobQueue(queue.database, kinds=JobKinds("kind of job", [kind]), clock=queue.clock)


def describe_failure(step: StoredStep) -> str:
    """In English, for the job and the command."""
    if step.kind == "index":
        return f"The index {step.params['name']} cannot be built: values are not unique."
    named = ", ".join(str(problem["id"]) for problem in step.problems[:_NAMED])
    return f"{len(step.problems)} records still break the definition after the backfill: {named}."
