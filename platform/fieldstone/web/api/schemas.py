"""The records of a module as JSON Schemas, made from its fields: what is read, created and changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fieldstone.fields.definition import FieldDef
from fieldstone.kernel.actors import Actor
from fieldstone.metadata.definitions import ModuleDef
from fieldstone.metadata.model import AppModel
from fieldstone.metadata.system_fields import find_any_field
from fieldstone.records.access import can_edit_field, readable_names
from fieldstone.storage.published import PublishedModel

WRITABLE_SYSTEM_FIELDS = ("owner", "record_type")

_VERSION = {"type": "integer", "minimum": 1}


def is_writable(model: AppModel, module: ModuleDef, name: str) -> bool:
    """Whether people may write a field at all; conditions and rights come on top."""
    field = module.fields.get(name)
    if field is None:
        return name in WRITABLE_SYSTEM_FIELDS
    return not (model.type_of(field).computed or field.read_only)


@dataclass(frozen=True)
class Rights:
    """Which fields of a module are described to the caller, and which can be written."""

    readable: Sequence[str]
    editable: frozenset[str]


def field_rights(published: PublishedModel, actor: Actor, module: str) -> Rights:
    names = readable_names(published, actor, module)
    return Rights(names, frozenset(name for name in names if can_edit_field(published, actor, module, name)))


def record_schema(model: AppModel, module: ModuleDef, rights: Rights) -> dict[str, Any]:
    """A record as it is read; `fields` in the request may leave out all but id and version."""
    properties: dict[str, Any] = {
        "id": {"type": "integer", "readOnly": True},
        "version": {**_VERSION, "readOnly": True},
    }
    for name in rights.readable:
        if name not in properties:
            schema = _field_schema(model, module, name)
            writable = is_writable(model, module, name) and name in rights.editable
            properties[name] = schema if writable else {**schema, "readOnly": True}
    return {"type": "object", "title": module.label, "properties": properties, "required": ["id", "version"]}


def new_record_schema(model: AppModel, module: ModuleDef, rights: Rights) -> dict[str, Any]:
    """What can be sent to create a record."""
    schema = _written_schema(model, module, rights)
    required = [
        field.name for field in module.fields.values() if _must_be_given(model, field) and field.name in rights.editable
    ]
    return {**schema, "required": required} if required else schema


def change_schema(model: AppModel, module: ModuleDef, rights: Rights) -> dict[str, Any]:
    """What can be sent to change a record: any of its fields."""
    schema = _written_schema(model, module, rights)
    return {**schema, "properties": {"base_version": _VERSION, **schema["properties"]}}


def _written_schema(model: AppModel, module: ModuleDef, rights: Rights) -> dict[str, Any]:
    names = [name for name in rights.readable if name in rights.editable and is_writable(model, module, name)]
    properties = {name: _accepted(_field_schema(model, module, name)) for name in names}
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _field_schema(model: AppModel, module: ModuleDef, name: str) -> dict[str, Any]:
    field = find_any_field(module, name)
    assert field is not None
    described = {"title": field.label, **({"description": field.help} if field.help else {})}
    return {**described, **model.type_of(field).api_schema(field, model.picklists)}


def _accepted(schema: dict[str, Any]) -> dict[str, Any]:
    """What may be sent is more than what is given: ids for references, numbers for exact figures."""
    kinds = schema.get("type")
    if kinds == ["object", "null"] and "id" in schema.get("properties", {}):
        return {**schema, "type": [*kinds, "integer", "string"]}
    if kinds == ["string", "null"] and schema.get("pattern", "").startswith("^-?[0-9]"):
        return {**schema, "type": [*kinds, "number"]}
    return schema


def _must_be_given(model: AppModel, field: FieldDef) -> bool:
    default = field.default is not None or field.default_expression
    return field.required and not default and not model.type_of(field).computed
