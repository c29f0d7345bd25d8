"""Cron expressions in a time zone, right across clock changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from fieldstone.jobs.errors import ScheduleError

_ANY_TIME = datetime(2024, 1, 1, tzinfo=UTC)


@lru_cache(maxsize=256)
def check_cron(expression: str) -> None:
    """Raises ScheduleError job.E007 unless this is a five-field cron expression that ever comes true."""
    if len(expression.split()) != 5:
        raise ScheduleError("job.E007", expression=expression, reason="it does not have five fields.")
    try:
        next(CronSim(expression, _ANY_TIME))
    except (CronSimError, StopIteration) as error:
        reason = str(error) or "it never comes true."
        raise ScheduleError("job.E007", expression=expression, reason=reason) from error


def get_zone(name: str) -> ZoneInfo:
    """Raises ScheduleError job.E008."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ScheduleError("job.E008", zone=name) from error


def last_slot(expression: str, zone: str, now: datetime) -> datetime:
    """The latest moment at or before `now` (aware) that the expression names, in UTC.

    As in Debian's cron, a daily job stays daily: a local time that a clock change skips fires right after
    it, one that comes twice fires the first time.
    """
    check_cron(expression)
    start = now.astimezone(get_zone(zone)) + timedelta(seconds=1)
    return next(CronSim(expression, start, reverse=True)).astimezone(UTC)


def next_slot(expression: str, zone: str, now: datetime) -> datetime:
    """The first moment after `now` that the expression names, in UTC."""
    check_cron(expression)
    return next(CronSim(expression, now.astimezone(get_zone(zone)))).astimezone(UTC)
