"""Clocks that tests move, and the smallest site that has jobs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from fieldstone.jobs.queue import JobQueue
from fieldstone.jobs.worker import Worker
from fieldstone.storage.database import Database


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **span: float) -> None:
        self.now += timedelta(**span)


class Post:
    """A queue with a worker, for what leaves the site."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = Clock()
        self.jobs = JobQueue(database, clock=self.clock)
        self.worker = Worker(self)

    def try_until_closed(self, limit: int = 60) -> int:
        """Run all jobs with the clock moved to when they are due. Returns how many attempts were made."""
        attempts = 0
        for _ in range(limit):
            attempts += self.worker.run_due()
            waiting = self.jobs.list(state="queued")
            if not waiting:
                return attempts
            self.clock.now = max(self.clock.now, min(job.run_at for job in waiting))
        raise AssertionError("the jobs do not come to an end")


@pytest.fixture
def post_office(database: Database) -> Post:
    return Post(database)
