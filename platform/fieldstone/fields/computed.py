"""Fields that are computed from others: formulas and rollups. They behave as the type of their result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, ClassVar

from fieldstone.expressions.types import ValueType
from fieldstone.fields.base import ColumnSpec, FieldType, FieldValueError, ParseContext, ShowContext
from fieldstone.fields.codes import COMPUTED, OUT_OF_BOUNDS
from fieldstone.fields.definition import FieldDef, PicklistDef
from fieldstone.fields.figures import QUANTA
from fieldstone.fields.integer import LARGEST
from fieldstone.fields.number import ExactType
from fieldstone.kernel.registry import Registry

RESULTS = (
    "text", "long_text", "email", "phone", "url", "integer", "decimal", "percent", "money", "checkbox", "date",
    "datetime", "time", "duration",
)  # fmt: skip
"""Types a formula or rollup may give."""


class ComputedType(FieldType):
    """Delegates to the type named by `FieldDef.result`, which the compiler fills in for rollups."""

    control = "static"
    computed = True
    _limits: ClassVar[frozenset[str]] = frozenset({"decimals", "currency", "reveals"})

    def __init__(self, types: Registry[FieldType]) -> None:
        self._types = types

    def result_type(self, field: FieldDef) -> FieldType:
        return self._types[field.result]

    def columns(self, field: FieldDef) -> tuple[ColumnSpec, ...]:
        return self.result_type(field).columns(field)

    def value_type(self, field: FieldDef, picklists: Mapping[str, PicklistDef]) -> ValueType:
        return self.result_type(field).value_type(field, picklists)

    def parse(self, field: FieldDef, raw: Any, context: ParseContext) -> Any:
        raise FieldValueError(COMPUTED)

    def settle(self, field: FieldDef, value: Any) -> Any:
        """What the expression gave, as it is stored: numbers rounded half-up to the result's decimals,
        '' as None, texts cut to what fits a field of their type. Raises FieldValueError for a number
        too large to store."""
        result = self.result_type(field)
        if value is None or value == "":
            return False if result.name == "checkbox" else None
        if isinstance(value, Decimal | int) and not isinstance(value, bool):
            return _settle_number(field, result, value)
        if isinstance(value, str):
            return value[: getattr(result, "max_length", None)]
        return value

    def store(self, field: FieldDef, value: Any) -> dict[str, Any]:
        return self.result_type(field).store(field, value)

    def load(self, field: FieldDef, columns: Mapping[str, Any]) -> Any:
        return self.result_type(field).load(field, columns)

    def show(self, field: FieldDef, value: Any, context: ShowContext) -> str:
        return self._types[field.result].show(field, value, context)

    def export(self, field: FieldDef, value: Any, context: ShowContext) -> str:
        return self.result_type(field).export(field, value, context)

    def to_json(self, field: FieldDef, value: Any) -> Any:
        return self.result_type(field).to_json(field, value)

    def search_text(self, field: FieldDef, value: Any) -> str:
        return self.result_type(field).search_text(field, value)

    def api_schema(self, field: FieldDef, picklists: Mapping[str, PicklistDef]) -> dict[str, Any]:
        return {**self.result_type(field).api_schema(field, picklists), "readOnly": True}

    def samples(self, field: FieldDef) -> Sequence[Any]:
        return ()

    def bad_samples(self, field: FieldDef) -> Sequence[Any]:
        return ("1", 1, None)


class FormulaType(ComputedType):
    name = "formula"
    label = "Formula"
    help = "Computed from other fields by an expression; result says what type it gives."
    attributes = ComputedType._limits | {"result", "expression"}
    required_attributes = frozenset({"result", "expression"})


class RollupType(ComputedType):
    name = "rollup"
    label = "Rollup"
    help = "Count, sum, min, max or avg over the records of a related list."
    attributes = ComputedType._limits | {"relation", "function", "of", "where"}
    required_attributes = frozenset({"relation", "function"})


def _settle_number(field: FieldDef, result: FieldType, value: Decimal | int) -> Decimal | int:
    if isinstance(result, ExactType):
        exact = Decimal(value)
        bound = result.bound(field)
        if -bound < exact < bound:
            rounded = exact.quantize(QUANTA[result.scale(field)], ROUND_HALF_UP)
            if -bound < rounded < bound:
                return rounded
        raise FieldValueError(OUT_OF_BOUNDS, value=f"{exact:.15g}", limit=f"{bound:,f}")
    try:
        whole = int(Decimal(value).to_integral_value(ROUND_HALF_UP))
    except (InvalidOperation, OverflowError, ValueError):
        whole = LARGEST + 1
    if not -LARGEST <= whole <= LARGEST:
        raise FieldValueError(OUT_OF_BOUNDS, value=f"{Decimal(value):.15g}", limit=f"{LARGEST:,}")
    return whole
