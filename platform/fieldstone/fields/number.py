"""What every type whose value is a number shares: reading, range and exactness."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from fieldstone.expressions.types import ValueType
from fieldstone.fields import operators
from fieldstone.fields.base import ColumnSpec, FieldType, FieldValueError, ParseContext, ShowContext
from fieldstone.fields.codes import OUT_OF_BOUNDS, TOO_MANY_DECIMALS
from fieldstone.fields.definition import FieldDef, PicklistDef
from fieldstone.fields.figures import QUANTA
from fieldstone.fields.limits import check_range
from fieldstone.fields.numerals import plain, read_decimal


class ExactType(FieldType):
    """A number with a fixed count of decimals, held exactly. A value with more decimals is refused,
    never rounded."""

    control = "number"
    slot = "figure"
    attributes = frozenset({"min", "max"})
    operators = operators.NUMBER

    @abstractmethod
    def scale(self, field: FieldDef) -> int:
        """Decimals that are stored."""

    def precision(self, field: FieldDef) -> int:
        """Decimals that may be written."""
        return self.scale(field)

    def bound(self, field: FieldDef) -> Decimal:
        """Values stay below this in size. Scaled to an integer they must fit 64 bits."""
        return BOUNDS[self.scale(field)]

    def columns(self, field: FieldDef) -> tuple[ColumnSpec, ...]:
        return _DECIMAL_COLUMNS[self.scale(field)]

    def value_type(self, field: FieldDef, picklists: Mapping[str, PicklistDef]) -> ValueType:
        return _NUMBER_TYPES[self.scale(field)]

    def parse(self, field: FieldDef, raw: Any, context: ParseContext) -> Any:
        if raw is None:
            return None
        value = read_decimal(raw)
        return None if value is None else self.check(field, value)

    def check(self, field: FieldDef, value: Decimal) -> Decimal:
        """The value itself. Raises FieldValueError when it is too large, too fine or out of range."""
        bound = self.bound(field)
        if not -bound < value < bound:
            raise FieldValueError(OUT_OF_BOUNDS, value=f"{value:.15g}", limit=f"{bound:,f}")
        digits = self.precision(field)
        if value != value.quantize(QUANTA[digits]):
            raise FieldValueError(TOO_MANY_DECIMALS, value=plain(value), limit=digits)
        if field.min is not None or field.max is not None:
            check_range(self, field, value)
        return value

    def export(self, field: FieldDef, value: Any, context: ShowContext) -> str:
        return "" if value is None else plain(value)

    def to_json(self, field: FieldDef, value: Any) -> Any:
        return None if value is None else plain(value)

    def search_text(self, field: FieldDef, value: Any) -> str:
        return "" if value is None else plain(value)

    def api_schema(self, field: FieldDef, picklists: Mapping[str, PicklistDef]) -> dict[str, Any]:
        digits = self.scale(field)
        fraction = rf"(\.[0-9]{{1,{digits}}})?" if digits else ""
        return {"type": ["string", "null"], "pattern": rf"^-?[0-9]{{1,18}}{fraction}$"}


BOUNDS = tuple(Decimal(10) ** (18 - digits) for digits in range(11))
_DECIMAL_COLUMNS = tuple((ColumnSpec(kind="decimal", scale=digits),) for digits in range(11))
_NUMBER_TYPES = tuple(ValueType(kind="number", scale=digits) for digits in range(11))
