"""The model: the compiled, immutable, validated whole that every request works with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fieldstone.fields.base import FieldType
from fieldstone.fields.definition import FieldDef, PicklistDef
from fieldstone.kernel.diagnostics import Location
from fieldstone.kernel.registry import Registry
from fieldstone.metadata.app_definitions import AppDef
from fieldstone.metadata.definitions import (
    EmailTemplateDef,
    ModuleDef,
    ProfileDef,
    RelationDef,
    RoleDef,
    SharingDef,
    WorkflowDef,
)
from fieldstone.metadata.layout_definitions import LayoutDef


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Which layer set an attribute, and where it stands."""

    layer: str
    location: Location


@dataclass(frozen=True, kw_only=True)
class AppModel:
    """Everything declared, in final form. `hash` is that of the documents it was compiled from.

    `texts`: language → key → translation, keys such as `module.opportunity.label`,
    `field.opportunity.amount.label`, `picklist.sales_stage.won` (see `metadata.texts`).
    `provenance`: dotted attribute path (`modules.opportunity.fields.amount.required`) → the layers
    that set it, the winning one last.
    """

    hash: str
    app: AppDef
    modules: Mapping[str, ModuleDef]
    layouts: Mapping[str, LayoutDef]
    picklists: Mapping[str, PicklistDef]
    workflows: Mapping[str, Mapping[str, WorkflowDef]]
    roles: Mapping[str, RoleDef]
    profiles: Mapping[str, ProfileDef]
    sharing: SharingDef
    emails: Mapping[str, EmailTemplateDef]
    texts: Mapping[str, Mapping[str, str]]
    provenance: Mapping[str, tuple[Origin, ...]]
    field_types: Registry[FieldType]

    def find_field(self, module: str, name: str) -> FieldDef | None:
        """A declared field, or None (system fields are in `metadata.system_fields`)."""
        found = self.modules.get(module)
        return found.fields.get(name) if found else None

    def type_of(self, field: FieldDef) -> FieldType:
        return self.field_types[field.type]

    def find_relation(self, module: str, name: str) -> RelationDef | None:
        found = self.modules.get(module)
        return found.relations.get(name) if found else None

    def relation_label(self, module: str, relation: RelationDef, language: str, shown: str = "") -> str:
        """What a relation of a module is called, or `shown`, which a layout calls it. One that is called as its records
        are is called as they are in every language."""
        default = shown or relation.label
        far = self.modules.get(relation.to)
        if far and default == far.plural:
            default = self.text(f"module.{far.name}.plural", language, default)
        return self.text(f"relation.{module}.{relation.name}", language, default)

    def text(self, key: str, language: str, default: str) -> str:
        """The translation of a label, or `default` (the label in the documents)."""
        return self.texts.get(language, {}).get(key, default)
