"""Time zones, and local times that may not exist."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fieldstone.fields.base import FieldValueError
from fieldstone.fields.codes import NOT_A_DATETIME, SKIPPED_TIME


@lru_cache(maxsize=512)
def zone_of(name: str) -> tzinfo:
    """The zone of an IANA name; UTC for one that is unknown here (settings are checked where they are made)."""
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def to_utc(moment: datetime, zone: str) -> datetime:
    """The moment in UTC; one without an offset is read in `zone`.

    A local time that the clocks skip is refused; of one that comes twice, the first is taken.
    """
    try:
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
        place = zone_of(zone)
        if place is UTC:
            return moment.replace(tzinfo=UTC)
        result = moment.replace(tzinfo=place).astimezone(UTC)
        if result.astimezone(place).replace(tzinfo=None) != moment:
            raise FieldValueError(SKIPPED_TIME, value=moment.isoformat(sep=" "), zone=zone)
    except OverflowError:
        raise FieldValueError(NOT_A_DATETIME, value=moment.isoformat()) from None
    return result
