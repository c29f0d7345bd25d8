"""What an attribute of the model is when no document sets it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from enum import Enum
from typing import Any

from fieldstone.fields.definition import FieldDef
from fieldstone.metadata.addresses import Address
from fieldstone.metadata.definitions import Party, ProfileDef, RoleDef, WorkflowDef
from fieldstone.metadata.documents import APP, EMAIL, LAYOUT, MODULE, PICKLIST, ROLES, SHARING, WORKFLOW
from fieldstone.metadata.layout_definitions import LayoutDef, VariantDef
from fieldstone.metadata.model import AppModel
from fieldstone.metadata.schemas.documents import document_schemas
from fieldstone.metadata.schemas.field import field_schema


class NoDefault(Enum):
    """There is no such attribute. None may be a default."""

    NO_DEFAULT = "no default"


NO_DEFAULT = NoDefault.NO_DEFAULT

_RENAMED = {"if": "condition", "do": "steps", "from": "owners"}
"""Attributes whose definitions call them otherwise."""
_GRANTED = ("scope", "modules", "fields", "tools")
"""Attributes of roles and profiles that their definitions keep together."""


def find_default(model: AppModel, address: Address) -> Any:
    """What the model has at an address, as plain data: made from the name, derived, or the default of the
    definition. NO_DEFAULT when nothing there has such an attribute."""
    if not address.steps or not _is_declared(model, address):
        return NO_DEFAULT
    value = _start(model, address)
    for step in address.steps:
        value = _step(model, value, step)
    return value if value is NO_DEFAULT else _plain(value)


def _start(model: AppModel, address: Address) -> Any:
    name = address.name
    found: Mapping[str, Any] = {
        MODULE.name: model.modules.get(name),
        LAYOUT.name: model.layouts.get(name),
        PICKLIST.name: model.picklists.get(name),
        WORKFLOW.name: {"workflows": model.workflows.get(name, {})},
        EMAIL.name: model.emails.get(name),
        APP.name: {"app": model.app},
        ROLES.name: {"roles": model.roles, "profiles": model.profiles},
        SHARING.name: model.sharing,
    }
    return found.get(address.kind.name)


def _step(model: AppModel, holder: Any, step: str) -> Any:
    if isinstance(holder, Mapping):
        return holder.get(step, NO_DEFAULT)
    if isinstance(holder, VariantDef) and step in ("record", "quick_create"):
        return holder.layout if step == "record" else holder.layout.quick_create
    if isinstance(holder, LayoutDef) and step in ("record", "list"):
        return holder
    if isinstance(holder, FieldDef) and step == "values":
        picklist = model.picklists.get(holder.picklist)
        return picklist.values if picklist else NO_DEFAULT
    if isinstance(holder, RoleDef | ProfileDef) and step in _GRANTED:
        return getattr(holder.grants, step)
    if isinstance(holder, WorkflowDef) and step == "when":
        return "before_save" if holder.before_save else "after_save"
    return getattr(holder, _RENAMED.get(step, step), NO_DEFAULT)


def _is_declared(model: AppModel, address: Address) -> bool:
    """Whether the schema has the attribute: definitions hold more than documents may say."""
    schema: Mapping[str, Any] | None = document_schemas(())[address.kind.name]
    for length, step in enumerate(address.steps, start=1):
        assert schema is not None
        inner = schema.get("properties", {}).get(step) or schema.get("additionalProperties")
        schema = inner if isinstance(inner, Mapping) else None
        if address.kind is MODULE and _is_field(address.steps[:length]):
            schema = _schema_of_field(model, address, length)
        if schema is None:
            return False
    return True


def _is_field(steps: tuple[str, ...]) -> bool:
    return steps[:-1] == ("fields",) or (len(steps) == 4 and steps[0] == "relations" and steps[2] == "attributes")


def _schema_of_field(model: AppModel, address: Address, length: int) -> Mapping[str, Any] | None:
    field = _start(model, address)
    for step in address.steps[:length]:
        field = _step(model, field, step)
    return field_schema(model.field_types[field.type]) if isinstance(field, FieldDef) else None


def _plain(value: Any) -> Any:
    if isinstance(value, Party):
        return {value.kind: value.name}
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, frozenset):
        return sorted(value)
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value
