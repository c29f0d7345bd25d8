"""Yes or no."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from fieldstone.expressions.types import BOOLEAN, ValueType
from fieldstone.fields import operators
from fieldstone.fields.base import ColumnSpec, FieldType, FieldValueError, ParseContext, ShowContext
from fieldstone.fields.characters import excerpt
from fieldstone.fields.codes import NOT_YES_OR_NO
from fieldstone.fields.definition import FieldDef, PicklistDef
from fieldstone.kernel.folding import fold

_COLUMNS = (ColumnSpec(kind="boolean"),)
_WORDS = {
    **dict.fromkeys(("yes", "y", "true", "t", "1", "on", "x", "✓", "是", "对", "真"), True),
    **dict.fromkeys(("no", "n", "false", "f", "0", "off", "", "否", "错", "假"), False),
}


class CheckboxType(FieldType):
    """Never empty: blank and NULL are no."""

    name = "checkbox"
    label = "Checkbox"
    help = "Yes or no; what was never set is no."
    control = "checkbox"
    operators = operators.BOOLEAN

    def columns(self, field: FieldDef) -> tuple[ColumnSpec, ...]:
        return _COLUMNS

    def value_type(self, field: FieldDef, picklists: Mapping[str, PicklistDef]) -> ValueType:
        return BOOLEAN

    def parse(self, field: FieldDef, raw: Any, context: ParseContext) -> Any:
        if type(raw) is bool:
            return raw
        if raw is None:
            return False
        if isinstance(raw, str):
            found = _WORDS.get(fold(raw.strip()))
            if found is not None:
                return found
        elif isinstance(raw, int | float | Decimal) and raw in (0, 1):
            return bool(raw)
        raise FieldValueError(NOT_YES_OR_NO, value=excerpt(raw))

    def load(self, field: FieldDef, columns: Mapping[str, Any]) -> Any:
        return bool(columns[""])

    def show(self, field: FieldDef, value: Any, context: ShowContext) -> str:
        if context.language.startswith("zh"):
            return "是" if value else "否"
        return "Yes" if value else "No"

    def export(self, field: FieldDef, value: Any, context: ShowContext) -> str:
        return "yes" if value else "no"

    def to_json(self, field: FieldDef, value: Any) -> Any:
        return bool(value)

    def search_text(self, field: FieldDef, value: Any) -> str:
        return ""

    def api_schema(self, field: FieldDef, picklists: Mapping[str, PicklistDef]) -> dict[str, Any]:
        return {"type": "boolean"}

    def samples(self, field: FieldDef) -> Sequence[Any]:
        return (True, False, "Yes", "否", "0", 1, "")

    def bad_samples(self, field: FieldDef) -> Sequence[Any]:
        return ("maybe", 2, [True], float("nan"))
