"""Functions in Python that SQLite calls: exact decimals, Unicode letters, calendars and time zones."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from fieldstone.expressions import arithmetic
from fieldstone.expressions.arithmetic import EXACT, decode, encode
from fieldstone.expressions.context import EvaluationContext
from fieldstone.expressions.function import MAX_TEXT
from fieldstone.expressions.functions import dates, text
from fieldstone.expressions.letters import lower, upper
from fieldstone.expressions.sql.types import moment_text
from fieldstone.kernel.folding import fold, normalise

_FUNCTIONS: list[tuple[str, int, Callable[..., Any]]] = []


def register_sqlite_functions(dbapi_connection: sqlite3.Connection) -> None:
    """Make the functions known to a new connection. They are deterministic; none of them raises."""
    for name, count, function in _FUNCTIONS:
        dbapi_connection.create_function(name, count, function, deterministic=True)


def _register(name: str, count: int, function: Callable[..., Any]) -> None:
    """Keep a function that gives NULL when any of its arguments is NULL."""

    def strict(*values: Any) -> Any:
        return None if None in values else function(*values)

    _FUNCTIONS.append((f"fs_{name}", count, strict))


def _encoded(function: Callable[..., Any]) -> Callable[..., str | None]:
    """A function of numbers as one of their encoded texts."""

    def call(*values: str) -> str | None:
        result = function(*map(decode, values))
        return None if result is None else encode(result)

    return call


def _bounded(function: Callable[..., str | None]) -> Callable[..., str | None]:
    """No text is empty or longer than the language allows."""

    def call(*values: Any) -> str | None:
        result = function(*values)
        return result if result and len(result) <= MAX_TEXT else None

    return call


def _settle(value: str | int, had: int, scale: int, bound: str) -> int | None:
    """A number as a column of `scale` keeps it, None when it is not below `bound`. `had` is the scale of an integer,
    -1 for an encoded number."""
    number = decode(str(value)) if had < 0 else Decimal(value).scaleb(-had, EXACT)
    rounded = arithmetic.round_half_up(number, scale)
    if not -Decimal(bound) < rounded < Decimal(bound):
        return None
    return int(rounded.scaleb(scale, EXACT))


def _moment(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


@lru_cache(maxsize=64)
def _context(zone: str) -> EvaluationContext:
    return EvaluationContext(now=datetime(2000, 1, 1, tzinfo=UTC), zone=zone)


def _shift_day(shift: Callable[[date, int], date | None]) -> Callable[[str, int], str | None]:
    def call(day: str, by: int) -> str | None:
        moved = shift(date.fromisoformat(day), by)
        return None if moved is None else moved.isoformat()

    return call


def _shift_moment(shift: Callable[[date, int], date | None]) -> Callable[[str, int, str], str | None]:
    def call(value: str, by: int, zone: str) -> str | None:
        moved = dates.move(_context(zone), _moment(value), shift, by)
        return None if moved is None else moment_text(moved)

    return call


def _add_hours(value: str, hours: str) -> str | None:
    moved = dates.add_hours(_moment(value), decode(hours))
    return None if moved is None else moment_text(moved)


def _hours_between(start: str, end: str) -> str | None:
    hours = dates.hours_between(_moment(start), _moment(end))
    return None if hours is None else encode(hours)


_register("number", 2, lambda value, scale: encode(arithmetic.EXACT.scaleb(value, -scale)))
for _name, _binary in (
    ("add", arithmetic.add),
    ("subtract", arithmetic.subtract),
    ("multiply", arithmetic.multiply),
    ("divide", arithmetic.divide),
    ("modulo", arithmetic.modulo),
):
    _register(_name, 2, _encoded(_binary))
for _name, _unary in (
    ("negate", arithmetic.negate),
    ("abs", lambda value: value.copy_abs()),
    ("floor", arithmetic.floor),
    ("ceil", arithmetic.ceil),
):
    _register(_name, 1, _encoded(_unary))
_register("round", 2, lambda value, digits: encode(arithmetic.round_half_up(decode(value), digits)))
_register("settle", 4, _settle)
_register("integer", 3, lambda value, low, high: arithmetic.truncate(decode(value), low, high))
_register("show", 1, lambda value: arithmetic.plain(decode(value)))

_register("fold", 1, fold)
_register("normalise", 1, normalise)
_register("lower", 1, _bounded(lower))
_register("upper", 1, _bounded(upper))
_register("left", 2, _bounded(text.left))
_register("right", 2, _bounded(text.right))
_register("substring", 3, _bounded(text.substring))
_FUNCTIONS.append(("fs_replace", 3, _bounded(lambda value, old, new: text.replace(value, old, new))))
_FUNCTIONS.append(("fs_least", -1, lambda *values: min((v for v in values if v is not None), default=None)))
_FUNCTIONS.append(("fs_greatest", -1, lambda *values: max((v for v in values if v is not None), default=None)))

_register("moment", 1, lambda value: moment_text(_moment(value)))
_register("local_date", 2, lambda value, zone: _context(zone).date_of(_moment(value)).isoformat())
_register("days_between", 2, lambda start, end: (date.fromisoformat(end) - date.fromisoformat(start)).days)
_register("hours_between", 2, _hours_between)
_register("add_hours", 2, _add_hours)
_register("shift_day_days", 2, _shift_day(dates.shift_days))
_register("shift_day_months", 2, _shift_day(dates.shift_months))
_register("shift_moment_days", 3, _shift_moment(dates.shift_days))
_register("shift_moment_months", 3, _shift_moment(dates.shift_months))
