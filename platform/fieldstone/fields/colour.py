"""A colour."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from fieldstone.expressions.types import TEXT, ValueType
from fieldstone.fields import operators
from fieldstone.fields.base import ColumnSpec, FieldType, FieldValueError, ParseContext, ShowContext
from fieldstone.fields.characters import excerpt, read_line
from fieldstone.fields.codes import NOT_A_COLOUR
from fieldstone.fields.definition import FieldDef, PicklistDef

_COLUMNS = (ColumnSpec(),)
_LONG = re.compile("#[0-9a-f]{6}", re.ASCII)
_SHORT = re.compile("#[0-9a-f]{3}", re.ASCII)


class ColourType(FieldType):
    name = "colour"
    label = "Colour"
    help = "A colour as #rrggbb."
    control = "colour"
    operators = ("is", "is_not", *operators.EMPTINESS)
    sortable = False

    def columns(self, field: FieldDef) -> tuple[ColumnSpec, ...]:
        return _COLUMNS

    def value_type(self, field: FieldDef, picklists: Mapping[str, PicklistDef]) -> ValueType:
        return TEXT

    def parse(self, field: FieldDef, raw: Any, context: ParseContext) -> Any:
        text = "" if raw is None else read_line(raw).lower()
        if not text:
            return None
        if _SHORT.fullmatch(text):
            text = "#" + "".join(char * 2 for char in text[1:])
        if not _LONG.fullmatch(text):
            raise FieldValueError(NOT_A_COLOUR, value=excerpt(raw))
        return text

    def show(self, field: FieldDef, value: Any, context: ShowContext) -> str:
        return "" if value is None else value

    def search_text(self, field: FieldDef, value: Any) -> str:
        return ""

    def api_schema(self, field: FieldDef, picklists: Mapping[str, PicklistDef]) -> dict[str, Any]:
        return {"type": ["string", "null"], "pattern": f"^{_LONG.pattern}$"}

    def samples(self, field: FieldDef) -> Sequence[Any]:
        return ("#1F6FEB", "#abc")

    def bad_samples(self, field: FieldDef) -> Sequence[Any]:
        return ("red", "#12345", "#1f6feb;background:url(x)", 123456, "1f6feb")
