"""Arithmetic: NUMERIC on PostgreSQL, functions over encoded decimals on SQLite."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa

from fieldstone.expressions.sql.elements import ElementWriter
from fieldstone.expressions.sql.types import ComputedNumber
from fieldstone.expressions.sql.values import Constant, Element, Operand, Value
from fieldstone.expressions.types import NUMBER

_NAMES = {"+": "fs_add", "-": "fs_subtract", "*": "fs_multiply", "/": "fs_divide", "%": "fs_modulo"}
_SAFE_SCALE = 60
"""PostgreSQL rounds a quotient to the scale of its operands; with sixty decimals the second rounding,
to ten, always falls on the right side of a half."""


class NumberWriter(ElementWriter):
    def arithmetic(self, operator: str, left: Operand, right: Operand) -> Value:
        first, second = self.number(left), self.number(right)
        if self.sqlite:
            return _number(getattr(sa.func, _NAMES[operator])(first, second))
        return _number(_POSTGRESQL[operator](first, second))

    def number_call(self, name: str, value: Operand) -> Value:
        """negate, abs, floor or ceil."""
        number = self.number(value)
        if self.sqlite:
            return _number(getattr(sa.func, f"fs_{name}")(number))
        return _number(-number if name == "negate" else getattr(sa.func, name)(number))

    def round(self, value: Operand, digits: Operand | None) -> Value:
        count = int(digits.value) if isinstance(digits, Constant) else 0
        function = sa.func.fs_round if self.sqlite else sa.func.round
        return _number(function(self.number(value), sa.literal(count, sa.Integer())))

    def extreme(self, name: str, values: Sequence[Operand]) -> Value:
        """The least or greatest value; empty ones do not count."""
        function = getattr(sa.func, f"fs_{name}" if self.sqlite else name)
        kind = next(value.type for value in values if value.type.kind != "empty")
        elements = [self.element(value) for value in values]
        return self.computed(function(*elements, type_=elements[0].type), kind)

    def in_base(self, amount: Operand, currency: Operand) -> Value:
        """By the rates of the context, written out."""
        code = self.element(currency)
        worth = [(code == sa.literal(each, sa.Text()), self.bound(rate)) for each, rate in self.context.rates.items()]
        rate = sa.case(*worth, else_=sa.cast(None, ComputedNumber())) if worth else sa.cast(None, ComputedNumber())
        return self.arithmetic("*", amount, _number(rate))

    def whole(self, sql: Element) -> Value:
        """A number that the database computes as an integer."""
        return Value(sql=sa.type_coerce(sql, sa.BigInteger()), type=NUMBER, scale=0)

    def integer(self, value: Operand, low: int, high: int) -> Element:
        """The whole part of a number, kept between two bounds."""
        number = self.number(value)
        if self.sqlite:
            return sa.func.fs_integer(number, low, high, type_=sa.Integer())
        return sa.cast(
            sa.func.trunc(sa.func.greatest(sa.func.least(number, high), low) + _or_null(number)), sa.Integer()
        )


def _or_null(number: Element) -> Element:
    """Zero, or NULL for NULL: least and greatest pass over NULL."""
    return number * 0


def _number(sql: Element) -> Value:
    return Value(sql=sa.type_coerce(sql, ComputedNumber()), type=NUMBER)


def _divide(left: Element, right: Element) -> Element:
    precise = sa.func.round(left, sa.literal(_SAFE_SCALE, sa.Integer()))
    quotient = precise.op("/")(sa.func.nullif(right, sa.literal(0, sa.Integer())))
    return sa.func.round(quotient, sa.literal(10, sa.Integer()))


def _modulo(left: Element, right: Element) -> Element:
    """The remainder with the divisor's sign."""
    divisor = sa.func.nullif(right, sa.literal(0, sa.Integer()))
    return sa.func.mod(sa.func.mod(left, divisor).op("+")(right), divisor)


_POSTGRESQL: dict[str, Callable[[Any, Any], Element]] = {
    "+": lambda left, right: left.op("+")(right),
    "-": lambda left, right: left.op("-")(right),
    "*": lambda left, right: left.op("*")(right),
    "/": _divide,
    "%": _modulo,
}
