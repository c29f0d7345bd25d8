"""One value of a picklist."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fieldstone.expressions.types import ValueType
from fieldstone.fields import operators
from fieldstone.fields.base import ColumnSpec, FieldType, ParseContext, ShowContext
from fieldstone.fields.characters import read_line
from fieldstone.fields.choice_index import export_choice, picklist_of, read_choice, show_choice
from fieldstone.fields.definition import FieldDef, PicklistDef
from fieldstone.kernel.stored_keys import StoredKeys

_COLUMNS = (ColumnSpec(),)


class PicklistType(FieldType):
    """The value is the key; rows hold the one it began with. Inactive values are still read: records hold them."""

    name = "picklist"
    label = "Picklist"
    help = "One value of a list; written by its key or its label."
    control = "select"
    slot = "status"
    attributes = frozenset({"picklist", "values", "depends_on", "options_when", "track_duration"})
    operators = operators.CHOICE

    def columns(self, field: FieldDef) -> tuple[ColumnSpec, ...]:
        return _COLUMNS

    def value_type(self, field: FieldDef, picklists: Mapping[str, PicklistDef]) -> ValueType:
        return ValueType(kind="choice", choices=frozenset(picklist_of(field, picklists).values))

    def stored_keys(self, field: FieldDef, picklists: Mapping[str, PicklistDef]) -> StoredKeys | None:
        return picklist_of(field, picklists).stored_keys

    def parse(self, field: FieldDef, raw: Any, context: ParseContext) -> Any:
        if raw is None:
            return None
        picklist = picklist_of(field, context.picklists)
        if type(raw) is str and raw in picklist.values:
            return raw
        text = read_line(raw)
        return read_choice(picklist, text) if text else None

    def show(self, field: FieldDef, value: Any, context: ShowContext) -> str:
        return "" if value is None else show_choice(field, value, context)

    def export(self, field: FieldDef, value: Any, context: ShowContext) -> str:
        return "" if value is None else export_choice(field, value, context)

    def search_text(self, field: FieldDef, value: Any) -> str:
        return "" if value is None else value.replace("_", " ")

    def api_schema(self, field: FieldDef, picklists: Mapping[str, PicklistDef]) -> dict[str, Any]:
        return {"type": ["string", "null"], "enum": [*picklist_of(field, picklists).values, None]}

    def samples(self, field: FieldDef) -> Sequence[Any]:
        """Those of any picklist called `sample`, which tests and docs bring along."""
        return ("won", "Closed lost", "closed LOST", "prospecting")

    def bad_samples(self, field: FieldDef) -> Sequence[Any]:
        return ("wonn", "Closed", ["won"], True)
