"""Workers that die, workers that meet."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from fieldstone.jobs.context import JobContext
from fieldstone.jobs.errors import LeaseLostError
from fieldstone.jobs.leases import Leases, Wishes
from fieldstone.jobs.tables import fs_job
from fieldstone.jobs.worker import Worker


def test_a_dead_workers_job_is_taken_over_after_its_lease(bench: Any) -> None:
    job_id = bench.enqueue({"n": 1})
    assert Leases(bench.jobs).claim("dead") is not None
    assert not Worker(bench).run_once()
    bench.clock.advance(seconds=61)
    assert Worker(bench).run_once()
    job = bench.jobs.get(job_id)
    assert (job.state, job.attempts, bench.ran) == ("done", 2, [{"n": 1}])


def test_a_worker_that_lost_its_job_cannot_write_any_more(bench: Any) -> None:
    bench.enqueue()
    leases = Leases(bench.jobs)
    lost = leases.claim("slow")
    assert lost is not None
    bench.clock.advance(seconds=61)
    taken = leases.claim("next")
    assert taken is not None
    for write in (leases.hold, leases.finish, leases.release, lambda conn, job: leases.fail(conn, job, "late")):
        with pytest.raises(LeaseLostError):
            bench.database.transact(lambda conn, write=write: write(conn, lost))
    assert leases.renew(taken) == Wishes(cancel=False, pause=False)


def test_the_same_worker_that_claims_again_is_another_attempt(bench: Any) -> None:
    bench.enqueue()
    leases = Leases(bench.jobs)
    first = leases.claim("w")
    bench.clock.advance(seconds=61)
    assert leases.claim("w") is not None
    assert first is not None
    with pytest.raises(LeaseLostError):
        leases.renew(first)


def test_the_effect_of_a_taken_over_job_happens_once(bench: Any) -> None:
    """The effect and the end of the job are one transaction, so the loser's effect is rolled back."""
    effects = sa.Table("effect", sa.MetaData(), sa.Column("worker", sa.Text))
    bench.database.transact(lambda conn: effects.create(conn))
    worker = Worker(bench)

    def work(context: JobContext) -> None:
        if len(bench.ran) == 1:  # stalls until its lease is over and another worker has done it all
            bench.clock.advance(seconds=61)
            Worker(bench).run_once()

        def effect(conn: sa.Connection) -> None:
            context.hold(conn, progress=1)
            conn.execute(sa.insert(effects).values(worker=context.job.worker))
            context.finish(conn)

        bench.database.transact(effect)

    bench.on_run = work
    job_id = bench.enqueue()
    worker.run_once()
    assert len(bench.ran) == 2
    with bench.database.read() as conn:
        rows = conn.execute(sa.select(effects.c.worker)).scalars().all()
    assert len(rows) == 1
    assert rows[0] != worker.name
    assert (bench.jobs.get(job_id).state, bench.jobs.get(job_id).progress) == ("done", 1)


def test_a_job_that_kills_its_workers_fails_in_the_end(bench: Any) -> None:
    job_id = bench.enqueue()
    later = bench.enqueue({"n": 2})
    for _ in range(3):
        claimed = Leases(bench.jobs).claim("doomed")
        assert claimed is not None
        assert claimed.id == job_id
        bench.clock.advance(seconds=61)
    assert Worker(bench).run_due() == 1
    assert bench.jobs.get(job_id).state == "failed"
    assert "3 times" in bench.jobs.get(job_id).error
    assert bench.jobs.get(later).state == "done"


def test_kinds_that_this_process_lacks_are_left_alone(bench: Any) -> None:
    job_id = bench.enqueue()
    bench.database.transact(lambda conn: conn.execute(sa.update(fs_job).values(kind="of_a_plugin")))
    assert not Worker(bench).run_once()
    assert bench.jobs.get(job_id).state == "queued"


def test_many_workers_run_each_job_once(bench: Any) -> None:
    for number in range(30):
        bench.enqueue({"n": number})
    start = threading.Barrier(4)

    def drain(_: int) -> int:
        start.wait()
        return Worker(bench).run_due()

    with ThreadPoolExecutor(4) as pool:
        total = sum(pool.map(drain, range(4)))
    assert total == 30
    assert sorted(payload["n"] for payload in bench.ran) == list(range(30))


def test_a_long_job_keeps_its_lease_by_a_heartbeat(bench: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The beat renews in a thread of its own, and outlives an error of the database."""
    from fieldstone.jobs import worker as worker_module

    class EagerHeartbeat(worker_module.Heartbeat):
        def __init__(self, leases: Leases, job: Any, seconds: float) -> None:
            super().__init__(leases, job, 0.001)

    monkeypatch.setattr(worker_module, "Heartbeat", EagerHeartbeat)
    renewed = threading.Event()
    calls = []
    renew = Leases.renew

    def watched(self: Leases, job: Any) -> Wishes:
        calls.append(job)
        if len(calls) == 1:
            raise RuntimeError("database away")
        result = renew(self, job)
        renewed.set()
        return result

    monkeypatch.setattr(Leases, "renew", watched)

    def work(context: JobContext) -> None:
        bench.clock.advance(seconds=50)
        for _beat in range(2):  # the first may have read the clock before it moved
            renewed.clear()
            assert renewed.wait(30)
        bench.clock.advance(seconds=50)
        assert Leases(bench.jobs).claim("other") is None

    bench.on_run = work
    job_id = bench.enqueue()
    Worker(bench).run_once()
    assert (bench.jobs.get(job_id).state, bench.jobs.get(job_id).attempts) == ("done", 1)
