"""Renews the lease of a job that is at work for long."""

from __future__ import annotations

import logging
import threading
from types import TracebackType

from fieldstone.jobs.errors import LeaseLostError
from fieldstone.jobs.job import Job
from fieldstone.jobs.leases import Leases
from fieldstone.kernel.errors import FieldstoneError

log = logging.getLogger(__name__)


class Heartbeat:
    """While the `with` block runs, a thread says every `seconds` that the worker lives.

    When the whole process dies the beat ends with it, and the lease runs out.
    """

    def __init__(self, leases: Leases, job: Job, seconds: float) -> None:
        self._leases = leases
        self._job = job
        self._seconds = seconds
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"heartbeat-{job.id}", daemon=True)

    def __enter__(self) -> Heartbeat:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _beat(self) -> None:
        while not self._stop.wait(self._seconds):
            try:
                self._leases.renew(self._job)
            except LeaseLostError:
                return  # the job itself finds out at its next write
            except FieldstoneError as error:
                log.warning("job %s: the lease could not be renewed: %s", self._job.id, error.message)
            except Exception:
                log.exception("job %s: the lease could not be renewed", self._job.id)
