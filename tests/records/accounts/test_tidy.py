"""What accounts keep goes after its time, by the job that runs every night."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from fieldstone.jobs.queue import JobQueue
from fieldstone.jobs.worker import Worker
from fieldstone.records.accounts import tables, tidy
from fieldstone.records.accounts.service import Accounts
from fieldstone.records.accounts.tidy import KIND, AccountsTidy
from fieldstone.storage.database import Database

from .conftest import Clock

PASSWORD = "a long and quiet evening"


def test_each_goes_after_its_time(
    accounts: Accounts, clock: Clock, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tidy, "UNIT", 2)
    jobs = JobQueue(database, clock=clock)
    kept = {"log_ins": lambda: timedelta(days=10), "audit": lambda: timedelta(days=100)}
    job = AccountsTidy(jobs, **kept, sessions=accounts.session_limits)
    assert [each.kind for each in job.recurring()] == [KIND]
    worker = Worker(SimpleNamespace(jobs=jobs, database=database, clock=clock))

    def left(*, after: int) -> tuple[int, int, int]:
        clock.move(days=after)
        database.transact(lambda conn: jobs.enqueue(conn, KIND, {}))
        worker.run_due()
        with database.read() as conn:
            return tuple(
                conn.scalar(sa.select(sa.func.count()).select_from(table)) or 0
                for table in (tables.session, tables.log_in, tables.audit)
            )  # type: ignore[return-value]

    for name in ("anna", "ben", "cara", "dora", "eva"):
        accounts.add_user(name, password=PASSWORD)
        accounts.log_in(name, PASSWORD)
    assert left(after=0) == (5, 5, 5)
    accounts.log_in("anna", PASSWORD)
    assert left(after=8) == (0, 6, 5), "sessions are over after seven days"
    accounts.log_in("anna", PASSWORD)
    assert left(after=3) == (0, 1, 5)
    accounts.add_user("fay")
    assert left(after=90) == (0, 0, 1)
    assert left(after=101) == (0, 0, 0)
