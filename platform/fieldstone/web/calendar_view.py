"""What a calendar shows, for its templates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from fieldstone.web import times
from fieldstone.web.calendar_days import Days
from fieldstone.web.calendar_entries import Entry, EntryReader
from fieldstone.web.calendar_grid import QUARTERS, Bar, Slot, bars, slots
from fieldstone.web.calendar_hours import closed_quarters
from fieldstone.web.i18n import gettext as _
from fieldstone.web.i18n import ngettext
from fieldstone.web.rights import rights_on
from fieldstone.web.show import Shower

_ROWS = {"month": 3, "week": 8, "day": 12}

_LEGEND = 6

Link = Callable[..., str]
"""The address of the same calendar with `span`, `on` or `hue` changed."""


@dataclass(frozen=True, kw_only=True)
class Day:
    """`more`: in words, how many entries have no room; `out`: of another month than the one shown;
    `holiday` its name; `off`: nobody works; `closed` quarters in which nobody does."""

    iso: str
    number: str
    name: str
    label: str
    url: str
    new_url: str
    today: bool
    out: bool
    more: str = ""
    slots: Sequence[Slot] = ()
    holiday: str = ""
    off: bool = False
    closed: Sequence[tuple[int, int]] = ()


@dataclass(frozen=True, kw_only=True)
class Week:
    days: Sequence[Day]
    bars: Sequence[Bar]


@dataclass(frozen=True, kw_only=True)
class Creation:
    """What a press on an empty place makes: the module, and its fields of the time."""

    module: str
    label: str
    start: str
    end: str
    all_day: str
    timed: bool

    def url(self, form: str, day: date, next_url: str) -> str:
        text = f"{day.isoformat()}T09:00" if self.timed else day.isoformat()
        more = {self.end: f"{day.isoformat()}T10:00"} if self.timed and self.end else {}
        return f"/m/{self.module}/{form}?{urlencode({self.start: text, **more, 'next': next_url})}"


class CalendarView:
    """`link` gives addresses of the calendar; `move_url` has -module- and 0 in place of the record that is moved."""

    def __init__(
        self, readers: Sequence[EntryReader], days: Days, shower: Shower, *, link: Link, move_url: str
    ) -> None:
        self._readers = readers
        self._days = days
        self._shower = shower
        self._link = link
        self._move_url = move_url
        self._creation = _creation(readers)

    def context(self) -> dict[str, Any]:
        """Raises as `Records.query`."""
        days, entries, more = self._days, [], False
        for reader in self._readers:
            found, too_many = reader.read(days)
            entries += found
            more = more or too_many
        timed = [entry for entry in entries if not entry.whole]
        whole = [entry for entry in entries if entry.whole]
        hours = days.span in ("week", "day")
        return {
            "days": days,
            "title": days.title(self._shower.language),
            "spans": [(name, label, self._link(span=name), name == days.span) for name, label in _spans()],
            "previous_url": self._link(on=days.previous.isoformat()),
            "next_url": self._link(on=days.next.isoformat()),
            "today_url": self._link(on=""),
            "weeks": [self._week(week, whole if hours else entries) for week in days.weeks]
            if days.span != "agenda"
            else [],
            "columns": [self._column(day, timed) for day in days.all] if hours else [],
            "agenda": self._agenda(entries),
            "legend": _legend(entries),
            "now": self._now(),
            "move_url": self._move_url,
            "here_url": self._link(),
            "creation": self._creation,
            "too_many": more,
        }

    def _week(self, week: Sequence[date], entries: Sequence[Entry]) -> Week:
        found, hidden = bars(week, entries, _ROWS[self._days.span])
        return Week(days=[self._day(day, left) for day, left in zip(week, hidden, strict=True)], bars=found)

    def _column(self, day: date, entries: Sequence[Entry]) -> Day:
        closed = closed_quarters(self._shower.model.app, day, self._days.zone)
        return replace(self._day(day, 0, slots(day, entries)), closed=closed)

    def _day(self, day: date, hidden: int, found: Sequence[Slot] = ()) -> Day:
        language = self._shower.language
        first = day.day == 1 and self._days.span == "month"
        number = times.short_date(day, day, language) if first else str(day.day)
        new = self._creation.url("new", day, self._link()) if self._creation else ""
        working = self._shower.model.app.working
        holiday = working.holiday(day)
        label = times.day_heading_with_date(day, language)
        return Day(
            iso=day.isoformat(),
            number=number,
            name=times.weekday(day, language),
            label=f"{label}, {holiday}" if holiday else label,
            holiday=holiday,
            off=not working.is_working(day),
            url=self._link(span="day", on=day.isoformat()),
            new_url=new,
            today=day == self._days.today,
            out=self._days.span == "month" and day.month != self._days.on.month,
            more=ngettext("+%(num)s more", "+%(num)s more", hidden) if hidden else "",
            slots=found,
        )

    def _agenda(self, entries: Sequence[Entry]) -> list[tuple[str, str, bool, list[Entry]]]:
        """Heading, holiday, whether it is today, and the entries, of the days that have any or are holidays. In a
        month, of that month."""
        days, language = self._days, self._shower.language
        found = []
        for day in days.all:
            if days.span == "month" and day.month != days.on.month:
                continue
            here = [entry for entry in entries if entry.first <= day <= entry.last]
            here.sort(key=lambda entry: (not entry.whole, entry.clock, entry.title))
            holiday = self._shower.model.app.working.holiday(day)
            if here or holiday:
                heading = times.day_heading(day, days.today, language)
                tomorrow = day - days.today == timedelta(days=1)
                found.append((_("Tomorrow") if tomorrow else heading, holiday, day == days.today, here))
        return found

    def _now(self) -> int:
        """The quarter it is now."""
        clock = times.now_in(self._days.zone)
        return min(QUARTERS - 1, clock.hour * 4 + clock.minute // 15)


def _legend(entries: Sequence[Entry]) -> list[tuple[str, str]]:
    """Hue and meaning of what is shown, the most frequent first."""
    found = Counter((entry.hue, entry.meaning) for entry in entries if entry.meaning)
    return [pair for pair, _times in found.most_common(_LEGEND)]


def _creation(readers: Sequence[EntryReader]) -> Creation | None:
    """The first module with times of day that the person may create, else the first at all."""
    may = [reader for reader in readers if rights_on(reader.module.name).create and reader.fields.start.writable]
    chosen = next((reader for reader in may if reader.fields.timed), next(iter(may), None))
    if chosen is None:
        return None
    fields = chosen.fields
    return Creation(
        module=chosen.module.name,
        label=_("New %(module)s", module=chosen.module.noun),
        start=fields.start.name,
        end=fields.end.name if fields.end else "",
        all_day=fields.all_day.name if fields.all_day else "",
        timed=fields.timed,
    )


def _spans() -> list[tuple[str, str]]:
    return [("month", _("Month")), ("week", _("Week")), ("day", _("Day")), ("agenda", _("Agenda"))]
