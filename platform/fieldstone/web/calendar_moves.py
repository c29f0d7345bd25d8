"""What is saved when an entry of a calendar is put elsewhere, or made to end at another time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from fieldstone.records.query_types import Record
from fieldstone.web.calendar_days import midnight
from fieldstone.web.calendar_fields import DayFields
from fieldstone.web.times import local, zone_of

_SHORTEST = timedelta(minutes=15)
_SHOWN = timedelta(hours=1)
_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where it was put: `clock` None keeps the time of day, `whole` makes it take whole days."""

    day: date
    clock: time | None = None
    whole: bool = False


def read_place(sent: Mapping[str, str]) -> Place | None:
    """From `day` (2026-03-14) and `time` (09:30, "all", or ""); None when they are neither."""
    text = sent.get("time", "")
    try:
        clock = time.fromisoformat(text) if text not in ("", "all") else None
        return Place(day=date.fromisoformat(sent.get("day", "")), clock=clock, whole=text == "all")
    except ValueError:
        return None


class Moves:
    """Values to save for a record. Times without a zone are those of the person's wall clock, which the save reads in
    their zone (and refuses where the clocks skip them). Whole days are moments, of the zone where they are meant."""

    def __init__(self, record: Record, fields: DayFields, zone: str, *, day_zone: str = "") -> None:
        """`day_zone`: where the days of a record that takes whole ones begin."""
        self._fields = fields
        self._zone = zone
        self._day_zone = day_zone or zone
        self._begins = record.values[fields.start.name]
        self._ends = record.values.get(fields.end.name) if fields.end else None
        self._all_day = bool(fields.all_day and record.values.get(fields.all_day.name))

    def to(self, place: Place) -> dict[str, Any]:
        """It begins there, and lasts as long as before."""
        fields = self._fields
        if not fields.timed:
            shift = place.day - self._begins
            ends = {fields.end.name: self._ends + shift} if fields.end and self._ends is not None else {}
            return {fields.start.name: place.day, **ends}
        old = self._wall(self._begins)
        if place.whole and fields.all_day and not self._all_day:
            ends = {fields.end.name: None} if fields.end else {}
            return {fields.start.name: midnight(place.day, self._day_zone), **ends, fields.all_day.name: True}
        if self._all_day and place.clock is None:
            return self._days_to(place.day)
        start = datetime.combine(place.day, place.clock or old.time())
        values: dict[str, Any] = {fields.start.name: start}
        if self._all_day and place.clock is not None and fields.all_day:
            values[fields.all_day.name] = False
            if fields.end:
                values[fields.end.name] = start + _SHOWN
        elif fields.end and self._ends is not None:
            values[fields.end.name] = self._utc(start) + (self._ends - self._begins)
        return values

    def _days_to(self, day: date) -> dict[str, Any]:
        """As many whole days, from another one on."""
        fields, zone = self._fields, self._day_zone
        shift = day - local(self._begins, zone).date()
        moved = {fields.start.name: self._begins}
        if fields.end and self._ends is not None:
            moved[fields.end.name] = self._ends
        return {
            name: (local(moment, zone).replace(tzinfo=None) + shift).replace(tzinfo=zone_of(zone)).astimezone(UTC)
            for name, moment in moved.items()
        }

    def until(self, place: Place) -> dict[str, Any]:
        """It ends there instead: on that day, or at that time of it; never before it begins."""
        fields = self._fields
        if not fields.timed:
            return {fields.end.name: max(place.day, self._begins)} if fields.end else {}
        if self._all_day:
            first = local(self._begins, self._day_zone).date()
            moment = midnight(max(place.day, first) + _DAY, self._day_zone)
            if fields.end:
                return {fields.end.name: moment}
            return {fields.duration.name: int((moment - self._begins).total_seconds())} if fields.duration else {}
        start = self._wall(self._begins)
        before = self._wall(self._ends) if self._ends is not None else start + _SHOWN
        end = max(datetime.combine(place.day, place.clock or before.time()), start + _SHORTEST)
        if fields.end:
            return {fields.end.name: end}
        if fields.duration:
            return {fields.duration.name: int((self._utc(end) - self._begins).total_seconds())}
        return {}

    def _wall(self, moment: datetime) -> datetime:
        return local(moment, self._zone).replace(tzinfo=None)

    def _utc(self, wall: datetime) -> datetime:
        return wall.replace(tzinfo=zone_of(self._zone)).astimezone(UTC)
