"""One line of text, and what every type that is text at heart shares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from fieldstone.expressions.types import TEXT, ValueType
from fieldstone.fields import operators
from fieldstone.fields.base import ColumnSpec, FieldType, ParseContext, ShowContext
from fieldstone.fields.characters import read_line
from fieldstone.fields.definition import FieldDef, PicklistDef
from fieldstone.fields.limits import check_length
from fieldstone.kernel.folding import fold, sort_key

_COLUMNS = (ColumnSpec(), ColumnSpec(suffix="__key"))
_SORTED_COLUMNS = (*_COLUMNS, ColumnSpec(suffix="__sort"))


def text_columns(field: FieldDef) -> tuple[ColumnSpec, ...]:
    """The text, its folded form, and for names and indexed fields the form it is ordered by."""
    return _SORTED_COLUMNS if field.is_name or field.index else _COLUMNS


def store_text(field: FieldDef, text: str | None) -> dict[str, Any]:
    """The values of `text_columns`."""
    stored: dict[str, Any] = {"": text, "__key": None if text is None else fold(text)}
    if field.is_name or field.index:
        stored["__sort"] = None if text is None else sort_key(text)
    return stored


class TextLikeType(FieldType):
    """A type whose value is a str. Subclasses say how it is read."""

    slot = "sub"
    attributes = frozenset({"min_length", "max_length", "pattern", "pattern_message"})
    searchable = True
    operators = operators.TEXT
    max_length: ClassVar[int] = 255
    schema_format: ClassVar[str] = ""

    def columns(self, field: FieldDef) -> tuple[ColumnSpec, ...]:
        return text_columns(field)

    def value_type(self, field: FieldDef, picklists: Mapping[str, PicklistDef]) -> ValueType:
        return TEXT

    def parse(self, field: FieldDef, raw: Any, context: ParseContext) -> Any:
        if raw is None:
            return None
        text = self.read(raw)
        if not text:
            return None
        if field.pattern or field.min_length or len(text) > (field.max_length or self.max_length):
            check_length(field, text, self.max_length)
        return text

    def read(self, raw: Any) -> str:
        """The text in its stored form, "" for none. Raises FieldValueError."""
        return read_line(raw)

    def store(self, field: FieldDef, value: Any) -> dict[str, Any]:
        return store_text(field, value)

    def show(self, field: FieldDef, value: Any, context: ShowContext) -> str:
        return "" if value is None else value

    def api_schema(self, field: FieldDef, picklists: Mapping[str, PicklistDef]) -> dict[str, Any]:
        schema: dict[str, Any] = {"type": ["string", "null"], "maxLength": field.max_length or self.max_length}
        if self.schema_format:
            schema["format"] = self.schema_format
        return schema


class TextType(TextLikeType):
    name = "text"
    label = "Text"
    help = "One line of text, 255 characters unless max_length says otherwise."

    def samples(self, field: FieldDef) -> Sequence[Any]:
        return ("Kare-Tech", " 你好，世界 ", 42)

    def bad_samples(self, field: FieldDef) -> Sequence[Any]:
        return ("two\nlines", "nul\x00", "x" * 256, ["a"], True, "\ud800")
