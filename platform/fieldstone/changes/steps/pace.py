"""How many rows a chunk of row work takes, and how long it rests, so that nobody waits for it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

HOLD = 0.025
"""Seconds a chunk should hold the write lock."""

REST = 0.010
"""Seconds at least between two chunks. Writers of other processes look again and again whether SQLite is free: they
get as much time as the chunk took."""

FIRST, LEAST, MOST = 100, 10, 2_000


class Pace:
    """Of one job, which does one chunk after the other."""

    def __init__(self) -> None:
        self.rows = FIRST
        self._kind = ""
        self._held = 0.0

    def begin(self, kind: str) -> None:
        """Chunks of another kind take another time."""
        if kind != self._kind:
            self._kind, self.rows = kind, FIRST

    def measure(self, work: Callable[[], T]) -> T:
        """Run a chunk of `rows` rows and learn from it how many the next should have."""
        started, busy = time.perf_counter(), time.thread_time()
        result = work()
        # On a machine busy with other things the clock on the wall tells of those too, up to a point.
        self._held = max(time.thread_time() - busy, (time.perf_counter() - started) / 3, 0.000_1)
        self.rows = max(LEAST, min(MOST, int(self.rows * min(2.0, HOLD / self._held))))
        return result

    def rest(self) -> None:
        """Outside of any transaction."""
        time.sleep(max(REST, self._held))
