"""A decimal number with a declared count of decimals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fieldstone.fields.base import ShowContext
from fieldstone.fields.definition import FieldDef
from fieldstone.fields.figures import show_number
from fieldstone.fields.number import ExactType

DEFAULT_DECIMALS = 2
MAX_DECIMALS = 10


class DecimalType(ExactType):
    """`decimals` given: always so many are shown; otherwise up to two, as far as they are not zero."""

    name = "decimal"
    label = "Decimal"
    help = "A number with decimals (2 unless decimals says otherwise, at most 10), held exactly."
    attributes = frozenset({"min", "max", "decimals"})

    def scale(self, field: FieldDef) -> int:
        return DEFAULT_DECIMALS if field.decimals is None else min(field.decimals, MAX_DECIMALS)

    def show(self, field: FieldDef, value: Any, context: ShowContext) -> str:
        return "" if value is None else show_number(value, field.decimals, context.number_format)

    def samples(self, field: FieldDef) -> Sequence[Any]:
        return ("1,234.50", "-3", "１２．５", 7, 0.25, " 1000000.01 ")

    def bad_samples(self, field: FieldDef) -> Sequence[Any]:
        return ("1,5", "(500)", "1e5", "NaN", float("inf"), "0.123", "10" * 10, True, "1.234.567", "twelve", [1])
