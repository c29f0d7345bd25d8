"""Pause and resume: a job keeps its place, and nobody gets it meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from fieldstone.jobs.context import JobContext
from fieldstone.jobs.errors import JobInterruptedError, JobNotFoundError, JobPausedError, JobStateError
from fieldstone.jobs.leases import Leases
from fieldstone.jobs.worker import Worker

CHUNKS = 5


class ChunkedWork:
    """Works through CHUNKS chunks from where it stopped; `after` is called with the number of each chunk done."""

    def __init__(self, bench: Any) -> None:
        self.bench = bench
        self.done: list[int] = []
        self.after: Any = lambda number: None
        bench.on_run = self.run

    def run(self, context: JobContext) -> None:
        for number in self.rest(context):
            self.done.append(number)
            self.bench.database.transact(lambda conn, place=number + 1: context.hold(conn, progress=place))
            self.after(number)
            self.bench.clock.advance(seconds=1)
            if context.cancelled():
                return
            if context.pausing():
                raise JobPausedError
            if context.stopping():
                raise JobInterruptedError

    def rest(self, context: JobContext) -> Iterator[int]:
        yield from range(context.job.progress, CHUNKS)


@pytest.fixture
def chunks(bench: Any) -> ChunkedWork:
    return ChunkedWork(bench)


def test_a_waiting_job_is_paused_at_once_and_handed_to_nobody(bench: Any) -> None:
    job_id = bench.enqueue({"n": 1})
    paused = bench.jobs.pause(job_id)
    assert (paused.state, paused.attempts, paused.is_open) == ("paused", 0, True)
    bench.clock.advance(days=1)
    assert not Worker(bench).run_once()
    assert [job.id for job in bench.jobs.list(state="paused")] == [job_id]
    bench.jobs.wake.clear()
    assert bench.jobs.resume(job_id).state == "queued"
    assert bench.jobs.wake.is_set()
    assert Worker(bench).run_due() == 1
    assert bench.ran == [{"n": 1}]


def test_a_job_that_was_to_run_later_still_does(bench: Any) -> None:
    later = bench.clock.now.replace(hour=18)
    job_id = bench.enqueue(run_at=later)
    bench.jobs.pause(job_id)
    assert bench.jobs.resume(job_id).run_at == later
    assert not Worker(bench).run_once()


def test_a_running_job_pauses_between_chunks_and_goes_on_where_it_stopped(bench: Any, chunks: ChunkedWork) -> None:
    job_id = bench.enqueue()
    chunks.after = lambda number: bench.jobs.pause(job_id) if number == 1 else None
    assert Worker(bench).run_due() == 1
    job = bench.jobs.get(job_id)
    assert (job.state, job.progress, job.attempts, job.pause_requested, job.lease_until) == (
        "paused", 2, 0, False, None,
    )  # fmt: skip
    bench.clock.advance(days=1)
    assert not Worker(bench).run_once()
    resumed = bench.jobs.resume(job_id)
    assert (resumed.state, resumed.attempts, resumed.progress) == ("queued", 0, 2)
    assert Worker(bench).run_due() == 1
    assert chunks.done == list(range(CHUNKS))
    assert bench.jobs.get(job_id).state == "done"


def test_a_wish_to_pause_that_is_taken_back_lets_the_job_run_on(bench: Any, chunks: ChunkedWork) -> None:
    job_id = bench.enqueue()

    def think_twice(number: int) -> None:
        if number == 1:
            assert bench.jobs.pause(job_id).pause_requested
            assert not bench.jobs.resume(job_id).pause_requested

    chunks.after = think_twice
    assert Worker(bench).run_due() == 1
    assert bench.jobs.get(job_id).state == "done"


def test_a_wish_that_is_taken_back_too_late_queues_the_job_again(bench: Any) -> None:
    job_id = bench.enqueue()

    def work(context: JobContext) -> None:
        if len(bench.ran) == 1:
            bench.jobs.pause(job_id)
            assert context.pausing()
            bench.jobs.resume(job_id)
            raise JobPausedError

    bench.on_run = work
    assert Worker(bench).run_due() == 2
    assert bench.jobs.get(job_id).state == "done"


def test_a_paused_job_is_cancelled_at_once(bench: Any, chunks: ChunkedWork) -> None:
    job_id = bench.enqueue()
    chunks.after = lambda number: bench.jobs.pause(job_id)
    Worker(bench).run_due()
    cancelled = bench.jobs.cancel(job_id)
    assert (cancelled.state, cancelled.finished_at) == ("cancelled", bench.clock())
    with pytest.raises(JobStateError):
        bench.jobs.resume(job_id)
    assert bench.jobs.retry(job_id).state == "queued"


def test_whoever_cancels_and_pauses_cancels(bench: Any) -> None:
    job_id = bench.enqueue()

    def work(context: JobContext) -> None:
        bench.jobs.pause(job_id)
        bench.jobs.cancel(job_id)
        assert context.pausing()
        raise JobPausedError

    bench.on_run = work
    Worker(bench).run_due()
    job = bench.jobs.get(job_id)
    assert (job.state, job.finished_at) == ("cancelled", bench.clock())


def test_a_job_may_pause_by_itself_and_say_why(bench: Any) -> None:
    def work(context: JobContext) -> None:
        raise JobPausedError("The mail server refuses us.")

    bench.on_run = work
    job_id = bench.enqueue()
    assert Worker(bench).run_due() == 1
    assert (bench.jobs.get(job_id).state, bench.jobs.get(job_id).message) == ("paused", "The mail server refuses us.")


@pytest.mark.parametrize("end", ["failure", "shutdown", "death"])
def test_a_job_that_was_asked_to_pause_is_not_run_again_however_it_ends(bench: Any, end: str) -> None:
    job_id, stop = bench.enqueue(), threading.Event()

    def work(context: JobContext) -> None:
        bench.jobs.pause(job_id)
        stop.set()
        raise ValueError("no luck") if end == "failure" else JobInterruptedError

    if end == "death":
        assert Leases(bench.jobs).claim("dead") is not None
        bench.jobs.pause(job_id)
    else:
        bench.on_run = work
        Worker(bench).run_forever(stop)
    bench.clock.advance(hours=2)
    bench.on_run = None
    assert not Worker(bench).run_once()
    assert (bench.jobs.get(job_id).state, bench.jobs.get(job_id).pause_requested) == ("paused", False)
    bench.jobs.resume(job_id)
    assert Worker(bench).run_due() == 1
    assert bench.jobs.get(job_id).state == "done"


def test_a_job_that_never_asks_runs_to_its_end(bench: Any) -> None:
    job_id = bench.enqueue()
    bench.on_run = lambda context: bench.jobs.pause(job_id)
    Worker(bench).run_due()
    assert (bench.jobs.get(job_id).state, bench.jobs.get(job_id).pause_requested) == ("done", False)


def test_a_paused_job_keeps_its_key(bench: Any) -> None:
    first = bench.enqueue({"n": 1}, key="sum")
    bench.jobs.pause(first)
    assert bench.enqueue({"n": 2}, key="sum") == first
    assert not Worker(bench).run_once()
    bench.jobs.resume(first)
    assert Worker(bench).run_due() == 1


def test_a_job_paused_while_it_ran_runs_again_when_it_was_enqueued_again(bench: Any) -> None:
    first = bench.enqueue(key="sum")

    def work(context: JobContext) -> None:
        if len(bench.ran) == 1:
            bench.jobs.pause(first)
            assert context.pausing()
            raise JobPausedError

    bench.on_run = work
    Worker(bench).run_due()
    assert bench.enqueue(key="sum") == first
    bench.jobs.resume(first)
    assert Worker(bench).run_due() == 2
    assert bench.jobs.get(first).state == "done"


def test_what_cannot_be_paused_or_resumed_is_refused(bench: Any) -> None:
    job_id = bench.enqueue()
    with pytest.raises(JobStateError):
        bench.jobs.resume(job_id)
    bench.jobs.pause(job_id)
    with pytest.raises(JobStateError) as refused:
        bench.jobs.pause(job_id)
    assert refused.value.message == f"Job {job_id} is paused and cannot be paused."
    bench.jobs.resume(job_id)
    Worker(bench).run_due()
    for verb in (bench.jobs.pause, bench.jobs.resume):
        with pytest.raises(JobStateError):
            verb(job_id)
        with pytest.raises(JobNotFoundError):
            verb(999)
