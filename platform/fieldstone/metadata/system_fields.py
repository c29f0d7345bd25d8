"""The fields every module has without declaring them, as field definitions."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from fieldstone.fields.definition import FieldDef
from fieldstone.metadata.definitions import ModuleDef


def _system(name: str, type_: str, label: str, column: str = "", **more: bool) -> FieldDef:
    return FieldDef(
        name=name,
        type=type_,
        label=label,
        column=column or name,
        identity=name,
        read_only=more.get("read_only", True),
        index=more.get("index", False),
        mass_edit=not more.get("read_only", True),
        importable=not more.get("read_only", True),
        copy=False,
    )


SYSTEM_FIELD_DEFS: Mapping[str, FieldDef] = MappingProxyType(
    {
        field.name: field
        for field in (
            _system("id", "integer", "Id"),
            _system("version", "integer", "Version"),
            _system("owner", "owner", "Owner", "owner_id", read_only=False, index=True),
            _system("created_at", "datetime", "Created at"),
            _system("created_by", "user", "Created by"),
            _system("modified_at", "datetime", "Modified at"),
            _system("modified_by", "user", "Modified by"),
            _system("deleted_at", "datetime", "Deleted at"),
            _system("record_type", "text", "Record type", read_only=False),
            _system("record_number", "text", "Record number"),
        )
    }
)
"""Public name → definition. `identity` is the name itself: it can never be renamed."""


def has_system_field(module: ModuleDef, name: str) -> bool:
    """Whether a module has the system field: `record_type` and `record_number` only where declared."""
    if name == "record_type":
        return bool(module.record_types)
    if name == "record_number":
        return module.number is not None
    return name in SYSTEM_FIELD_DEFS


def find_any_field(module: ModuleDef, name: str) -> FieldDef | None:
    """A declared or a system field of the module, or None."""
    declared = module.fields.get(name)
    if declared is not None:
        return declared
    return SYSTEM_FIELD_DEFS[name] if has_system_field(module, name) else None


def any_field_names(module: ModuleDef) -> list[str]:
    """Names of declared fields, then of the system fields the module has."""
    return [*module.fields, *(name for name in SYSTEM_FIELD_DEFS if has_system_field(module, name))]
