"""A user, and the owner of a record (a user or a team)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fieldstone.expressions.types import ValueType
from fieldstone.fields import operators
from fieldstone.fields.base import ColumnSpec, FieldType, ParseContext, ShowContext
from fieldstone.fields.definition import FieldDef, PicklistDef
from fieldstone.fields.reference import export_reference, read_id, reference_schema, show_reference

PRINCIPAL = "principal"
_COLUMNS = (ColumnSpec(kind="reference", target=PRINCIPAL),)
_PRINCIPAL = ValueType(kind="reference", targets=(PRINCIPAL,))


class UserType(FieldType):
    """The value is the principal's id; whether that is a user, `records` sees to."""

    name = "user"
    label = "User"
    help = "A user of this site."
    control = "user"
    slot = "person"
    operators = operators.PRINCIPAL

    def columns(self, field: FieldDef) -> tuple[ColumnSpec, ...]:
        return _COLUMNS

    def value_type(self, field: FieldDef, picklists: Mapping[str, PicklistDef]) -> ValueType:
        return _PRINCIPAL

    def parse(self, field: FieldDef, raw: Any, context: ParseContext) -> Any:
        return read_id(raw, PRINCIPAL, context)

    def show(self, field: FieldDef, value: Any, context: ShowContext) -> str:
        return "" if value is None else show_reference(PRINCIPAL, value, context)

    def export(self, field: FieldDef, value: Any, context: ShowContext) -> str:
        return "" if value is None else export_reference(PRINCIPAL, value, context)

    def to_json(self, field: FieldDef, value: Any) -> Any:
        return None if value is None else {"id": value}

    def search_text(self, field: FieldDef, value: Any) -> str:
        return ""

    def api_schema(self, field: FieldDef, picklists: Mapping[str, PicklistDef]) -> dict[str, Any]:
        return reference_schema()

    def samples(self, field: FieldDef) -> Sequence[Any]:
        return (12, "12", {"id": 12}, "Anna Snelling")

    def bad_samples(self, field: FieldDef) -> Sequence[Any]:
        return (0, True, "Nobody", [1], 2**64)


class OwnerType(UserType):
    name = "owner"
    label = "Owner"
    help = "Who is responsible: a user or a team."
    control = "owner"
