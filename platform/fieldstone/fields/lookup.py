"""A reference to a record of one module, of several, or of any."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fieldstone.expressions.types import ValueType
from fieldstone.fields import operators
from fieldstone.fields.base import ColumnSpec, FieldType, FieldValueError, ParseContext, ShowContext
from fieldstone.fields.characters import excerpt, read_line
from fieldstone.fields.codes import NOT_A_REFERENCE, WHICH_MODULE, WRONG_MODULE
from fieldstone.fields.definition import FieldDef, PicklistDef
from fieldstone.fields.reference import export_reference, read_id, reference_schema, show_reference
from fieldstone.fields.values import RecordRef
from fieldstone.kernel.names import is_name

ANY = "*"


class LookupType(FieldType):
    """One target: the value is an id. Several or any (`to: ["*"]`): a `RecordRef`, written as
    {"module": "contact", "id": 12} or contact:12. `self` has become the module's name by now."""

    name = "lookup"
    label = "Lookup"
    help = "A reference to another record; to names one module, several, self, or * for any."
    control = "lookup"
    attributes = frozenset({"to", "on_delete", "reverse", "reverse_label", "quick_create"})
    required_attributes = frozenset({"to"})
    operators = operators.REFERENCE

    def columns(self, field: FieldDef) -> tuple[ColumnSpec, ...]:
        if len(field.to) > 1:
            return tuple(ColumnSpec(suffix=f"_{module}", kind="reference", target=module) for module in field.to)
        if _any(field):
            return (ColumnSpec(suffix="_module", kind="module"), ColumnSpec(suffix="_id", kind="reference"))
        return (ColumnSpec(kind="reference", target=field.to[0]),)

    def value_type(self, field: FieldDef, picklists: Mapping[str, PicklistDef]) -> ValueType:
        return ValueType(kind="reference", targets=() if _any(field) else field.to)

    def parse(self, field: FieldDef, raw: Any, context: ParseContext) -> Any:
        if raw is None:
            return None
        if len(field.to) == 1 and not _any(field):
            if isinstance(raw, Mapping) and raw.get("module", field.to[0]) != field.to[0]:
                raise FieldValueError(WRONG_MODULE, module=excerpt(raw["module"]), targets=field.to[0])
            return read_id(raw, field.to[0], context)
        return _read_ref(field, raw, context)

    def store(self, field: FieldDef, value: Any) -> dict[str, Any]:
        if _any(field):
            module, record_id = value or (None, None)
            return {"_module": module, "_id": record_id}
        if len(field.to) > 1:
            return {f"_{module}": value.id if value and value.module == module else None for module in field.to}
        return {"": value}

    def load(self, field: FieldDef, columns: Mapping[str, Any]) -> Any:
        if _any(field):
            module, record_id = columns["_module"], columns["_id"]
            return None if module is None or record_id is None else RecordRef(module, record_id)
        if len(field.to) > 1:
            for module in field.to:
                if columns[f"_{module}"] is not None:
                    return RecordRef(module, columns[f"_{module}"])
            return None
        return columns[""]

    def show(self, field: FieldDef, value: Any, context: ShowContext) -> str:
        if value is None:
            return ""
        return (
            show_reference(*value, context)
            if isinstance(value, RecordRef)
            else show_reference(field.to[0], value, context)
        )

    def export(self, field: FieldDef, value: Any, context: ShowContext) -> str:
        if value is None:
            return ""
        if isinstance(value, RecordRef):
            return f"{value.module}:{export_reference(*value, context)}"
        return export_reference(field.to[0], value, context)

    def to_json(self, field: FieldDef, value: Any) -> Any:
        if isinstance(value, RecordRef):
            return {"module": value.module, "id": value.id}
        return None if value is None else {"id": value}

    def search_text(self, field: FieldDef, value: Any) -> str:
        """Nothing: the label belongs to the other record and changes with it."""
        return ""

    def api_schema(self, field: FieldDef, picklists: Mapping[str, PicklistDef]) -> dict[str, Any]:
        if _any(field):
            return reference_schema(module={"type": "string"})
        if len(field.to) > 1:
            return reference_schema(module={"type": "string", "enum": list(field.to)})
        return reference_schema()

    def samples(self, field: FieldDef) -> Sequence[Any]:
        module = "contact" if _any(field) else field.to[0]
        if len(field.to) == 1 and not _any(field):
            return (12, "12", {"id": 12, "label": "Kare-Tech"}, "Kare-Tech")
        return (RecordRef(module, 12), f"{module}:12", {"module": module, "id": 12}, f"{module}:Kare-Tech")

    def bad_samples(self, field: FieldDef) -> Sequence[Any]:
        if len(field.to) == 1 and not _any(field):
            return (0, -1, True, 1.5, "Nobody", "9" * 30, {"module": "no_such", "id": 1}, [12])
        return (12, "Drop Table:1", {"module": "Drop Table", "id": 1}, {"id": 1}, [12])


def _any(field: FieldDef) -> bool:
    return ANY in field.to


def _read_ref(field: FieldDef, raw: Any, context: ParseContext) -> RecordRef | None:
    module: Any
    rest: Any
    if isinstance(raw, RecordRef):
        module, rest = raw
    elif isinstance(raw, Mapping):
        module, rest = raw.get("module"), raw.get("id")
        if module is None and rest is not None:
            raise FieldValueError(WHICH_MODULE, value=excerpt(rest), module=_example(field))
    elif isinstance(raw, str):
        text = read_line(raw)
        if not text:
            return None
        module, separator, rest = text.partition(":")
        if not separator:
            raise FieldValueError(WHICH_MODULE, value=excerpt(raw), module=_example(field))
        module = module.strip()
    else:
        raise FieldValueError(WHICH_MODULE, value=excerpt(raw), module=_example(field))
    if not isinstance(module, str) or not (is_name(module) if _any(field) else module in field.to):
        raise FieldValueError(WRONG_MODULE, module=excerpt(module), targets=", ".join(field.to))
    record_id = read_id(rest, module, context)
    if record_id is None:
        raise FieldValueError(NOT_A_REFERENCE, value=excerpt(raw))
    return RecordRef(module, record_id)


def _example(field: FieldDef) -> str:
    return "contact" if _any(field) else field.to[0]
