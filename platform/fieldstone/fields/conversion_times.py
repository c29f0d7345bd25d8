"""Days and moments: a day begins at midnight in the site's zone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fieldstone.fields.base import FieldValueError
from fieldstone.fields.codes import NOT_A_DATETIME
from fieldstone.fields.conversion_context import ConversionContext
from fieldstone.fields.conversion_way import End, Way, read_as_is
from fieldstone.fields.date import DateType
from fieldstone.fields.datetime import DatetimeType, rfc3339
from fieldstone.fields.time import TimeType
from fieldstone.fields.zones import zone_of


def find_way(old: End, new: End) -> Way | None:
    """The way between two types of date and time, None where that is not so or nothing would be left."""
    if isinstance(old.type, DateType) and isinstance(new.type, DatetimeType):
        return read_as_is(new, exact=True)
    if isinstance(old.type, DatetimeType) and isinstance(new.type, DateType):
        return Way(convert=lambda value, context: new.read(_local(value, context).date(), context))
    if isinstance(old.type, DatetimeType) and isinstance(new.type, TimeType):
        return Way(convert=lambda value, context: new.read(_local(value, context).time(), context))
    return None


def moment_as_text(value: datetime, context: ConversionContext) -> str:
    """With the offset of the site's zone; in UTC where the offset had seconds, which no text can say."""
    local = _local(value, context)
    offset: Any = local.utcoffset()
    return rfc3339(value) if offset.seconds % 60 else local.isoformat(sep=" ")


def _local(value: datetime, context: ConversionContext) -> datetime:
    try:
        return value.astimezone(zone_of(context.zone))
    except (OverflowError, ValueError):
        raise FieldValueError(NOT_A_DATETIME, value=value.isoformat()) from None
