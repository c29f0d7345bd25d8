"""When a reminder is due."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from fieldstone.fields.zones import zone_of

_DAY = 86_400
MORNING = time(9)


def begins_at(value: date | datetime, at: time, zone: str) -> datetime:
    """The moment a value stands for: a date means `at` of that day in the zone."""
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    return datetime.combine(value, at, ZoneInfo(zone)).astimezone(UTC)


def due_before(value: date | datetime, seconds: int, at: time, zone: str) -> datetime:
    """`seconds` before the value, in UTC. Whole days are days of the calendar: one day before nine is nine, also where
    the clocks were changed in between; a time that the clocks leap over is as much later."""
    days, rest = divmod(seconds, _DAY)
    local = begins_at(value, at, zone).astimezone(zone_of(zone)).replace(tzinfo=None) - timedelta(days=days)
    return local.replace(tzinfo=zone_of(zone)).astimezone(UTC) - timedelta(seconds=rest)


def tomorrow_morning(now: datetime, zone: str) -> datetime:
    """Nine o'clock of the next day in the zone, in UTC."""
    day = now.astimezone(zone_of(zone)).date() + timedelta(days=1)
    return datetime.combine(day, MORNING, zone_of(zone)).astimezone(UTC)


def next_monday(now: datetime, zone: str) -> datetime:
    """Nine o'clock of the next Monday in the zone, in UTC."""
    day = now.astimezone(zone_of(zone)).date()
    return datetime.combine(day + timedelta(days=7 - day.weekday()), MORNING, zone_of(zone)).astimezone(UTC)
