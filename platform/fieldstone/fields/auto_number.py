"""A running number with a prefix."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fieldstone.fields.base import FieldValueError, ParseContext
from fieldstone.fields.codes import COMPUTED
from fieldstone.fields.definition import FieldDef
from fieldstone.fields.text import TextLikeType


class AutoNumberType(TextLikeType):
    """Given out by `records` at creation and never changed; gaps are possible, repeats are not."""

    name = "auto_number"
    label = "Auto-number"
    help = "A running number such as OPP-00042, given at creation."
    control = "static"
    attributes = frozenset({"prefix", "digits"})
    computed = True

    def number(self, field: FieldDef, position: int) -> str:
        """The text of the record that is number `position`."""
        return f"{field.prefix}{position:0{field.digits}d}"

    def parse(self, field: FieldDef, raw: Any, context: ParseContext) -> Any:
        raise FieldValueError(COMPUTED)

    def samples(self, field: FieldDef) -> Sequence[Any]:
        return ()

    def bad_samples(self, field: FieldDef) -> Sequence[Any]:
        return ("OPP-00042", 42, None)
