"""Recurring jobs: one slot, one job, whatever the clocks and schedulers do."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest

from fieldstone.jobs.cron import check_cron, last_slot, next_slot
from fieldstone.jobs.errors import ScheduleError
from fieldstone.jobs.schedule import Recurring, Scheduler
from fieldstone.jobs.worker import Worker

DAILY = Recurring(key="daily", kind="test", cron="30 2 * * *", zone="Europe/Berlin", payload={"what": "report"})


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_each_slot_fires_once_with_its_span(bench: Any) -> None:
    scheduler = Scheduler(bench.jobs, lambda: [DAILY])
    bench.clock.now = utc("2026-03-02T12:00")
    assert scheduler.tick() == []  # what was never seen starts with its next slot
    bench.clock.now = utc("2026-03-03T01:29:59")
    assert scheduler.tick() == []
    bench.clock.now = utc("2026-03-03T01:30")
    assert scheduler.tick() == [DAILY]
    assert scheduler.tick() == []
    Worker(bench).run_due()
    assert bench.ran == [
        {"what": "report", "slot": "2026-03-03T01:30:00+00:00", "previous": "2026-03-02T01:30:00+00:00"}
    ]


def test_after_a_pause_the_latest_missed_slot_fires_and_answers_for_the_span(bench: Any) -> None:
    scheduler = Scheduler(bench.jobs, lambda: [DAILY])
    bench.clock.now = utc("2026-03-02T12:00")
    scheduler.tick()
    bench.clock.now = utc("2026-03-09T12:00")
    assert scheduler.tick() == [DAILY]
    Worker(bench).run_due()
    assert [(run["previous"][:10], run["slot"][:10]) for run in bench.ran] == [("2026-03-02", "2026-03-09")]


def test_two_schedulers_fire_a_slot_once(bench: Any) -> None:
    items = [Recurring(key=f"k{number}", kind="test", cron="* * * * *") for number in range(5)]
    schedulers = [Scheduler(bench.jobs, lambda: items) for _ in range(4)]
    for _ in range(3):
        start = threading.Barrier(4)

        def tick(scheduler: Scheduler, start: threading.Barrier = start) -> int:
            start.wait()
            return len(scheduler.tick())

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(tick, schedulers))
        bench.clock.advance(minutes=1)
    assert Worker(bench).run_due() == 10
    assert len({payload["slot"] for payload in bench.ran}) == 2


@pytest.mark.parametrize("spring", [True, False])
def test_a_daily_job_stays_daily_across_clock_changes(bench: Any, spring: bool) -> None:
    """02:30 does not exist on 29 March 2026 and comes twice on 25 October."""
    bench.clock.now = utc("2026-03-27T12:00") if spring else utc("2026-10-23T12:00")
    scheduler = Scheduler(bench.jobs, lambda: [DAILY])
    scheduler.tick()
    for _ in range(4 * 24 * 4):
        bench.clock.advance(minutes=15)
        scheduler.tick()
    Worker(bench).run_due()
    slots = [payload["slot"] for payload in bench.ran]
    assert slots == (
        [
            "2026-03-28T01:30:00+00:00",
            "2026-03-29T01:00:00+00:00",
            "2026-03-30T00:30:00+00:00",
            "2026-03-31T00:30:00+00:00",
        ]
        if spring
        else [
            "2026-10-24T00:30:00+00:00",
            "2026-10-25T00:30:00+00:00",
            "2026-10-26T01:30:00+00:00",
            "2026-10-27T01:30:00+00:00",
        ]
    )


def test_a_clock_set_back_fires_nothing_twice(bench: Any) -> None:
    scheduler = Scheduler(bench.jobs, lambda: [DAILY])
    bench.clock.now = utc("2026-03-02T12:00")
    scheduler.tick()
    bench.clock.now = utc("2026-03-03T02:00")
    assert scheduler.tick() == [DAILY]
    bench.clock.now = utc("2026-03-02T12:00")
    assert scheduler.tick() == []
    bench.clock.now = utc("2026-03-03T02:00")
    assert scheduler.tick() == []


def test_a_bad_schedule_does_not_stop_the_others(bench: Any, caplog: pytest.LogCaptureFixture) -> None:
    broken = Recurring(key="broken", kind="test", cron="nonsense")
    scheduler = Scheduler(bench.jobs, lambda: [broken, DAILY])
    scheduler.tick()
    bench.clock.advance(days=1)
    assert scheduler.tick() == [DAILY]
    assert "nonsense" in caplog.text


@pytest.mark.parametrize("text", ["", "* * * *", "* * * * * *", "61 * * * *", "0 0 30 2 *", "0 0 31 2,4 *", "@daily"])
def test_bad_cron_expressions_are_named(text: str) -> None:
    with pytest.raises(ScheduleError):
        check_cron(text)


def test_an_unknown_zone_is_named() -> None:
    for zone in ("Mars/Base", "../../etc/passwd", ""):
        with pytest.raises(ScheduleError):
            last_slot("* * * * *", zone, utc("2026-03-02T12:00"))


def test_next_slot() -> None:
    assert next_slot("0 8 * * 1-5", "Asia/Shanghai", utc("2026-03-06T12:00")) == utc("2026-03-09T00:00")
