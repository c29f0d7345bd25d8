"""The worker's loop: wakes, survives, stops."""

from __future__ import annotations

import os
import signal
import threading
from typing import Any

import pytest

from fieldstone.jobs.context import JobContext
from fieldstone.jobs.schedule import Recurring, Scheduler
from fieldstone.jobs.worker import Worker
from fieldstone.kernel.errors import UnavailableError


def test_the_loop_runs_what_comes_until_it_is_stopped(bench: Any) -> None:
    stop, ran = threading.Event(), threading.Event()
    bench.on_run = lambda context: ran.set()
    thread = threading.Thread(target=Worker(bench).run_forever, args=(stop,))
    thread.start()
    for _ in range(2):
        ran.clear()
        bench.enqueue()
        assert ran.wait(30)
    stop.set()
    bench.jobs.wake.set()
    thread.join(30)
    assert not thread.is_alive()
    assert bench.jobs.counts() == {"done": 2}


def test_the_loop_fires_recurring_jobs(bench: Any) -> None:
    stop = threading.Event()
    scheduler = Scheduler(bench.jobs, lambda: [Recurring(key="k", kind="test", cron="* * * * *")])
    scheduler.tick()
    bench.clock.advance(minutes=1)
    bench.on_run = lambda context: stop.set()
    Worker(bench, scheduler=scheduler).run_forever(stop)
    assert len(bench.ran) == 1


@pytest.mark.parametrize("error", [UnavailableError("storage.E003"), OSError("gone")])
def test_the_loop_outlives_a_database_that_is_away(
    bench: Any, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    stop = threading.Event()
    bench.on_run = lambda context: stop.set()
    bench.enqueue()
    worker = Worker(bench)
    run_once, failures = worker.run_once, [error]

    def flaky() -> bool:
        if failures:
            raise failures.pop()
        return run_once()

    monkeypatch.setattr(worker, "run_once", flaky)
    worker.run_forever(stop)
    assert len(bench.ran) == 1


def test_sigterm_lets_the_job_at_hand_finish(bench: Any) -> None:
    finished = []

    def work(context: JobContext) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        context.progress(1, 1)
        finished.append(context.stopping())

    bench.on_run = work
    first, second = bench.enqueue(), bench.enqueue()
    before = signal.getsignal(signal.SIGTERM)
    Worker(bench).run_until_signalled()
    assert finished == [True]
    assert (bench.jobs.get(first).state, bench.jobs.get(second).state) == ("done", "queued")
    assert signal.getsignal(signal.SIGTERM) is before
