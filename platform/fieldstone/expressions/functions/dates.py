"""Functions of days and moments. The day of a moment is that of the context's zone."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from fieldstone.expressions.arithmetic import Number, divide, round_half_up, truncate
from fieldstone.expressions.context import EvaluationContext
from fieldstone.expressions.function import Function, Parameter
from fieldstone.expressions.literals import parse_date
from fieldstone.expressions.nodes import Node
from fieldstone.expressions.types import BOOLEAN, DATE, NUMBER, ValueType
from fieldstone.expressions.working_days import MOST_WORKING_DAYS

DAY = ("date", "datetime")
MOST_DAYS, MOST_MONTHS = 4_000_000, 130_000
"""More would leave the calendar (years 1 to 9999) from anywhere in it."""
MOST_SECONDS = MOST_DAYS * 86_400


def to_date(context: EvaluationContext, value: date | datetime | str) -> date | None:
    if isinstance(value, datetime):
        return context.date_of(value)
    return parse_date(value) if isinstance(value, str) else value


def _keep_date(site: Any) -> Node | None:
    """date('2026-03-14') is the day itself, and the date of a day the same day."""
    (value,) = site.arguments
    literal: Node | None = site.as_date(value)
    return literal if literal is not None else (value if value.type.kind == "date" else None)


def _part(read: Callable[[date], int]) -> Callable[[EvaluationContext, date], int]:
    def part(context: EvaluationContext, value: date) -> int:
        return read(context.date_of(value) if isinstance(value, datetime) else value)

    return part


PARTS: dict[str, tuple[Callable[[date], int], str]] = {
    "year": (lambda day: day.year, "The year of a date."),
    "quarter": (lambda day: (day.month + 2) // 3, "The quarter of a date, 1 to 4."),
    "month": (lambda day: day.month, "The month of a date, 1 to 12."),
    "day": (lambda day: day.day, "The day of the month, 1 to 31."),
    "weekday": (lambda day: day.isoweekday(), "The day of the week: 1 is Monday, 7 is Sunday."),
}


def shift_months(day: date, months: int) -> date | None:
    """The same day of another month, or that month's last day; None outside the calendar."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        return None
    return day.replace(year=year, month=month + 1, day=min(day.day, monthrange(year, month + 1)[1]))


def shift_days(day: date, days: int) -> date | None:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return None


def wall_to_utc(wall: datetime, context: EvaluationContext) -> datetime | None:
    """The moment of a wall clock time: the later one where clocks are set, as PostgreSQL takes it."""
    try:
        return max(wall.replace(tzinfo=context.zone_info, fold=fold).astimezone(UTC) for fold in (0, 1))
    except OverflowError:
        return None


def move(context: EvaluationContext, value: date, shift: Callable[[date, int], date | None], by: int) -> Any:
    """A day moves on the calendar; a moment keeps its time of day on the zone's wall clock."""
    if not isinstance(value, datetime):
        return shift(value, by)
    try:
        wall = value.astimezone(context.zone_info).replace(tzinfo=None)
    except OverflowError:
        return None
    moved = shift(wall, by)
    return wall_to_utc(moved, context) if isinstance(moved, datetime) else None


def add_days(context: EvaluationContext, value: date, days: Number) -> Any:
    return move(context, value, shift_days, truncate(days, -MOST_DAYS, MOST_DAYS))


def add_months(context: EvaluationContext, value: date, months: Number) -> Any:
    return move(context, value, shift_months, truncate(months, -MOST_MONTHS, MOST_MONTHS))


def add_years(context: EvaluationContext, value: date, years: Number) -> Any:
    return move(context, value, shift_months, 12 * truncate(years, -MOST_MONTHS // 12, MOST_MONTHS // 12))


def add_working_days(context: EvaluationContext, value: date, days: Number) -> Any:
    return move(context, value, context.working.shift, truncate(days, -MOST_WORKING_DAYS, MOST_WORKING_DAYS))


def is_working_day(context: EvaluationContext, value: date) -> bool:
    return context.working.is_working(context.date_of(value) if isinstance(value, datetime) else value)


def add_hours(value: datetime, hours: Number) -> datetime | None:
    seconds = round_half_up(min(max(Decimal(hours) * 3600, Decimal(-MOST_SECONDS)), Decimal(MOST_SECONDS)))
    try:
        return value + timedelta(seconds=int(seconds))
    except OverflowError:
        return None


def days_between(context: EvaluationContext, start: date, end: date) -> int:
    first, last = to_date(context, start), to_date(context, end)
    assert first is not None
    assert last is not None
    return (last - first).days


def hours_between(start: datetime, end: datetime) -> Decimal | None:
    microseconds = (end - start) // timedelta(microseconds=1)
    return divide(microseconds, 3_600_000_000)


def _same(types: Sequence[ValueType]) -> ValueType:
    return types[0]


_MOMENT = ("datetime",)
_RANGE = (Parameter(name="start", kinds=DAY), Parameter(name="end", kinds=DAY))


def _mover(name: str, unit: str, python: Callable[..., Any], example: str) -> Function:
    return Function(
        name=name,
        group="dates",
        parameters=(Parameter(name="date", kinds=DAY), Parameter(name=unit, kinds=("number",))),
        result=_same,
        python=python,
        needs_context=True,
        sql=lambda writer, value, count: writer.move(name, value, count),
        help=f"The date a number of {unit} later (negative: earlier). A date-time keeps its time of day.",
        example=example,
    )


def _reader(name: str, read: Callable[[date], int], text: str) -> Function:
    return Function(
        name=name,
        group="dates",
        parameters=(Parameter(name="date", kinds=DAY),),
        result=NUMBER,
        python=_part(read),
        needs_context=True,
        sql=lambda writer, value: writer.part(name, value),
        help=text,
        example=f"{name}(close_date)",
    )


FUNCTIONS = (
    Function(
        name="date",
        group="dates",
        parameters=(Parameter(name="value", kinds=("date", "datetime", "text")),),
        result=DATE,
        python=to_date,
        needs_context=True,
        rewrite=_keep_date,
        sql=lambda writer, value: writer.day(value),
        help="The day of a date-time in the zone, or the day written in a text (2026-03-14).",
        example="date('2026-03-14')",
    ),
    *(_reader(name, read, text) for name, (read, text) in PARTS.items()),
    _mover("add_days", "days", add_days, "add_days(close_date, 14)"),
    _mover("add_months", "months", add_months, "add_months(close_date, 1)"),
    _mover("add_years", "years", add_years, "add_years(start_date, 1)"),
    Function(
        name="add_working_days",
        group="dates",
        parameters=(Parameter(name="date", kinds=DAY), Parameter(name="days", kinds=("number",))),
        result=_same,
        python=add_working_days,
        needs_context=True,
        uses_time=True,
        help=(
            "The date a number of working days later (negative: earlier), by the business hours and holidays of the "
            "company. A date-time keeps its time of day. Not in formulas; in filters where it reads no "
            "field: add_working_days(today(), 5)."
        ),
        example="add_working_days(close_date, 3)",
    ),
    Function(
        name="is_working_day",
        group="dates",
        parameters=(Parameter(name="date", kinds=DAY),),
        result=BOOLEAN,
        python=is_working_day,
        needs_context=True,
        uses_time=True,
        sql=lambda writer, value: writer.is_working_day(value),
        help="True on the weekdays that have business hours, but for the holidays of the company.",
        example="is_working_day(close_date)",
    ),
    Function(
        name="add_hours",
        group="dates",
        parameters=(Parameter(name="moment", kinds=_MOMENT), Parameter(name="hours", kinds=("number",))),
        result=_same,
        python=add_hours,
        sql=lambda writer, value, hours: writer.add_hours(value, hours),
        help="The moment a number of hours later, to the second.",
        example="add_hours(created_at, 4)",
    ),
    Function(
        name="days_between",
        group="dates",
        parameters=_RANGE,
        result=NUMBER,
        python=days_between,
        needs_context=True,
        sql=lambda writer, start, end: writer.days_between(start, end),
        help="How many days the second date is after the first; negative when it is before.",
        example="days_between(created_at, close_date)",
    ),
    Function(
        name="hours_between",
        group="dates",
        parameters=(Parameter(name="start", kinds=_MOMENT), Parameter(name="end", kinds=_MOMENT)),
        result=NUMBER,
        python=hours_between,
        sql=lambda writer, start, end: writer.hours_between(start, end),
        help="How many hours the second moment is after the first, with decimals.",
        example="hours_between(created_at, now())",
    ),
)
