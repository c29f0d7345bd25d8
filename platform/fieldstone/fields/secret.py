"""A text that nobody reads back: kept encrypted, shown as a mask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fieldstone.expressions.types import ValueType
from fieldstone.fields.base import ColumnSpec, FieldType, FieldValueError, ParseContext, ShowContext
from fieldstone.fields.characters import read_block
from fieldstone.fields.codes import MASK_SENT, NO_SECRET_KEY
from fieldstone.fields.definition import FieldDef, PicklistDef
from fieldstone.fields.limits import check_length

MASK = "••••"
_COLUMNS = (ColumnSpec(),)
_OPAQUE = ValueType(kind="json")


class Sealed(str):
    """A secret's encrypted form. A type of its own, so that it is never encrypted twice."""

    __slots__ = ()


class SecretType(FieldType):
    """The value is `Sealed`. In expressions it can only be tested for emptiness; the API, pages and
    files see the mask, and the mask sent back is refused rather than stored."""

    name = "secret"
    label = "Secret"
    help = "A password or key: stored encrypted, never shown again."
    control = "secret"
    attributes = frozenset({"min_length", "max_length"})
    sortable = False

    def columns(self, field: FieldDef) -> tuple[ColumnSpec, ...]:
        return _COLUMNS

    def value_type(self, field: FieldDef, picklists: Mapping[str, PicklistDef]) -> ValueType:
        return _OPAQUE

    def parse(self, field: FieldDef, raw: Any, context: ParseContext) -> Any:
        if raw is None or type(raw) is Sealed:
            return raw
        text = read_block(raw)
        if not text:
            return None
        if set(text) == {"•"}:
            raise FieldValueError(MASK_SENT)
        check_length(field, text, 1_000)
        if context.encrypt is None:
            raise FieldValueError(NO_SECRET_KEY)
        return Sealed(context.encrypt(text))

    def store(self, field: FieldDef, value: Any) -> dict[str, Any]:
        return {"": None if value is None else str(value)}

    def load(self, field: FieldDef, columns: Mapping[str, Any]) -> Any:
        return None if columns[""] is None else Sealed(columns[""])

    def show(self, field: FieldDef, value: Any, context: ShowContext) -> str:
        return "" if value is None else MASK

    def export(self, field: FieldDef, value: Any, context: ShowContext) -> str:
        return "" if value is None else MASK

    def to_json(self, field: FieldDef, value: Any) -> Any:
        return None if value is None else MASK

    def search_text(self, field: FieldDef, value: Any) -> str:
        return ""

    def api_schema(self, field: FieldDef, picklists: Mapping[str, PicklistDef]) -> dict[str, Any]:
        return {"type": ["string", "null"]}

    def samples(self, field: FieldDef) -> Sequence[Any]:
        return ("correct horse", "p@ss wörd")

    def bad_samples(self, field: FieldDef) -> Sequence[Any]:
        return ("••••", "x" * 1_001, ["a"], "nul\x00")
