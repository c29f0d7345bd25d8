"""What is counted and summed up in groups: `count`, `sum(amount)`, `avg(amount)`, `min(close_date)` ….

Sums are exact on both databases. SQLite adds scaled integers; where the total leaves 64 bits it refuses,
and the same is asked again in two halves.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

import sqlalchemy as sa

from fieldstone.expressions.sql.types import ComputedNumber
from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import InvalidInputError
from fieldstone.records.access.paths import readable_path
from fieldstone.records.columns import Columns
from fieldstone.storage.columns import ExactDecimal

FUNCTIONS = ("count", "sum", "avg", "min", "max")

NO_MEASURE = declare(
    "query.E011", "{measure} is not a measure.", "Write count, or sum, avg, min or max of a field: sum(amount)."
)
NOT_MEASURABLE = declare("query.E012", "{function}() does not go with {field} ({kind}).", "Choose another field.")

_MEASURE = re.compile(r"(count|sum|avg|min|max)(?:\(([a-z0-9_.]+)\))?")
_KINDS = {
    "sum": ("number",), "avg": ("number",), "min": ("number", "date", "datetime", "time"),
    "max": ("number", "date", "datetime", "time"),
}  # fmt: skip
_HALF = 10**9
_EXACT = Context(prec=60, rounding=ROUND_HALF_UP)
_AVERAGE = Decimal(1).scaleb(-10)


@dataclass(frozen=True, slots=True)
class Measure:
    """`columns` are selected one after the other; `read` makes the value of what they give."""

    text: str
    columns: tuple[sa.ColumnElement[Any], ...]
    read: Callable[[Sequence[Any]], Any]


def build_measure(columns: Columns, text: str, *, halves: bool = False) -> Measure:
    """Raises InvalidInputError query.E001, E011, E012, ForbiddenError access.E003.

    `halves`: sums that cannot leave 64 bits."""
    found = _MEASURE.fullmatch(text)
    if found is None or (found[2] is None and found[1] != "count"):
        raise InvalidInputError(NO_MEASURE, measure=text[:80])
    function, name = found[1], found[2]
    if name is None:
        return Measure(text, (sa.func.count(),), _first)
    path = readable_path(columns.published, columns.actor, columns.module, name)
    column = columns.sql_column(path)
    if column is None or path.value_type.kind not in _KINDS.get(function, (path.value_type.kind,)):
        raise InvalidInputError(NOT_MEASURABLE, function=function, field=name, kind=path.value_type.kind)
    value = column.column
    if function in ("sum", "avg") and isinstance(value.type, ComputedNumber):
        raise InvalidInputError(NOT_MEASURABLE, function=function, field=name, kind="computed on reading")
    if function == "count":
        return Measure(text, (sa.func.count(value),), _first)
    if function in ("min", "max"):
        least = getattr(sa.func, function)(value)
        return Measure(text, (sa.type_coerce(least, value.type),), _first)
    total, read = _sum(value, columns.dialect, halves)
    if function == "sum":
        return Measure(text, total, read)
    return Measure(text, (*total, sa.func.count(value)), lambda cells: _average(read(cells[:-1]), cells[-1]))


def _sum(
    value: sa.ColumnElement[Any], dialect: str, halves: bool
) -> tuple[tuple[sa.ColumnElement[Any], ...], Callable[[Sequence[Any]], Any]]:
    if not halves:
        return (sa.type_coerce(sa.func.sum(value), value.type),), _whole if dialect == "postgresql" else _first
    raw = sa.type_coerce(value, sa.BigInteger())
    scale = value.type.scale if isinstance(value.type, ExactDecimal) else None
    high = sa.func.sum(raw.op("/")(sa.literal_column(str(_HALF))), type_=sa.BigInteger())
    low = sa.func.sum(raw.op("%")(sa.literal_column(str(_HALF))), type_=sa.BigInteger())

    def read(cells: Sequence[Any]) -> Any:
        if cells[0] is None:
            return None
        total = cells[0] * _HALF + cells[1]
        return total if scale is None else Decimal(total).scaleb(-scale, _EXACT)

    return (high, low), read


def _first(cells: Sequence[Any]) -> Any:
    return cells[0]


def _whole(cells: Sequence[Any]) -> Any:
    """PostgreSQL gives the sum of integers as a NUMERIC."""
    value = cells[0]
    return int(value) if isinstance(value, Decimal) and value.as_tuple().exponent == 0 else value


def _average(total: Any, count: int) -> Decimal | None:
    if total is None or not count:
        return None
    return _EXACT.divide(Decimal(total), Decimal(count)).quantize(_AVERAGE, ROUND_HALF_UP, _EXACT)
