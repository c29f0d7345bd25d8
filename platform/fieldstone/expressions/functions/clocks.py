"""Functions that look at the clock: today, now and within. Whatever uses them is not stored."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from fieldstone.expressions import codes
from fieldstone.expressions.context import EvaluationContext
from fieldstone.expressions.function import Function, Parameter
from fieldstone.expressions.periods import is_period, nearest_period
from fieldstone.expressions.types import BOOLEAN, DATE, DATETIME


def today(context: EvaluationContext) -> date:
    return context.today


def now(context: EvaluationContext) -> datetime:
    return context.moment


def within(context: EvaluationContext, value: date, period: str) -> bool:
    if isinstance(value, datetime):
        start, stop = context.moments(period)
        return (start is None or value >= start) and (stop is None or value < stop)
    first, end = context.days(period)
    return (first is None or value >= first) and (end is None or value < end)


def _check_period(site: Any) -> None:
    period = site.arguments[1].value
    if period is None or not is_period(period):
        site.refuse(codes.UNKNOWN_PERIOD, period=(period or "")[:60], nearest=nearest_period((period or "")[:60]))


FUNCTIONS = (
    Function(
        name="today",
        group="dates",
        parameters=(),
        result=DATE,
        python=today,
        needs_context=True,
        uses_time=True,
        help="The current day.",
        example="close_date < today()",
    ),
    Function(
        name="now",
        group="dates",
        parameters=(),
        result=DATETIME,
        python=now,
        needs_context=True,
        uses_time=True,
        help="The current moment.",
        example="created_at < add_hours(now(), -24)",
    ),
    Function(
        name="within",
        group="dates",
        parameters=(
            Parameter(name="date", kinds=("date", "datetime")),
            Parameter(name="period", kinds=("text",), written=True),
        ),
        result=BOOLEAN,
        python=within,
        needs_context=True,
        uses_time=True,
        rewrite=_check_period,
        sql=lambda writer, value, period: writer.within(value, period),
        help=(
            "True when the date lies in a period seen from today: today, yesterday, tomorrow; this, last or next "
            "week, month, quarter, year, fiscal quarter or fiscal year; last 30 days and next 30 days (today "
            "included); 3 days ago, 3 days ahead; more than or less than 3 days ago or ahead."
        ),
        example="within(close_date, 'this month')",
    ),
)
