"""The past time that somebody asks for."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from fieldstone.kernel.errors import InvalidInputError
from fieldstone.records.as_of import codes


def read_moment(text: str, *, zone: str, now: datetime, field: str = "as_of") -> datetime:
    """A time with its offset (RFC 3339), or a date: the last moment of that day in `zone`, which for today is now.

    Raises InvalidInputError as_of.E001, as_of.E002 (in the future); `field` names the parameter.
    """
    text = text.strip()
    moment = _end_of_day(text, zone, now) if len(text) == 10 else _moment(text)
    if moment is None:
        raise InvalidInputError(codes.BAD_MOMENT, value=text[:80], field=field)
    if moment > now:
        raise InvalidInputError(codes.IN_FUTURE, value=text[:80], field=field)
    return moment


def _moment(text: str) -> datetime | None:
    """A `+` that a URL turned into a blank is taken as one."""
    try:
        found = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
        return found.astimezone(UTC) if found.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def _end_of_day(text: str, zone: str, now: datetime) -> datetime | None:
    try:
        day = date.fromisoformat(text)
        if day == now.astimezone(ZoneInfo(zone)).date():
            return now
        midnight = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone))
        return midnight.astimezone(UTC) - timedelta(microseconds=1)
    except (ValueError, OverflowError):
        return None
