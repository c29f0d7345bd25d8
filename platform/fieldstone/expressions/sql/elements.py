"""What all writers share: constants in statements, values in one common form."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from fieldstone.expressions import codes
from fieldstone.expressions.context import EvaluationContext
from fieldstone.expressions.errors import ExpressionError
from fieldstone.expressions.errors import refuse as refusal
from fieldstone.expressions.sql.keys import present_key
from fieldstone.expressions.sql.types import ComputedMoment, ComputedNumber
from fieldstone.expressions.sql.values import Constant, Element, Operand, Value
from fieldstone.expressions.types import ValueType

_TYPES: dict[str, sa.types.TypeEngine[Any]] = {
    "number": ComputedNumber(),
    "reference": sa.BigInteger(),
    "boolean": sa.Boolean(),
    "date": sa.Date(),
    "datetime": ComputedMoment(),
    "time": sa.Time(),
}
_TEXT = sa.Text()
_NUMBER = _TYPES["number"]
_LARGEST = 2**63 - 1


class ElementWriter:
    """`dialect` is sqlite or postgresql; `context` gives the time zone."""

    def __init__(self, context: EvaluationContext, dialect: str) -> None:
        self.context = context
        self.dialect = dialect
        self.sqlite = dialect == "sqlite"

    def refuse(self, what: str) -> ExpressionError:
        """The error for something that has no SQL, to be raised."""
        return refusal(codes.NOT_IN_FILTER, what=what)

    def bound(self, number: Decimal | int) -> Element:
        """A number in a statement."""
        return sa.literal(Decimal(number), _NUMBER)

    def element(self, value: Operand) -> Element:
        """The value in the form in which computed values of its kind travel."""
        if isinstance(value, Constant):
            return self._literal(value)
        if value.keys is not None:
            return present_key(value.sql)
        if value.type.kind == "number":
            return self.number(value)
        return self.moment(value) if value.type.kind == "datetime" else value.sql

    def _literal(self, constant: Constant) -> Element:
        kind, value = constant.type.kind, constant.value
        if kind == "reference" and value is not None:
            value = int(value) if abs(value) <= _LARGEST else None
        return _typed(value, _TYPES.get(kind, _TEXT))

    def number(self, value: Operand) -> Element:
        """An exact decimal to compute with."""
        if isinstance(value, Constant):
            return _typed(None if value.value is None else Decimal(value.value), _NUMBER)
        if value.scale is None:
            return value.sql
        if self.sqlite:
            raw = sa.type_coerce(value.sql, sa.BigInteger())
            return sa.func.fs_number(raw, value.scale, type_=_NUMBER)
        return sa.type_coerce(sa.cast(value.sql, sa.Numeric()), _NUMBER)

    def moment(self, value: Operand) -> Element:
        """A moment to compute with."""
        if isinstance(value, Constant):
            return _typed(value.value, _TYPES["datetime"])
        if isinstance(value.sql.type, ComputedMoment):
            return value.sql
        if self.sqlite:
            return sa.func.fs_moment(sa.type_coerce(value.sql, sa.Text()), type_=_TYPES["datetime"])
        return sa.type_coerce(value.sql, _TYPES["datetime"])

    def alike(self, values: Sequence[Operand]) -> list[Element]:
        """The values in one form, so that the database may compare them: as they are where it can."""
        columns = [value for value in values if isinstance(value, Value) and value.is_column]
        if len(columns) == len(values):
            same_scale = len({value.scale for value in columns}) == 1
            kinds = {value.type.kind for value in columns}
            if any(value.keys is not None for value in columns):
                return [self.element(value) for value in columns]
            if kinds <= {"text", "choice"} or (len(kinds) == 1 and (same_scale or not self.sqlite)):
                return [value.sql for value in columns]
            if all(value.scale is not None for value in columns):
                most = max(value.scale or 0 for value in columns)
                return [_scaled(value, most) for value in columns]
        if any(value.type.kind == "number" for value in values):
            return [self.number(value) for value in values]
        return [self.element(value) for value in values]

    def computed(self, sql: Element, type: ValueType) -> Value:
        """The value of an element made of `element`s."""
        return Value(sql=sql, type=type, scale=0 if type.kind == "reference" else None)

    def coalesce(self, values: Sequence[Operand]) -> Value:
        kind = next(value.type for value in values if value.type.kind != "empty")
        return self.computed(sa.func.coalesce(*map(self.element, values)), kind)


def _typed(value: Any, type: sa.types.TypeEngine[Any]) -> Element:
    """A bound value; an empty one says its type, which PostgreSQL cannot guess."""
    return sa.cast(sa.null(), type) if value is None else sa.literal(value, type)


def _scaled(value: Value, scale: int) -> Element:
    """SQLite's integer of a column at a larger scale. What does not fit becomes a real beyond every
    integer, so that comparing stays exact."""
    raw = sa.type_coerce(value.sql, sa.BigInteger())
    return raw * sa.literal(10 ** (scale - (value.scale or 0)), sa.BigInteger())
