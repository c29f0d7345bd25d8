"""A span of time as the options of an action say it: {days: 2}."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from fieldstone.workflows.date_rule import DateRule

UNITS = {"minutes": 527_040, "hours": 87_840, "days": 3_660, "weeks": 522}
"""Unit → how many there may be."""

SPAN_SCHEMA = {
    "type": "object",
    "minProperties": 1,
    "maxProperties": 1,
    "additionalProperties": False,
    "properties": {unit: {"type": "integer", "minimum": 0, "maximum": most} for unit, most in UNITS.items()},
}


def count_from(start: date | datetime, span: Mapping[str, Any], zone: str, *, sign: int = 1) -> datetime:
    """The moment a span after `start` (before it with `sign` -1). Days and weeks are those of the calendar in `zone`,
    where a date begins too."""
    unit, count = next(iter(span.items()))
    count = int(count) * sign
    days = count * 7 if unit == "weeks" else count if unit == "days" else 0
    seconds = count * 60 if unit == "minutes" else count * 3600 if unit == "hours" else 0
    rule = DateRule(field="", is_date=not isinstance(start, datetime), days=days, hours=0, zone=ZoneInfo(zone))
    return rule.due(start) + timedelta(seconds=seconds)
