"""Enqueue, run, fail, try again, cancel."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest

from fieldstone.jobs.context import JobContext
from fieldstone.jobs.errors import (
    JobInterruptedError,
    JobNotFoundError,
    JobStateError,
    PermanentJobError,
    UnknownJobKindError,
)
from fieldstone.jobs.job import JobOrder
from fieldstone.jobs.kinds import JobKind
from fieldstone.jobs.worker import Worker


def test_a_job_runs_once(bench: Any) -> None:
    job_id = bench.enqueue({"name": "商机"})
    assert bench.jobs.wake.is_set()
    assert Worker(bench).run_due() == 1
    assert bench.ran == [{"name": "商机"}]
    job = bench.jobs.get(job_id)
    assert (job.state, job.attempts, job.finished_at, job.error) == ("done", 1, bench.clock(), "")
    assert not job.is_open
    assert bench.jobs.counts() == {"done": 1}


def test_jobs_of_some_kinds_only(bench: Any) -> None:
    bench.jobs.kinds.register(JobKind(name="other", run=lambda context, payload: None))
    first, second = bench.enqueue({"n": 1}), bench.enqueue({"n": 2})
    bench.database.transact(lambda conn: bench.jobs.enqueue(conn, "other", {}))
    assert [job.id for job in bench.jobs.list(among=("test",))] == [second, first]
    assert [job.id for job in bench.jobs.list(among=("test", "no such"), before=second)] == [first]
    assert len(bench.jobs.list(among=("test", "other"))) == 3


def test_a_rolled_back_transaction_enqueues_nothing(bench: Any) -> None:
    def work(conn: Any) -> None:
        bench.jobs.enqueue(conn, "test", {})
        raise RuntimeError("changed my mind")

    with pytest.raises(RuntimeError):
        bench.database.transact(work)
    assert not Worker(bench).run_once()
    assert list(bench.jobs.list()) == []


def test_oldest_first_and_not_before_their_time(bench: Any) -> None:
    bench.enqueue({"n": 3}, run_at=bench.clock() + timedelta(minutes=5))
    bench.enqueue({"n": 1})
    bench.enqueue({"n": 2})
    assert Worker(bench).run_due() == 2
    bench.clock.advance(minutes=5)
    assert Worker(bench).run_due(limit=1) == 1
    assert [payload["n"] for payload in bench.ran] == [1, 2, 3]


def test_a_key_is_unique_among_open_jobs(bench: Any) -> None:
    first = bench.enqueue({"n": 1}, key="sum")
    assert bench.enqueue({"n": 2}, key="sum") == first
    orders = [JobOrder(payload={"n": 3}, key="sum"), JobOrder(payload={"n": 4}, key="other"), JobOrder(payload={})]
    bench.database.transact(lambda conn: bench.jobs.enqueue_all(conn, "test", orders, created_by=7))
    bench.database.transact(lambda conn: bench.jobs.enqueue_all(conn, "test", []))
    assert Worker(bench).run_due() == 3
    assert bench.ran == [{"n": 1}, {"n": 4}, {}]
    assert bench.enqueue({"n": 5}, key="sum") != first
    assert [job.created_by for job in bench.jobs.list()] == [None, 7, 7, None]


def test_a_job_enqueued_again_while_it_runs_runs_again(bench: Any) -> None:
    job_id = bench.enqueue(key="sum")
    bench.on_run = lambda context: bench.enqueue(key="sum") if len(bench.ran) == 1 else None
    assert Worker(bench).run_due() == 2
    assert bench.jobs.get(job_id).state == "done"


def test_failures_back_off_with_jitter_until_the_attempts_are_used_up(bench: Any) -> None:
    def fail(context: JobContext) -> None:
        raise ValueError("no\r\nluck")

    bench.on_run = fail
    job_id = bench.enqueue()
    waits = []
    for _ in range(3):
        assert Worker(bench).run_due() == 1
        job = bench.jobs.get(job_id)
        waits.append((job.run_at - bench.clock()).total_seconds())
        bench.clock.now = max(job.run_at, bench.clock.now)
    assert 7.5 <= waits[0] <= 12.5
    assert 15 <= waits[1] <= 25
    assert (job.state, job.attempts, job.error) == ("failed", 3, "ValueError: no\r\nluck")
    assert not Worker(bench).run_once()

    bench.on_run = None
    assert bench.jobs.retry(job_id).state == "queued"
    assert Worker(bench).run_due() == 1
    assert bench.jobs.get(job_id).state == "done"
    with pytest.raises(JobStateError):
        bench.jobs.retry(job_id)


def test_the_backoff_is_capped() -> None:
    kind = JobKind(name="x", run=lambda context, payload: None)
    assert kind.delay(200, 0.5) == timedelta(hours=1)
    assert kind.delay(1, 0.0) == timedelta(seconds=7.5)


def test_a_job_that_cannot_succeed_fails_at_once(bench: Any) -> None:
    def fail(context: JobContext) -> None:
        raise PermanentJobError("the receiver is gone")

    bench.on_run = fail
    job_id = bench.enqueue()
    Worker(bench).run_due()
    assert (bench.jobs.get(job_id).state, bench.jobs.get(job_id).error) == ("failed", "the receiver is gone")


def test_retry_is_refused_while_another_job_has_the_key(bench: Any) -> None:
    first = bench.enqueue(key="sum")
    bench.jobs.cancel(first)
    bench.enqueue(key="sum")
    with pytest.raises(JobStateError):
        bench.jobs.retry(first)


def test_cancel_a_waiting_job(bench: Any) -> None:
    job_id = bench.enqueue()
    assert bench.jobs.cancel(job_id).state == "cancelled"
    assert not Worker(bench).run_once()
    with pytest.raises(JobStateError):
        bench.jobs.cancel(job_id)
    with pytest.raises(JobNotFoundError):
        bench.jobs.cancel(999)


def test_cancel_a_running_job(bench: Any) -> None:
    seen = []

    def work(context: JobContext) -> None:
        context.progress(10, 100, "rows")
        bench.clock.advance(seconds=1)
        seen.append(context.cancelled())
        bench.jobs.cancel(context.job.id)
        bench.clock.advance(seconds=1)
        seen.append(context.cancelled())

    bench.on_run = work
    job_id = bench.enqueue()
    Worker(bench).run_due()
    job = bench.jobs.get(job_id)
    assert seen == [False, True]
    assert (job.state, job.progress, job.progress_total, job.message) == ("cancelled", 10, 100, "rows")


def test_a_failing_job_that_was_cancelled_is_not_tried_again(bench: Any) -> None:
    def work(context: JobContext) -> None:
        bench.jobs.cancel(context.job.id)
        raise ValueError

    bench.on_run = work
    job_id = bench.enqueue()
    Worker(bench).run_due()
    assert bench.jobs.get(job_id).state == "cancelled"


def test_a_job_interrupted_by_shutdown_goes_back_without_losing_an_attempt(bench: Any) -> None:
    stop = threading.Event()

    def work(context: JobContext) -> None:
        stop.set()
        assert context.stopping()
        raise JobInterruptedError

    bench.on_run = work
    job_id = bench.enqueue()
    Worker(bench).run_forever(stop)
    assert (bench.jobs.get(job_id).state, bench.jobs.get(job_id).attempts) == ("queued", 0)


def test_listing(bench: Any) -> None:
    ids = [bench.enqueue() for _ in range(3)]
    Worker(bench).run_due(limit=2)
    assert [job.id for job in bench.jobs.list(limit=2)] == [ids[2], ids[1]]
    assert [job.id for job in bench.jobs.list(before=ids[1])] == [ids[0]]
    assert [job.id for job in bench.jobs.list(state="queued", kind="test")] == [ids[2]]


def test_an_unknown_kind_is_refused(bench: Any) -> None:
    with pytest.raises(UnknownJobKindError):
        bench.database.transact(lambda conn: bench.jobs.enqueue(conn, "nonsense", {}))
