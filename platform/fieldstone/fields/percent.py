"""A percentage: 75 means 75 %."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from fieldstone.fields.base import ParseContext, ShowContext
from fieldstone.fields.definition import FieldDef
from fieldstone.fields.figures import show_number
from fieldstone.fields.number import ExactType

_BOUND = Decimal(10) ** 14


class PercentType(ExactType):
    name = "percent"
    label = "Percent"
    help = "A percentage; 75 means 75 %."
    control = "percent"

    def scale(self, field: FieldDef) -> int:
        return 4

    def bound(self, field: FieldDef) -> Decimal:
        return _BOUND

    def parse(self, field: FieldDef, raw: Any, context: ParseContext) -> Any:
        if type(raw) is str and raw.rstrip().endswith(("%", "％")):
            raw = raw.rstrip()[:-1].rstrip() or "%"
        return super().parse(field, raw, context)

    def show(self, field: FieldDef, value: Any, context: ShowContext) -> str:
        if value is None:
            return ""
        return show_number(value, form=context.number_format) + ("%" if context.language.startswith("zh") else " %")

    def samples(self, field: FieldDef) -> Sequence[Any]:
        return ("75%", "4.5 %", "１２％", 100, "0.0001")

    def bad_samples(self, field: FieldDef) -> Sequence[Any]:
        return ("%", "75%%", "half", "0.00001", float("nan"), False)
