"""The worker: takes one job after the other until it is told to stop."""

from __future__ import annotations

import logging
import os
import secrets
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from fieldstone.jobs.context import JobContext
from fieldstone.jobs.errors import JobInterruptedError, JobPausedError, LeaseLostError, PermanentJobError
from fieldstone.jobs.heartbeat import Heartbeat
from fieldstone.jobs.job import Job
from fieldstone.jobs.leases import Leases
from fieldstone.jobs.queue import JobQueue
from fieldstone.jobs.schedule import Scheduler
from fieldstone.kernel.errors import FieldstoneError

log = logging.getLogger(__name__)

SHORTEST_PAUSE, LONGEST_PAUSE = 0.05, 2.0
"""Seconds between two looks at an empty queue; the pause doubles while nothing comes."""
SCHEDULE_EVERY = 10.0
"""Seconds between two looks at the recurring jobs."""


class JobSite(Protocol):
    """What a worker needs of a site; jobs get the whole site from their context."""

    @property
    def jobs(self) -> JobQueue: ...


class Worker:
    """Runs the jobs of a site, one at a time. Start several, in threads or processes, for more at once.

    With a `scheduler` it also fires recurring jobs; any number of workers may have one.
    """

    def __init__(self, site: JobSite, *, name: str = "", scheduler: Scheduler | None = None) -> None:
        self.name = name or f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"
        self._site = site
        self._queue = site.jobs
        self._leases = Leases(self._queue)
        self._scheduler = scheduler
        self._stop = threading.Event()

    def run_once(self) -> bool:
        """Run the next job that is due, if any. Returns whether there was one."""
        job = self._leases.claim(self.name)
        if job is None:
            return False
        self._run(job)
        return True

    def run_due(self, limit: int = 1000) -> int:
        """Run jobs until none is due. Returns how many ran."""
        for done in range(limit):
            if not self.run_once():
                return done
        return limit

    def run_forever(self, stop: threading.Event) -> None:
        """Work until `stop` is set (and `queue.wake`, to be noticed at once). The job at hand is finished,
        unless it looks at `JobContext.stopping`. A database that is away is waited for."""
        self._stop = stop
        pause, scheduled_at = SHORTEST_PAUSE, float("-inf")
        while not stop.is_set():
            try:
                if self._scheduler and time.monotonic() - scheduled_at >= SCHEDULE_EVERY:
                    scheduled_at = time.monotonic()
                    self._scheduler.tick()
                if self.run_once():
                    pause = SHORTEST_PAUSE
                    continue
            except FieldstoneError as error:
                log.warning("worker %s: %s", self.name, error)
            except Exception:
                log.exception("worker %s could not look for jobs", self.name)
            # Set by an enqueue whose transaction may still be open: so look again soon, then more seldom.
            woken = self._queue.wake.wait(pause)
            self._queue.wake.clear()
            pause = SHORTEST_PAUSE if woken else min(pause * 2, LONGEST_PAUSE)

    def run_until_signalled(self) -> None:
        """`run_forever` until SIGTERM or SIGINT. Only from the main thread."""
        stop = threading.Event()
        with _stop_on_signals(stop, self._queue):
            self.run_forever(stop)

    def _run(self, job: Job) -> None:
        kind = self._queue.get_kind(job.kind)
        context = JobContext(job=job, site=self._site, queue=self._queue, leases=self._leases, stop=self._stop)
        try:
            with Heartbeat(self._leases, job, kind.lease.total_seconds() / 3):
                kind.run(context, job.payload)
            if not context.finished:
                self._write(lambda conn: self._leases.finish(conn, job, cancelled=context.saw_cancel))
        except LeaseLostError as error:
            log.warning("%s", error.message)
        except JobInterruptedError:
            self._write(lambda conn: self._leases.release(conn, job))
        except JobPausedError as paused:
            asked, message = context.saw_pause, paused.message
            self._write(lambda conn: self._leases.pause(conn, job, asked=asked, message=message))
        except PermanentJobError as error:
            self._fail(job, error.message, permanent=True)
        except FieldstoneError as error:
            self._fail(job, str(error))
        except Exception as error:
            log.exception("job %s (%s) failed", job.id, job.kind)
            self._fail(job, f"{type(error).__name__}: {error}")

    def _fail(self, job: Job, error: str, *, permanent: bool = False) -> None:
        log.warning("job %s (%s), attempt %s: %s", job.id, job.kind, job.attempts, " ".join(error.split()))
        self._write(lambda conn: self._leases.fail(conn, job, error, permanent=permanent))

    def _write(self, work: Any) -> None:
        try:
            self._queue.database.transact(work)
        except LeaseLostError as error:
            log.warning("%s", error.message)


@contextmanager
def _stop_on_signals(stop: threading.Event, queue: JobQueue) -> Iterator[None]:
    def handle(_number: int, _frame: object) -> None:
        stop.set()
        queue.wake.set()

    before = {number: signal.signal(number, handle) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
