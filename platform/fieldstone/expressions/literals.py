"""Reads days, moments and times as they are written in expressions (ISO 8601)."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time

EXAMPLES = {"date": "'2026-03-14'", "datetime": "'2026-03-14T09:00:00Z'", "time": "'14:05'"}

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_CLOCK = r"\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?"
_MOMENT = re.compile(rf"\d{{4}}-\d{{2}}-\d{{2}}[T ]{_CLOCK}(Z|[+-]\d{{2}}:\d{{2}})?")
_TIME = re.compile(_CLOCK)
_FRACTION = re.compile(r"\.(\d{1,6})")


def parse_date(text: str) -> date | None:
    """The day of YYYY-MM-DD; None when it is anything else."""
    try:
        return date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        return None


def parse_moment(text: str) -> datetime | None:
    """A moment in UTC when an offset (or Z) is written, a wall clock time (naive) when none is; None when neither."""
    match = _MOMENT.fullmatch(text)
    try:
        moment = datetime.fromisoformat(_six_digits(text)) if match else None
        return moment.astimezone(UTC) if moment and moment.tzinfo else moment
    except (ValueError, OverflowError):
        return None


def parse_time(text: str) -> time | None:
    try:
        return time.fromisoformat(_six_digits(text)) if _TIME.fullmatch(text) else None
    except ValueError:
        return None


def _six_digits(text: str) -> str:
    return _FRACTION.sub(lambda match: "." + match.group(1).ljust(6, "0"), text)
