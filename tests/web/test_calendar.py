"""Records on their days: in the person's time zone, with clocks that change, on both databases."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldstone.records.changes import RecordChange
from fieldstone.runtime.site import Site
from fieldstone.web import create_app
from fieldstone.web.calendar_days import read_days
from fieldstone.web.calendar_entries import Entry
from fieldstone.web.calendar_grid import COLUMNS, bars, slots
from web.visitor import Visitor, text_of

DAY = date(2026, 3, 2)
WEEK = [DAY + timedelta(days=number) for number in range(7)]


@pytest.fixture(params=["sqlite", "postgresql"])
def site(request: pytest.FixtureRequest, tmp_path: Path, new_database: Callable[[str], str]) -> Iterator[Site]:
    url = new_database(request.param)
    made = Site.create(tmp_path / "site", admin="admin", password="a long password", database_url=url)
    yield made
    made.close()


def _event(site: Site, subject: str, start: str, end: str | None, **more: object) -> int:
    values = {"subject": subject, "starts_at": start, "ends_at": end, **more}
    return site.records.save(site.accounts.operator(), [RecordChange(module="event", values=values)]).records[0].id


def _times(site: Site, event: int) -> tuple[str, str]:
    found = site.records.get(site.accounts.operator(), "event", event, fields=("starts_at", "ends_at")).values
    return f"{found['starts_at']:%d %H:%M}", f"{found['ends_at']:%d %H:%M}" if found["ends_at"] else ""


def test_days_are_those_of_the_persons_clock(site: Site) -> None:
    admin = site.accounts.operator()
    assert admin.user_id is not None
    site.accounts.update_user(admin.user_id, zone="Europe/Berlin")
    visitor = Visitor(create_app(site))
    visitor.log_in()
    late = _event(site, "Late", "2026-03-27T23:30:00Z", "2026-03-28T00:30:00Z")  # 00:30 there, a day later
    talk = _event(site, "Talk", "2026-03-28T09:00:00Z", "2026-03-28T10:30:00Z")
    fair = _event(site, "Fair", "2026-03-27T23:00:00Z", "2026-03-29T22:00:00Z", all_day=True)
    _event(site, "Long ago", "2026-01-05T09:00:00Z", "2026-01-05T10:00:00Z")
    site.records.save(admin, [RecordChange(module="task", values={"subject": "Call", "due_date": "2026-03-28"})])

    page = visitor.get("/calendar?span=week&on=2026-03-28").text
    assert "Long ago" not in page
    column = re.search(
        r'data-column[^>]*?data-day="2026-03-28".*?</div>|data-day="2026-03-28"[^>]*data-column.*?</div>',
        page,
        re.DOTALL,
    )
    assert column is not None
    assert "00:30–01:30" in column[0]
    assert "10:00–11:30" in column[0]
    assert re.search(
        rf'<a class="[^"]*is-whole[^"]* x6 n2 r1"[^>]*id="e-event-{fair}"', page
    )  # two days: it ends at midnight
    assert "Call" in text_of(visitor.get("/calendar?span=day&on=2026-03-28"))
    hidden = text_of(visitor.get("/calendar?span=day&on=2026-03-28&without=task"))
    assert "Talk" in hidden
    assert "Call" not in hidden
    assert "Talk" in text_of(
        visitor.get("/m/event?as=calendar&view=all&span=agenda&on=2026-03-01&where=contains(subject, 'talk')")
    )
    assert "Talk" not in text_of(
        visitor.get("/m/event?as=calendar&view=all&on=2026-03-01&where=contains(subject, 'fair')")
    )

    # The night in which the clocks go forward: the wall clock and the length stay, a time that is skipped is refused.
    move = f"/m/event/{talk}/calendar?span=week&on=2026-03-28"
    answer = visitor.htmx(move, {"day": "2026-03-29", "version": 1})
    assert "Talk was moved" in answer.text
    assert _times(site, talk) == ("29 08:00", "29 09:30")
    skipped = visitor.htmx(move, {"day": "2026-03-29", "time": "02:30", "version": 2})
    assert (skipped.status_code, "Talk" in skipped.text) == (422, True)
    assert _times(site, talk) == ("29 08:00", "29 09:30")
    visitor.htmx(move, {"day": "2026-03-29", "time": "01:30", "version": 2})
    assert _times(site, talk) == ("29 00:30", "29 02:00")
    assert "01:30–04:00" in visitor.get("/calendar?span=day&on=2026-03-29").text
    # And the one in which they go back: half past two comes twice, and the first is meant.
    visitor.htmx(move, {"day": "2026-10-25", "time": "02:30", "version": 3})
    assert _times(site, talk) == ("25 00:30", "25 02:00")
    assert "Talk" in text_of(visitor.get("/calendar?span=day&on=2026-10-25"))
    visitor.htmx(move, {"day": "2026-10-25", "time": "05:00", "edge": "end", "version": 4})
    assert _times(site, talk) == ("25 00:30", "25 04:00")

    # Whole days move by days, and become times when they are put at one; somebody else was quicker.
    visitor.htmx(f"/m/event/{fair}/calendar", {"day": "2026-03-29", "version": 1})
    assert _times(site, fair) == ("28 23:00", "30 22:00")
    visitor.htmx(f"/m/event/{fair}/calendar", {"day": "2026-04-02", "edge": "end", "version": 2})
    assert _times(site, fair) == ("28 23:00", "02 22:00")
    stale = visitor.htmx(f"/m/event/{fair}/calendar", {"day": "2026-03-30", "time": "10:00", "version": 1})
    assert stale.status_code == 409
    visitor.htmx(f"/m/event/{late}/calendar", {"day": "2026-03-28", "time": "all", "version": 1})
    assert _times(site, late) == ("27 23:00", "")
    assert visitor.htmx(f"/m/event/{late}/calendar", {"day": "soon", "version": 2}).status_code == 400


def test_weeks_begin_where_the_site_says_and_months_are_whole_weeks() -> None:
    for start in range(7):
        days = read_days({"on": "2026-02-10"}, zone="UTC", week_start=start)
        assert days.first.weekday() == start
        assert (days.end - days.first).days % 7 == 0
        assert days.first <= date(2026, 2, 1) <= date(2026, 2, 28) < days.end
        assert days.end - days.first <= timedelta(days=42)
    gone = read_days({"span": "day", "on": "2026-03-29"}, zone="Europe/Berlin", week_start=0)
    assert gone.bounds[1] - gone.bounds[0] == timedelta(hours=23)
    assert read_days({"span": "year", "on": "x"}, zone="UTC", week_start=0).span == "month"


def _entry(number: int, hours: tuple[int, int]) -> Entry:
    start = datetime(2026, 3, 2) + timedelta(minutes=hours[0] * 5)
    end = start + timedelta(minutes=hours[1] * 5)
    last = max(start, end - timedelta(seconds=1)).date()
    more = {"icon": "", "hue": "blue", "meaning": "", "start": start, "end": end}
    return Entry(module="event", id=number, version=1, title="x", first=start.date(), last=last, **more)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(-600, 2000), st.integers(0, 900)), max_size=14))
def test_nothing_stands_on_top_of_another(times: list[tuple[int, int]]) -> None:
    entries = [_entry(number, each) for number, each in enumerate(times)]
    found, hidden = bars(WEEK, entries, 3)
    taken = [(bar.row, column) for bar in found for column in range(bar.column, bar.column + bar.span)]
    assert len(taken) == len(set(taken))
    shown = [sum(entry.first <= day <= entry.last for entry in entries) for day in WEEK]
    drawn = [sum(column == place + 1 for _row, column in taken) for place in range(7)]
    assert [one + other for one, other in zip(drawn, hidden, strict=True)] == shown
    beside = slots(DAY, entries)
    assert len(beside) == shown[0]
    assert all(0 <= slot.top < slot.bottom <= 96 and slot.column + slot.width - 1 <= COLUMNS for slot in beside)
    if len(beside) <= 6:
        cells = [
            (quarter, column)
            for slot in beside
            for quarter in range(slot.top, slot.bottom)
            for column in range(slot.column, slot.column + slot.width)
        ]
        assert len(cells) == len(set(cells))


def test_moments_are_utc() -> None:
    assert read_days({"span": "day", "on": "2026-07-01"}, zone="Asia/Shanghai", week_start=0).bounds[0] == datetime(
        2026, 6, 30, 16, tzinfo=UTC
    )
