"""Types whose value is a mapping of parts: what address and person name share."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from fieldstone.expressions.types import TEXT, ValueType
from fieldstone.fields import operators
from fieldstone.fields.base import ColumnSpec, FieldType, FieldValueError, ParseContext
from fieldstone.fields.characters import excerpt, read_block
from fieldstone.fields.codes import TOO_LONG, UNKNOWN_PART, WRONG_KIND
from fieldstone.fields.definition import FieldDef, PicklistDef
from fieldstone.fields.text import store_text, text_columns

MAX_WHOLE = 2_000
"""Characters of a whole that is written as one text."""


class CompositeType(FieldType):
    """The value is a dict of every part (None where blank), the whole None when all are blank.

    The main column is the whole as one line, so that it can be searched, sorted and tested for
    emptiness; each part has a column of its own behind it. In expressions the field is that line.
    """

    operators = operators.TEXT
    searchable = True
    part_names: ClassVar[tuple[str, ...]]

    @abstractmethod
    def line(self, value: Mapping[str, str | None]) -> str:
        """The whole on one line, the same in every language."""

    @abstractmethod
    def read_part(self, part: str, raw: Any, context: ParseContext) -> str | None:
        """One part. Raises FieldValueError."""

    @abstractmethod
    def read_whole(self, text: str) -> Mapping[str, Any]:
        """The raw parts of a text that is not blank. Raises FieldValueError."""

    def columns(self, field: FieldDef) -> tuple[ColumnSpec, ...]:
        return (*text_columns(field), *(ColumnSpec(suffix=f"_{part}") for part in self.part_names))

    def value_type(self, field: FieldDef, picklists: Mapping[str, PicklistDef]) -> ValueType:
        return TEXT

    def parts(self, field: FieldDef) -> Mapping[str, ValueType]:
        return dict.fromkeys(self.part_names, TEXT)

    def parse(self, field: FieldDef, raw: Any, context: ParseContext) -> Any:
        if raw is None:
            return None
        if isinstance(raw, str):
            text = read_block(raw).strip()
            if not text:
                return None
            if len(text) > MAX_WHOLE:
                raise FieldValueError(TOO_LONG, length=len(text), limit=MAX_WHOLE)
            raw = self.read_whole(text)
        elif not isinstance(raw, Mapping):
            raise FieldValueError(WRONG_KIND, type="parts", value=excerpt(raw), expected="an object of parts")
        for part in raw:
            if part not in self.part_names:
                raise FieldValueError(UNKNOWN_PART, part=excerpt(part), parts=", ".join(self.part_names))
        value = {part: self.read_part(part, raw.get(part), context) for part in self.part_names}
        return value if any(value.values()) else None

    def store(self, field: FieldDef, value: Any) -> dict[str, Any]:
        stored = store_text(field, self.line(value) if value else None)
        for part in self.part_names:
            stored[f"_{part}"] = value[part] if value else None
        return stored

    def load(self, field: FieldDef, columns: Mapping[str, Any]) -> Any:
        value = {part: columns[f"_{part}"] for part in self.part_names}
        return value if any(value.values()) else None

    def to_json(self, field: FieldDef, value: Any) -> Any:
        return None if value is None else dict(value)

    def search_text(self, field: FieldDef, value: Any) -> str:
        return self.line(value) if value else ""

    def api_schema(self, field: FieldDef, picklists: Mapping[str, PicklistDef]) -> dict[str, Any]:
        parts = {part: {"type": ["string", "null"]} for part in self.part_names}
        return {"type": ["object", "null"], "properties": parts, "additionalProperties": False}
