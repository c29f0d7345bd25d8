"""The periods of `within`: 'today', 'this month', 'last 30 days' … and their bounds."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from difflib import get_close_matches

Days = tuple[date | None, date | None]

MAX_COUNT = 36_500

UNITS = ("week", "month", "quarter", "year", "fiscal quarter", "fiscal year")
NAMED = ("today", "yesterday", "tomorrow", *(f"{which} {unit}" for unit in UNITS for which in ("this", "last", "next")))

_COUNTED: dict[str, Callable[[date, int], Days]] = {}
_COUNTED_FORM = re.compile(r"(.*?)(\d{1,5})(.*)")


def _counted(form: str) -> Callable[[Callable[[date, int], Days]], Callable[[date, int], Days]]:
    def keep(function: Callable[[date, int], Days]) -> Callable[[date, int], Days]:
        _COUNTED[form] = function
        return function

    return keep


@_counted("last N days")
def _last_days(today: date, count: int) -> Days:
    return _shift(today, -count), _shift(today, 1)


@_counted("next N days")
def _next_days(today: date, count: int) -> Days:
    return today, _shift(today, count + 1)


@_counted("N days ago")
def _days_ago(today: date, count: int) -> Days:
    return _shift(today, -count), _shift(today, 1 - count)


@_counted("N days ahead")
def _days_ahead(today: date, count: int) -> Days:
    return _shift(today, count), _shift(today, count + 1)


@_counted("more than N days ago")
def _more_ago(today: date, count: int) -> Days:
    return None, _shift(today, -count)


@_counted("less than N days ago")
def _less_ago(today: date, count: int) -> Days:
    return _shift(today, 1 - count), _shift(today, 1)


@_counted("more than N days ahead")
def _more_ahead(today: date, count: int) -> Days:
    return _shift(today, count + 1), None


@_counted("less than N days ahead")
def _less_ahead(today: date, count: int) -> Days:
    return today, _shift(today, count)


COUNTED = tuple(_COUNTED)
"""The forms with a number of days, written with N for the number. Last N days and next N days include today."""


def split_count(period: str) -> tuple[str, int] | None:
    """('last N days', 30) for 'last 30 days'; None when there is no such form or the number is too large."""
    match = _COUNTED_FORM.fullmatch(period)
    if match is None:
        return None
    form = f"{match.group(1)}N{match.group(3)}"
    count = int(match.group(2))
    return (form, count) if form in _COUNTED and count <= MAX_COUNT else None


def is_period(period: str) -> bool:
    return period in NAMED or split_count(period) is not None


def nearest_period(period: str) -> str:
    """The period most like what somebody wrote."""
    asked = re.sub(r"\d+", "N", period.lower())
    number = re.search(r"\d{1,5}", period)
    found = next(iter(get_close_matches(asked, (*NAMED, *COUNTED), n=1, cutoff=0.3)), "this month")
    return found.replace("N", number.group() if number else "7")


def bounds(period: str, today: date, week_start: int, fiscal_year_start: int) -> Days:
    """The first day of the period and the first day after it. Raises KeyError for an unknown period."""
    counted = split_count(period)
    if counted is not None:
        return _COUNTED[counted[0]](today, counted[1])
    if period in _NEAR_DAYS:
        return _shift(today, _NEAR_DAYS[period]), _shift(today, _NEAR_DAYS[period] + 1)
    which, _, unit = period.partition(" ")
    steps = _STEPS[which]
    if unit == "week":
        first = _shift(today, -((today.weekday() - week_start) % 7) + 7 * steps)
        return first, _shift(first, 7)
    length = _MONTHS[unit]
    start = fiscal_year_start if unit.startswith("fiscal") else 1
    into = (today.month - start) % length
    month = today.year * 12 + today.month - 1 - into + steps * length
    return _month(month), _month(month + length)


_NEAR_DAYS = {"today": 0, "yesterday": -1, "tomorrow": 1}
_STEPS = {"last": -1, "this": 0, "next": 1}
_MONTHS = {"month": 1, "quarter": 3, "year": 12, "fiscal quarter": 3, "fiscal year": 12}


def _month(number: int) -> date:
    year, month = divmod(number, 12)
    return date(min(max(year, 1), 9999), month + 1, 1)


def _shift(day: date, days: int) -> date:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.max if days > 0 else date.min
