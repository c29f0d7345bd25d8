"""A whole number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fieldstone.expressions.types import ValueType
from fieldstone.fields import operators
from fieldstone.fields.base import ColumnSpec, FieldType, FieldValueError, ParseContext, ShowContext
from fieldstone.fields.characters import excerpt
from fieldstone.fields.codes import NOT_A_NUMBER, NOT_WHOLE, OUT_OF_BOUNDS
from fieldstone.fields.definition import FieldDef, PicklistDef
from fieldstone.fields.figures import show_number
from fieldstone.fields.limits import check_range, read_limit
from fieldstone.fields.numerals import read_decimal

LARGEST = 2**53 - 1
"""The largest whole number that every JSON reader keeps exactly."""

_COLUMNS = (ColumnSpec(kind="integer"),)
_WHOLE = ValueType(kind="number", scale=0)


def read_whole(raw: Any) -> int | None:
    """The whole number, None for blank. 12.0 is whole, 12.5 and true are not. Raises FieldValueError."""
    if type(raw) is int:
        value = raw
    elif type(raw) is str and len(raw) < 16 and raw.isascii() and raw.isdigit():
        return int(raw)
    else:
        if type(raw) is bool:
            raise FieldValueError(NOT_A_NUMBER, value=excerpt(raw))
        exact = None if raw is None else read_decimal(raw)
        if exact is None:
            return None
        if not -LARGEST <= exact <= LARGEST:
            raise FieldValueError(OUT_OF_BOUNDS, value=excerpt(raw), limit=f"{LARGEST:,}")
        value = int(exact)
        if value != exact:
            raise FieldValueError(NOT_WHOLE, value=excerpt(raw))
    if not -LARGEST <= value <= LARGEST:
        raise FieldValueError(OUT_OF_BOUNDS, value=excerpt(value), limit=f"{LARGEST:,}")
    return value


class WholeType(FieldType):
    """A type whose value is an int and whose column is a 64-bit integer."""

    control = "number"
    slot = "figure"
    attributes = frozenset({"min", "max"})
    operators = operators.NUMBER

    def columns(self, field: FieldDef) -> tuple[ColumnSpec, ...]:
        return _COLUMNS

    def value_type(self, field: FieldDef, picklists: Mapping[str, PicklistDef]) -> ValueType:
        return _WHOLE

    def parse(self, field: FieldDef, raw: Any, context: ParseContext) -> Any:
        value = read_whole(raw)
        if value is not None and (field.min is not None or field.max is not None):
            check_range(self, field, value)
        return value

    def api_schema(self, field: FieldDef, picklists: Mapping[str, PicklistDef]) -> dict[str, Any]:
        schema: dict[str, Any] = {"type": ["integer", "null"]}
        if field.min is not None:
            schema["minimum"] = read_limit(self, None, field.min)
        if field.max is not None:
            schema["maximum"] = read_limit(self, None, field.max)
        return schema


class IntegerType(WholeType):
    name = "integer"
    label = "Integer"
    help = "A whole number."
    attributes = WholeType.attributes | {"grouping"}

    def show(self, field: FieldDef, value: Any, context: ShowContext) -> str:
        if value is None:
            return ""
        return show_number(value, form=context.number_format) if field.grouping else str(value)

    def samples(self, field: FieldDef) -> Sequence[Any]:
        return ("12,670", "-4", "１２", 9, 12.0, "0")

    def bad_samples(self, field: FieldDef) -> Sequence[Any]:
        return ("12.5", "1e3", 2**60, 10**5000, float("nan"), True, "twelve", "１２x")
