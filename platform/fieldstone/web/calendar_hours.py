"""When nobody works, as a person's day shows it: the site's business hours in the person's zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from fieldstone.metadata.app_definitions import AppDef
from fieldstone.web.calendar_grid import QUARTERS
from fieldstone.web.times import zone_of

_DAY = timedelta(days=1)
_LEAST = 2
"""Quarters: the grid has no shorter place."""


def closed_quarters(app: AppDef, day: date, zone: str) -> list[tuple[int, int]]:
    """Of a day in a person's zone: from quarter, to before quarter, in order, where nobody works."""
    found, done = [], 0
    for near in (day - _DAY, day, day + _DAY):  # where it is day at the site while it is night here
        hours = app.opening[near.weekday()]
        if hours is None or app.working.holiday(near):
            continue
        start, end = (_quarter(near, minutes, app.zone, day, zone) for minutes in hours)
        if start < end:
            found.append((done, start))
            done = end
    found.append((done, QUARTERS))
    return [(start, end) for start, end in found if end - start >= _LEAST]


def _quarter(there: date, minutes: int, site_zone: str, day: date, zone: str) -> int:
    """Where a wall clock time of the site stands on a day of a zone, from 0 to its end."""
    wall = datetime.combine(there, time()) + timedelta(minutes=minutes)
    moment = wall.replace(tzinfo=zone_of(site_zone)).astimezone(UTC)
    local = moment.astimezone(zone_of(zone)).replace(tzinfo=None)
    return max(0, min(QUARTERS, int((local - datetime.combine(day, time())).total_seconds() // 900)))
