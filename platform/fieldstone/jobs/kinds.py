"""Kinds of jobs: what runs, how often it is tried again and how long a worker may hold it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from fieldstone.kernel.registry import Registry

if TYPE_CHECKING:
    from fieldstone.jobs.context import JobContext


@dataclass(frozen=True, kw_only=True)
class JobKind:
    """A kind of background work, registered by its `name`.

    `run` gets the payload that was enqueued and may run more than once (a worker can die after the
    effect and before the job is marked done), so it works by stable keys or marks the job done in
    its own transaction (`JobContext.finish`). After a failure the job waits `backoff`, doubled each
    time up to `backoff_cap`, and is tried `max_attempts` times. `lease` is how long a worker holds
    it without a sign of life.
    """

    name: str
    run: Callable[[JobContext, Mapping[str, Any]], None]
    label: str = ""
    max_attempts: int = 5
    backoff: timedelta = timedelta(seconds=10)
    backoff_cap: timedelta = timedelta(hours=1)
    lease: timedelta = timedelta(seconds=60)

    def delay(self, attempts: int, jitter: float) -> timedelta:
        """How long to wait after the attempt number `attempts`; `jitter` in [0, 1) spreads it by ± 25 %."""
        doubled: timedelta = self.backoff * 2 ** min(attempts - 1, 30)
        return min(self.backoff_cap, doubled) * (0.75 + jitter / 2)


JobKinds = Registry[JobKind]
