"""A site that is no more than a queue, with a clock that tests move."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fieldstone.jobs.context import JobContext
from fieldstone.jobs.kinds import JobKind, JobKinds
from fieldstone.jobs.queue import JobQueue
from fieldstone.storage.database import Database


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **span: float) -> None:
        self.now += timedelta(**span)


class JobBench:
    """`ran` collects the payloads that ran; `on_run`, when set, does the work of kind `test`."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = Clock()
        self.ran: list[Mapping[str, Any]] = []
        self.on_run: Any = None
        kind = JobKind(name="test", run=self._run, max_attempts=3)
        self.jobs = JobQueue(database, kinds=JobKinds("kind of job", [kind]), clock=self.clock)

    def _run(self, context: JobContext, payload: Mapping[str, Any]) -> None:
        self.ran.append(payload)
        if self.on_run is not None:
            self.on_run(context)

    def enqueue(self, payload: Mapping[str, Any] | None = None, **options: Any) -> int:
        return self.database.transact(lambda conn: self.jobs.enqueue(conn, "test", payload or {}, **options))


@pytest.fixture
def bench(database: Database) -> JobBench:
    return JobBench(database)
