"""Workflows at their time: every record once for every moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from fieldstone.jobs.leases import Leases
from fieldstone.jobs.worker import Worker
from fieldstone.workflows.date_rule import DateRule
from fieldstone.workflows.tables import fs_fired, fs_run

Open = Callable[..., Any]
BERLIN = ZoneInfo("Europe/Berlin")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_cron_runs_for_every_record_that_matches(open_sales: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fieldstone.workflows.schedule.BATCH", 3)
    sales = open_sales("""
  resting:
    on: schedule
    schedule: {cron: "0 8 * * 1"}
    if: stage == 'open' and days_between(modified_at, now()) > 30
    do:
      - notify: {to: [owner], message: "{{ record.name }} rests"}
      - set_fields: {stage: "'proposal'"}
""")
    scheduler = sales.scheduler()
    scheduler.tick()
    for number in range(8):
        sales.create(name=f"D{number}", owner=2 if number < 4 else 3)
    sales.create(name="Won", stage="won")
    sales.clock.now = utc("2026-04-13T05:59")
    sales.create(name="Young")
    assert [item.kind for item in scheduler.tick()] == ["workflow.cron", "workflow.tidy"]
    sales.post.worker.run_due()
    sales.clock.now = utc("2026-04-13T06:00")  # 8:00 in Berlin, summer time
    assert [item.kind for item in scheduler.tick()] == ["workflow.cron"]
    sales.post.worker.run_due()
    assert sales.messages(2) == [f"D{number} rests" for number in range(4)]
    assert len(sales.messages(3)) == 4
    assert [row["stage"] for row in sales.rows("opportunity")] == ["proposal"] * 8 + ["won", "open"]
    assert {(run.trigger, run.actor) for run in sales.runs()} == {("schedule", None)}


def test_a_job_that_is_repeated_runs_no_record_twice(open_sales: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker dies after it has done all its work and before it could say so."""
    sales = open_sales(
        '  daily: {on: schedule, schedule: {cron: "0 8 * * *"}, do: [notify: {to: [owner], message: x}]}'
    )
    scheduler = sales.scheduler()
    scheduler.tick()
    sales.create(owner=2)
    sales.clock.advance(days=1)
    scheduler.tick()
    with monkeypatch.context() as patch:
        patch.setattr(Leases, "finish", lambda *_, **__: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            sales.post.worker.run_once()
    sales.clock.advance(minutes=6)
    assert Worker(sales.post).run_due() >= 1
    assert sales.messages(2) == ["x"]


def test_days_before_a_date(open_sales: Open) -> None:
    sales = open_sales("""
  remind:
    on: schedule
    schedule: {field: close_date, days_before: 3}
    if: stage != 'won'
    do: [notify: {to: [owner], message: "{{ record.name }}"}]
""")
    scheduler = sales.scheduler()

    told: list[str] = []

    def pass_time(**span: float) -> list[str]:
        sales.clock.advance(**span)
        scheduler.tick()
        sales.post.worker.run_due()
        new = sales.messages(2)[len(told) :]
        told.extend(new)
        return new

    pass_time()
    for name, day in (("past", "03-04"), ("today", "03-05"), ("tomorrow", "03-06"), ("later", "03-20")):
        sales.create(name=name, owner=2, close_date=f"2026-{day}")
    sales.create(name="won", owner=2, close_date="2026-03-05", stage="won")
    sales.create(name="never", owner=2)
    assert pass_time(minutes=5) == ["today"]
    assert pass_time(minutes=5) == []
    moved = sales.create(name="moved here", owner=2, close_date="2026-03-05")
    assert pass_time(minutes=5) == ["moved here"]
    sales.update(moved, close_date="2026-03-30")
    assert pass_time(hours=13, minutes=50) == ["tomorrow"]  # 23:05 UTC is the next day in Berlin
    assert pass_time(days=20) == ["later"]  # nothing is missed after a pause
    assert pass_time(days=4, hours=23) == ["moved here"]


def test_hours_before_a_time(open_sales: Open) -> None:
    sales = open_sales("""
  soon:
    on: schedule
    schedule: {field: meeting, hours_before: 2}
    do: [notify: {to: [owner], message: "{{ record.name }}"}]
""")
    scheduler = sales.scheduler()
    scheduler.tick()
    sales.create(name="A", owner=2, meeting="2026-03-02T12:00:00Z")
    for _ in range(24):
        sales.clock.advance(minutes=5)
        before = len(sales.messages(2))
        scheduler.tick()
        sales.post.worker.run_due()
        if len(sales.messages(2)) > before:
            assert sales.clock() == utc("2026-03-02T10:00")
    assert sales.messages(2) == ["A"]


def test_a_workflow_that_fails_is_tried_again_and_does_not_keep_others_from_running(open_sales: Open) -> None:
    sales = open_sales("""
  bad: {on: schedule, schedule: {field: close_date, days_after: 0}, do: [set_fields: {amount: "0 - 5"}]}
  good: {on: schedule, schedule: {field: close_date, days_after: 0}, do: [notify: {to: [owner], message: x}]}
""")
    scheduler = sales.scheduler()
    scheduler.tick()
    deal = sales.create(owner=2, close_date="2026-03-02")
    sales.clock.advance(minutes=5)
    scheduler.tick()
    sales.post.try_until_closed()
    assert sales.messages(2) == ["x"]
    assert sales.row(deal)["amount"] is None
    (job,) = sales.post.jobs.list(kind="workflow.dates")
    assert (job.state, "never negative" in job.error) == ("failed", True)


def test_without_scheduled_workflows_nothing_looks_at_dates(open_sales: Open) -> None:
    assert [item.key for item in open_sales().engine.recurring()] == ["workflow.tidy"]


def test_old_traces_are_deleted(open_sales: Open) -> None:
    sales = open_sales("  say: {on: created, do: [notify: {to: [owner], message: x}]}")
    sales.create()
    scheduler = sales.scheduler()
    scheduler.tick()
    sales.clock.advance(days=91)
    kept = sales.create()
    scheduler.tick()
    sales.post.worker.run_due()
    with sales.database.read() as conn:
        assert conn.execute(sa.select(fs_run.c.record_id)).scalars().all() == [kept]
        assert conn.execute(sa.select(sa.func.count()).select_from(fs_fired)).scalar_one() == 0


def rule(**attributes: Any) -> DateRule:
    return DateRule(**{"field": "f", "is_date": True, "days": 0, "hours": 0, "zone": BERLIN, **attributes})


def test_days_are_days_of_the_calendar_across_clock_changes() -> None:
    """Three days before noon on the Monday after the change is noon on the Friday, not eleven."""
    assert rule(is_date=False, days=-3).due(utc("2026-03-30T10:00")) == utc("2026-03-27T11:00")
    assert rule(days=-1).due(date(2026, 3, 30)) == utc("2026-03-28T23:00")


@given(
    st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    st.integers(-10, 10),
    st.lists(st.integers(1, 4000), min_size=1, max_size=30),
)
def test_every_day_is_found_by_at_least_one_span_and_by_the_filter(day: date, days: int, pauses: list[int]) -> None:
    found = rule(days=days)
    moment = found.due(day)
    since = moment - timedelta(minutes=pauses[0])
    slots = set()
    for pause in pauses:
        until = since + timedelta(minutes=pause)
        slot = found.find_slot(day, since, until)
        if slot is not None:
            slots.add(slot)
            low, high = (part.split("'")[1] for part in found.where(since, until).split(" and "))
            assert low <= day.isoformat() <= high
        since = until
    assert slots == {moment}
