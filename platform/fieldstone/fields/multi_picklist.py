"""Several values of a picklist."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from fieldstone.expressions.types import ValueType
from fieldstone.fields import operators
from fieldstone.fields.base import ColumnSpec, FieldType, FieldValueError, ParseContext, ShowContext
from fieldstone.fields.characters import excerpt, read_line
from fieldstone.fields.choice_index import export_choice, find_keys, picklist_of, read_choice, show_choice
from fieldstone.fields.codes import WRONG_KIND
from fieldstone.fields.definition import FieldDef, PicklistDef
from fieldstone.fields.listing import load_list, show_list, store_list
from fieldstone.kernel.stored_keys import StoredKeys

_COLUMNS = (ColumnSpec(),)
_STRONG = re.compile(r"[;；\n]")
_WEAK = re.compile(r"[,，、]")


class MultiPicklistType(FieldType):
    """A tuple of keys in the picklist's order, each once."""

    name = "multi_picklist"
    label = "Multi-picklist"
    help = "Several values of a list, separated by semicolons in text."
    control = "multiselect"
    attributes = frozenset({"picklist", "values", "depends_on", "options_when"})
    operators = operators.LIST
    sortable = False

    def columns(self, field: FieldDef) -> tuple[ColumnSpec, ...]:
        return _COLUMNS

    def value_type(self, field: FieldDef, picklists: Mapping[str, PicklistDef]) -> ValueType:
        return ValueType(kind="list", choices=frozenset(picklist_of(field, picklists).values))

    def stored_keys(self, field: FieldDef, picklists: Mapping[str, PicklistDef]) -> StoredKeys | None:
        return picklist_of(field, picklists).stored_keys

    def parse(self, field: FieldDef, raw: Any, context: ParseContext) -> Any:
        if raw is None:
            return None
        picklist = picklist_of(field, context.picklists)
        if isinstance(raw, str):
            raw = _split(raw, picklist)
        elif not isinstance(raw, list | tuple):
            raise FieldValueError(WRONG_KIND, type="a list", value=excerpt(raw), expected="a list of keys")
        chosen = {read_choice(picklist, text) for item in raw if (text := read_line(item))}
        return tuple(key for key in picklist.values if key in chosen) or None

    def store(self, field: FieldDef, value: Any) -> dict[str, Any]:
        return {"": store_list(value)}

    def load(self, field: FieldDef, columns: Mapping[str, Any]) -> Any:
        return load_list(columns[""])

    def show(self, field: FieldDef, value: Any, context: ShowContext) -> str:
        return "" if value is None else show_list([show_choice(field, key, context) for key in value], context.language)

    def export(self, field: FieldDef, value: Any, context: ShowContext) -> str:
        # The closing semicolon keeps a single label with a comma in one piece.
        labels = [export_choice(field, key, context, separators=";；") for key in value or ()]
        return "; ".join(labels) + (";" if len(labels) == 1 and _WEAK.search(labels[0]) else "")

    def to_json(self, field: FieldDef, value: Any) -> Any:
        return list(value or ())

    def search_text(self, field: FieldDef, value: Any) -> str:
        return " ".join(value or ()).replace("_", " ")

    def api_schema(self, field: FieldDef, picklists: Mapping[str, PicklistDef]) -> dict[str, Any]:
        keys = list(picklist_of(field, picklists).values)
        return {"type": "array", "items": {"type": "string", "enum": keys}, "uniqueItems": True}

    def samples(self, field: FieldDef) -> Sequence[Any]:
        return (["won"], "lost; Won", ("prospecting", "won", "won"), "won，lost")

    def bad_samples(self, field: FieldDef) -> Sequence[Any]:
        return (["wonn"], "won; nothing", {"won": True}, [["won"]], 3)


def _split(text: str, picklist: PicklistDef) -> list[str]:
    """Semicolons separate; commas only when the text is not itself a label."""
    if _STRONG.search(text):
        return _STRONG.split(text)
    return [text] if find_keys(picklist, text.strip()) else _WEAK.split(text)
