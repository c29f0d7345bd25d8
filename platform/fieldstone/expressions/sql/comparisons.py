"""Single comparisons: a value with a constant, two values, a value with a list."""

from __future__ import annotations

import operator
from collections.abc import Callable
from datetime import date, timedelta
from decimal import ROUND_FLOOR, Decimal
from typing import Any

import sqlalchemy as sa

from fieldstone.expressions.arithmetic import EXACT
from fieldstone.expressions.sql.values import Constant, Element, Value
from fieldstone.expressions.sql.writer import SqlWriter

Condition = sa.ColumnElement[bool]

_OPERATORS: dict[str, Callable[[Any, Any], Condition]] = {
    "==": operator.eq, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
_BETWEEN_TWO = {"<": "<=", "<=": "<=", ">": ">", ">=": ">"}
"""A bound between two values of a column, moved down to the lower one."""
_LARGEST = 2**63 - 1


class Comparisons:
    """Each gives a condition that is TRUE exactly where the comparison is `wanted`."""

    def __init__(self, writer: SqlWriter) -> None:
        self._writer = writer

    def with_constant(self, sign: str, value: Value, constant: Constant, wanted: bool) -> Condition:
        if constant.value is None:
            if sign == "==":
                return value.sql.is_(None) if wanted else value.sql.is_not(None)
            return _always(value, not wanted) if wanted else sa.true()
        if value.type.kind in ("number", "reference"):
            return self._with_number(sign, value, constant.value, wanted)
        side = constant.value if value.is_column else self._writer.element(constant)
        return _leaf(value, _OPERATORS[sign](self._ordered(value, sign), side), wanted)

    def _ordered(self, value: Value, sign: str) -> Element:
        """Text that is computed has PostgreSQL's own order unless told otherwise."""
        is_text = value.type.kind == "text" and not value.is_column and sign != "=="
        return sa.collate(value.sql, "C") if is_text and self._writer.dialect == "postgresql" else value.sql

    def _with_number(self, sign: str, value: Value, number: Decimal, wanted: bool) -> Condition:
        if value.scale is None:
            return _leaf(value, _OPERATORS[sign](value.sql, self._writer.bound(number)), wanted)
        scaled = EXACT.scaleb(Decimal(number), value.scale)
        whole = int(scaled.to_integral_value(ROUND_FLOOR, EXACT))
        if scaled != whole:
            if sign == "==":
                return _always(value, False) if wanted else sa.true()
            sign = _BETWEEN_TWO[sign]
        if abs(whole) > _LARGEST:
            holds = sign != "==" and (whole > 0) is (sign in ("<", "<="))
            return _always(value, holds) if wanted else _never(value, holds)
        return _leaf(value, _OPERATORS[sign](value.sql, _as_stored(whole, value.scale)), wanted)

    def day_of_moment(self, sign: str, moment: Value, day: date | None, wanted: bool) -> Condition:
        """A date-time whose local day is compared: by the moments at which days begin."""
        if day is None:
            return self.with_constant(sign, moment, Constant(value=None, type=moment.type), wanted)
        bounds: list[Condition] = []
        if sign in ("==", ">=", ">"):
            bounds.append(self._from_day(moment, day, 1 if sign == ">" else 0, operator.ge))
        if sign in ("==", "<", "<="):
            bounds.append(self._from_day(moment, day, 0 if sign == "<" else 1, operator.lt))
        return _leaf(moment, sa.and_(*bounds), wanted)

    def _from_day(self, moment: Value, day: date, later: int, compare: Callable[[Any, Any], Condition]) -> Condition:
        try:
            start = self._writer.context.start_of(day + timedelta(days=later))
        except OverflowError:  # the day after the last one
            return sa.false() if compare is operator.ge else moment.sql.is_not(None)
        constant = Constant(value=start, type=moment.type)
        return compare(moment.sql, start if moment.is_column else self._writer.element(constant))

    def of_two(self, sign: str, left: Value, right: Value, wanted: bool) -> Condition:
        first, second = self._writer.alike((left, right))
        if sign == "==":
            return first.is_not_distinct_from(second) if wanted else first.is_distinct_from(second)
        if left.type.kind == "text" and self._writer.dialect == "postgresql":
            first = sa.collate(first, "C")
        held = _OPERATORS[sign](first, second)
        return held if wanted else held.is_not(sa.true())

    def membership(self, item: Value, values: tuple[Any, ...], wanted: bool) -> Condition:
        known = [value for value in values if value is not None]
        listed: list[Any]
        if item.type.kind in ("number", "reference"):
            listed = [bound for value in known if (bound := self._listed_number(item, value)) is not None]
        elif item.is_column:
            listed = known
        else:
            listed = [self._writer.element(Constant(value=value, type=item.type)) for value in known]
        if None in values:
            if wanted:
                return sa.or_(item.sql.in_(listed), item.sql.is_(None)) if listed else item.sql.is_(None)
            return sa.and_(item.sql.not_in(listed), item.sql.is_not(None)) if listed else item.sql.is_not(None)
        if not listed:
            return sa.false() if wanted else sa.true()
        return item.sql.in_(listed) if wanted else sa.or_(item.sql.not_in(listed), item.sql.is_(None))

    def _listed_number(self, item: Value, number: Decimal) -> Any:
        """The number as the column holds it; None when it cannot hold it."""
        if item.scale is None:
            return self._writer.bound(number)
        scaled = EXACT.scaleb(Decimal(number), item.scale)
        whole = int(scaled.to_integral_value(ROUND_FLOOR, EXACT))
        return _as_stored(whole, item.scale) if whole == scaled and abs(whole) <= _LARGEST else None


def _as_stored(whole: int, scale: int) -> Decimal | int:
    return EXACT.scaleb(Decimal(whole), -scale) if scale else whole


def _leaf(value: Value, held: Condition, wanted: bool) -> Condition:
    """A comparison with something that is not empty, or its negation."""
    if wanted:
        return held
    return sa.or_(sa.not_(held), value.sql.is_(None)) if value.is_column else held.is_not(sa.true())


def _always(value: Value, holds: bool) -> Condition:
    """A comparison that is the same for every value that is not empty."""
    return value.sql.is_not(None) if holds else sa.false()


def _never(value: Value, holds: bool) -> Condition:
    return value.sql.is_(None) if holds else sa.true()
