"""When a record happens: once, or on the days of its rule, by the clock of the zone its times are meant in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from fieldstone.fields.recurrence import find_rule
from fieldstone.fields.repeat_rule import RepeatRule
from fieldstone.fields.zones import zone_of
from fieldstone.metadata.definitions import OccursDef

_MARGIN = timedelta(days=1)
"""No zone is further from another."""


@dataclass(frozen=True, kw_only=True)
class Occurrence:
    """One happening: `day` names it within its series. Moments are in UTC; dates for what has no time of day."""

    day: date
    starts: date | datetime
    ends: date | datetime | None


@dataclass(frozen=True, kw_only=True)
class Series:
    """A record that repeats. `starts` and `ends` are those of the record, which is the first of the series."""

    rule: RepeatRule
    starts: date | datetime
    ends: date | datetime | None
    zone: str

    @property
    def first(self) -> date:
        """The day of the record itself."""
        return self.day_of(self.starts)

    def day_of(self, moment: date | datetime) -> date:
        return self.wall(moment).date() if isinstance(moment, datetime) else moment

    def wall(self, moment: datetime) -> datetime:
        """The moment by the clock of the series, without a zone."""
        return moment.astimezone(zone_of(self.zone)).replace(tzinfo=None)

    def moment(self, wall: datetime) -> datetime:
        """In UTC. A time that the clocks skip is as much later; of one that comes twice the first is meant."""
        return wall.replace(tzinfo=zone_of(self.zone)).astimezone(UTC)

    def on(self, day: date) -> Occurrence:
        """The occurrence of a day: the times of day stay, whatever the clocks do meanwhile."""
        shift = day - self.first
        if not isinstance(self.starts, datetime):
            return Occurrence(day=day, starts=day, ends=None if self.ends is None else self.ends + shift)
        starts = self.moment(self.wall(self.starts) + shift)
        ends = self.moment(self.wall(self.ends) + shift) if isinstance(self.ends, datetime) else None
        return Occurrence(day=day, starts=starts, ends=ends if ends is None else max(starts, ends))

    def has(self, day: date) -> bool:
        return bool(self.rule.between(self.first, day, day))

    def between(self, first: date, last: date, most: int) -> list[Occurrence]:
        """Those that touch the days, at most so many, and perhaps some just before and after."""
        length = timedelta()
        if self.ends is not None:
            length = max(length, self.day_of(self.ends) - self.first)
        low = max(first - length, date.min + 2 * _MARGIN) - _MARGIN
        return [self.on(day) for day in self.rule.between(self.first, low, last + _MARGIN, most)]

    def after(self, moment: datetime) -> Iterator[Occurrence]:
        """From the day before the moment on."""
        day: date | None = max(self.first, self.wall(moment).date() - _MARGIN)
        while day is not None and (day := self.rule.next(self.first, day)) is not None:
            yield self.on(day)
            day = day + _MARGIN if day < date.max else None


def find_series(occurs: OccursDef | None, values: Mapping[str, Any], zone: str) -> Series | None:
    """The series a record is the first of; None for one that does not repeat. `zone` holds where the record's values
    name none (IANA)."""
    if occurs is None or not occurs.repeat:
        return None
    rule, starts = find_rule(values.get(occurs.repeat)), values.get(occurs.start)
    if rule is None or starts is None:
        return None
    ends = values.get(occurs.end) if occurs.end else None
    return Series(rule=rule, starts=starts, ends=ends, zone=zone_for(occurs, values, zone))


def zone_for(occurs: OccursDef | None, values: Mapping[str, Any], zone: str) -> str:
    """The zone in which the times of a record are meant."""
    named = values.get(occurs.zone) if occurs is not None and occurs.zone else None
    return named if named and is_zone(named) else zone


def is_zone(name: str) -> bool:
    """Whether it is the name of a time zone."""
    return name == "UTC" or zone_of(name) is not UTC


def day_begins(day: date, zone: str) -> datetime:
    """Midnight there, in UTC."""
    return datetime.combine(day, time(), zone_of(zone)).astimezone(UTC)
