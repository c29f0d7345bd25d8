"""The days that a calendar shows: a month in whole weeks, a week, a day, or the weeks to come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from fieldstone.web import times
from fieldstone.web.times import zone_of

SPANS = ("month", "week", "day", "agenda")
_AGENDA = 28
_LEAST, _MOST = date(1900, 1, 1), date(2200, 1, 1)


@dataclass(frozen=True, kw_only=True)
class Days:
    """From `first` to before `end`, around `on`. `zone` is the person's, whose midnights part the days."""

    span: str
    on: date
    first: date
    end: date
    zone: str
    today: date

    @property
    def all(self) -> list[date]:
        return [self.first + timedelta(days=number) for number in range((self.end - self.first).days)]

    @property
    def weeks(self) -> list[list[date]]:
        days = self.all
        return [days[place : place + 7] for place in range(0, len(days), 7)]

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        """The moments at which they begin and end, in UTC; a midnight that the clocks skip is the moment after it."""
        return midnight(self.first, self.zone), midnight(self.end, self.zone)

    @property
    def previous(self) -> date:
        if self.span == "month":
            return (self.on.replace(day=1) - timedelta(days=1)).replace(day=1)
        return max(_LEAST, self.on - timedelta(days=(self.end - self.first).days))

    @property
    def next(self) -> date:
        if self.span == "month":
            return (self.on.replace(day=1) + timedelta(days=32)).replace(day=1)
        return self.on + timedelta(days=(self.end - self.first).days)

    def title(self, language: str) -> str:
        if self.span == "month":
            return times.month_title(self.on, language)
        if self.span == "day":
            return times.day_heading_with_date(self.on, language)
        return times.days_title(self.first, self.end - timedelta(days=1), language)


def read_days(arguments: Mapping[str, str], *, zone: str, week_start: int) -> Days:
    """What the address asks for; today's month when it says nothing that can be used."""
    today = times.today_in(zone)
    span = arguments.get("span", "")
    span = span if span in SPANS else "month"
    try:
        on = date.fromisoformat(arguments.get("on", ""))
    except ValueError:
        on = today
    on = min(max(on, _LEAST), _MOST)
    if span == "month":
        first = _week(on.replace(day=1), week_start)
        end = (on.replace(day=1) + timedelta(days=32)).replace(day=1)
        end = _week(end + timedelta(days=6), week_start)
    elif span == "week":
        first = _week(on, week_start)
        end = first + timedelta(days=7)
    else:
        first = on
        end = on + timedelta(days=1 if span == "day" else _AGENDA)
    return Days(span=span, on=on, first=first, end=end, zone=zone, today=today)


def midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), zone_of(zone)).astimezone(UTC)


def _week(day: date, week_start: int) -> date:
    """The first day of its week."""
    return day - timedelta(days=(day.weekday() - week_start) % 7)
