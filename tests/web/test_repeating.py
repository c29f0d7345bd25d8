"""Events that repeat: seen on their days, changed one by one, from one on, or all; on both databases."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fieldstone.kernel.errors import ValidationError
from fieldstone.records.changes import RecordChange
from fieldstone.records.query_types import Query
from fieldstone.runtime.site import Site
from fieldstone.web import create_app
from web.visitor import Visitor, text_of


@pytest.fixture(params=["sqlite", "postgresql"])
def site(request: pytest.FixtureRequest, tmp_path: Path, new_database: Callable[[str], str]) -> Iterator[Site]:
    url = new_database(request.param)
    made = Site.create(tmp_path / "site", admin="admin", password="a long password", database_url=url)
    yield made
    made.close()


class Calendar:
    """One person before the calendar. `events` gives subject, start in UTC and rule of all events there are."""

    def __init__(self, site: Site, zone: str) -> None:
        self.site = site
        admin = site.accounts.operator().user_id
        assert admin is not None
        site.accounts.update_user(admin, zone=zone)
        self.visitor = Visitor(create_app(site))
        self.visitor.log_in()

    def days(self, month: str, subject: str) -> list[str]:
        page = self.visitor.get(f"/calendar?span=agenda&on={month}-01").text
        return re.findall(rf"/occurrence/([\d-]+)[^>]*hx-target[^>]*>(?:(?!</a>).)*?{subject}", page)

    def move(self, event: int, on: str, scope: str, **place: str) -> str:
        answer = self.visitor.htmx(f"/m/event/{event}/calendar?span=month&on={on}", {"on": on, "scope": scope, **place})
        assert answer.status_code == 200, text_of(answer)[-400:]
        return answer.text

    def undo(self, answer: str) -> None:
        url, ids = (
            re.search(r'hx-post="([^"]*/calendar/undo[^"]*)"', answer),
            re.findall(r'name="id" value="([^"]*)"', answer),
        )
        assert url is not None
        assert self.visitor.htmx(url[1].replace("&amp;", "&"), {"id": ids}).status_code == 200

    def events(self) -> dict[int, tuple[str, str | None]]:
        query = Query(fields=("starts_at", "repeat"), sort=("starts_at",))
        found = self.site.records.query(self.site.accounts.operator(), "event", query).records
        return {each.id: (f"{each.values['starts_at']:%m-%d %H:%M}", each.values["repeat"]) for each in found}


def test_a_series_is_changed_one_by_one_from_one_on_and_whole(site: Site) -> None:
    calendar = Calendar(site, "Europe/Berlin")
    visitor = calendar.visitor
    form = {
        "f.subject": "Stand-up", "f.starts_at": "2026-03-16T09:00", "f.ends_at": "2026-03-16T09:30",
        "f.status": "planned", "f.repeat.freq": "WEEKLY", "f.repeat.days": ["MO", "TH"], "f.repeat.interval": "1",
    }  # fmt: skip
    assert visitor.post("/m/event/new", form).status_code == 303
    ((event, stored),) = calendar.events().items()
    assert stored == ("03-16 08:00", "FREQ=WEEKLY;BYDAY=MO,TH")
    page = text_of(visitor.get(f"/m/event/{event}"))
    assert "Every week on Monday and Thursday" in page
    assert calendar.days("2026-03", "Stand-up") == ["2026-03-16", "2026-03-19", "2026-03-23", "2026-03-26"]

    # The clocks go forward between two of them: nine o'clock stays nine o'clock, for whoever lives elsewhere too.
    week = visitor.get("/calendar?span=week&on=2026-03-30").text
    assert week.count("09:00–09:30") >= 2
    dialog = visitor.get(f"/m/event/{event}/occurrence/2026-03-30", headers={"HX-Request": "true"})
    assert "Monday 30 March 2026, 09:00–09:30" in text_of(dialog)
    assert visitor.get(f"/m/event/{event}/occurrence/2026-03-31").status_code == 404

    # Dragging asks; one alone becomes a record of its own that knows its series.
    asked = visitor.htmx(f"/m/event/{event}/calendar", {"on": "2026-03-19", "day": "2026-03-20", "version": "1"})
    assert asked.headers["HX-Retarget"] == "#dialog"
    assert len(calendar.events()) == 1
    answer = calendar.move(event, "2026-03-19", "one", day="2026-03-20", time="14:00")
    alone = next(id for id in calendar.events() if id != event)
    assert calendar.events()[alone] == ("03-20 13:00", None)
    assert calendar.events()[event][1] == "FREQ=WEEKLY;BYDAY=MO,TH\nEXDATE:20260319"
    record = site.records.get(site.accounts.operator(), "event", alone)
    assert (record.values["series"], record.values["zone"]) == (event, "Europe/Berlin")
    assert f"{record.values['ends_at']:%H:%M}" == "13:30"
    calendar.undo(answer)
    assert calendar.events() == {event: stored}

    # From one on: a series of its own, which takes its days along; what was changed later goes with it.
    calendar.move(event, "2026-04-09", "one", day="2026-04-10")
    answer = calendar.move(event, "2026-03-26", "following", day="2026-03-27", time="10:00")
    assert [each[1] for each in calendar.events().values()] == [
        "FREQ=WEEKLY;BYDAY=MO,TH;UNTIL=20260325", "FREQ=WEEKLY;BYDAY=TU,FR\nEXDATE:20260410", None,
    ]  # fmt: skip
    tail = list(calendar.events())[1]
    later = site.records.query(site.accounts.operator(), "event", Query(where=f"series == {tail}", fields=("id",)))
    assert len(later.records) == 1
    calendar.undo(answer)
    assert [each[1] for each in calendar.events().values()] == ["FREQ=WEEKLY;BYDAY=MO,TH\nEXDATE:20260409", None]

    # The whole, by an occurrence after the clocks have changed.
    answer = calendar.move(event, "2026-04-02", "all", day="2026-04-01", time="08:00")
    assert calendar.events()[event] == ("03-15 07:00", "FREQ=WEEKLY;BYDAY=WE,SU\nEXDATE:20260408")
    calendar.undo(answer)

    # What cannot be: a time that the clocks skip, and several days of the month on another one.
    url = f"/m/event/{event}/calendar?span=month&on=2026-03-01"
    skipped = visitor.htmx(url, {"on": "2026-03-26", "scope": "following", "day": "2026-03-29", "time": "02:30"})
    twice = RecordChange(module="event", id=event, values={"repeat": "FREQ=MONTHLY;BYMONTHDAY=16,20"})
    site.records.save(site.accounts.operator(), [twice])
    both = visitor.htmx(url, {"on": "2026-03-20", "scope": "all", "day": "2026-03-21", "time": ""})
    assert (skipped.status_code, both.status_code) == (422, 422)
    assert "cannot all be moved" in text_of(both)
    back = RecordChange(module="event", id=event, values={"repeat": "FREQ=WEEKLY;BYDAY=MO,TH\nEXDATE:20260409"})
    site.records.save(site.accounts.operator(), [back])

    # Deleting, and the form of what is made single.
    delete = f"/m/event/{event}/occurrence/2026-03-23/delete?span=month&on=2026-03-01"
    answer = visitor.htmx(delete, {"scope": "one"})
    assert "2026-03-23" not in calendar.days("2026-03", "Stand-up")
    calendar.undo(answer.text)
    assert "2026-03-23" in calendar.days("2026-03", "Stand-up")
    answer = visitor.htmx(delete, {"scope": "following"})
    assert calendar.days("2026-03", "Stand-up") == ["2026-03-16", "2026-03-19"]
    assert len(calendar.events()) == 1
    calendar.undo(answer.text)
    assert len(calendar.events()) == 2
    went = visitor.post(f"/m/event/{event}/occurrence/2026-03-23/edit", {"scope": "one"})
    assert re.fullmatch(r"/m/event/\d+/edit", went.headers["Location"])
    visitor.post(f"/m/event/{event}/occurrence/2026-03-16/delete", {"scope": "following"})
    assert calendar.events() == {}

    values = {"subject": "x", "starts_at": "2026-03-16T09:00", "zone": "Mars/Olympus"}
    wrong = RecordChange(module="event", values=values)
    with pytest.raises(ValidationError) as refused:
        site.records.save(site.accounts.operator(), [wrong])
    assert [(each.field, each.code) for each in refused.value.problems] == [("zone", "record.E058")]
    values = {"subject": "x", "starts_at": "2026-03-16T09:00", "repeat": "FREQ=MINUTELY"}
    wrong = RecordChange(module="event", values=values)
    with pytest.raises(ValidationError) as refused:
        site.records.save(site.accounts.operator(), [wrong])
    assert [(each.field, each.code) for each in refused.value.problems] == [("repeat", "field.E172")]


def test_whole_days_are_the_same_days_for_everybody(site: Site) -> None:
    calendar = Calendar(site, "Europe/Berlin")
    values = {
        "subject": "Fair", "starts_at": "2026-10-24T00:00", "ends_at": "2026-10-26T00:00", "all_day": True,
        "repeat": "FREQ=YEARLY",
    }  # fmt: skip
    site.records.save(site.accounts.operator(), [RecordChange(module="event", values=values)])
    for zone in ("America/Los_Angeles", "Asia/Shanghai", "Europe/Berlin"):
        calendar = Calendar(site, zone)
        for year in (2026, 2027):
            page = calendar.visitor.get(f"/calendar?span=month&on={year}-10-01").text
            assert re.findall(r'data-first="([\d-]+)" data-last="([\d-]+)"', page)[0] == (
                f"{year}-10-24",
                f"{year}-10-25",
            )
    # Somebody far away is told the same days, and types such days.
    calendar = Calendar(site, "America/Los_Angeles")
    ((event, _),) = calendar.events().items()
    assert 'value="2026-10-24T00:00"' in calendar.visitor.get(f"/m/event/{event}/edit").text
    for path in (f"/m/event/{event}", "/m/event?columns=subject,starts_at"):
        page = calendar.visitor.get(path).text
        assert "24 Oct 2026 00:00 CEST" in page, path
        assert "23 Oct" not in page, path
    for day, stored in (("25", "10-24 22:00"), ("24", "10-23 22:00")):
        changed = {"f.starts_at": f"2026-10-{day}T00:00"}
        assert calendar.visitor.post(f"/m/event/{event}/edit", changed).status_code == 303
        assert calendar.events()[event][0] == stored
    # Moved by somebody far away they are still whole days of where they were meant.
    calendar.move(event, "2027-10-24", "all", day="2027-10-25", time="all")
    assert calendar.events()[event][0] == "10-24 22:00"
    assert calendar.days("2027-10", "Fair") == ["2027-10-25"] * 2
    # Weeks begin as is usual where dates are written so, or as the account says.
    assert _first_day(calendar) == "Mon"
    account = {"language": "en", "zone": "UTC", "date_format": "month_first", "number_format": "", "theme": ""}
    for chosen, day in (("", "Sun"), ("5", "Sat"), ("7", "Sun")):
        assert calendar.visitor.post("/account", {**account, "week_start": chosen}).status_code == 303
        assert _first_day(calendar) == day


def _first_day(calendar: Calendar) -> str:
    found = re.search(r'<div class="fs-weekdays"[^>]*><span>(\w+)', calendar.visitor.get("/calendar").text)
    assert found is not None
    return found[1]


def test_a_task_that_repeats_goes_on_when_it_is_done(site: Site) -> None:
    calendar, operator = Calendar(site, "UTC"), site.accounts.operator()

    def tasks() -> list[tuple[str, str, str | None]]:
        query = Query(fields=("due_date", "status", "repeat", "priority"), sort=("due_date",))
        found = [each.values for each in site.records.query(operator, "task", query).records]
        assert {each["priority"] for each in found} == {"high"}
        return [(f"{each['due_date']:%m-%d}", each["status"], each["repeat"]) for each in found]

    def save(task: int | None = None, /, **values: object) -> int:
        return site.records.save(operator, [RecordChange(module="task", id=task, values=values)]).records[0].id

    rule = "FREQ=WEEKLY;COUNT=3\nEXDATE:20310312"
    task = save(subject="Report", due_date="2031-03-05", repeat=rule, priority="high", status="in_progress")
    page = calendar.visitor.get("/calendar?span=month&on=2031-03-01").text
    assert re.findall(rf'id="e-task-{task}-(\d+)"', page) == ["20310305", "20310319"]
    # One is put on another day by itself, the rest goes on from the next when the first is done.
    answer = calendar.visitor.htmx(
        f"/m/task/{task}/calendar?span=month&on=2031-03-01", {"on": "2031-03-19", "scope": "one", "day": "2031-03-20"}
    )
    assert "Report was moved" in text_of(answer)
    calendar.undo(answer.text)
    save(task, status="completed")
    assert tasks() == [("03-05", "completed", None), ("03-19", "not_started", "FREQ=WEEKLY;COUNT=1")]
    last = site.records.query(operator, "task", Query(where="status == 'not_started'", fields=("id",))).records[0].id
    save(last, status="completed")
    assert [each[1:] for each in tasks()] == [("completed", None)] * 2
    wrong = RecordChange(module="task", values={"subject": "Undated", "repeat": "FREQ=DAILY"})
    with pytest.raises(ValidationError):
        site.records.save(operator, [wrong])
