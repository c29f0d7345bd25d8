"""What documents declare, in final form: frozen, complete, every default filled in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from functools import cached_property
from types import MappingProxyType
from typing import Any

from fieldstone.fields.definition import FieldDef
from fieldstone.kernel.stored_keys import StoredKeys

_NOTHING: Mapping[str, Any] = MappingProxyType({})


def _nothing() -> Mapping[str, Any]:
    return _NOTHING


@dataclass(frozen=True, kw_only=True)
class RuleDef:
    """A validation rule: `condition` true blocks the save with `message`, shown at `field` ("" = record)."""

    name: str
    condition: str
    message: str
    field: str = ""


@dataclass(frozen=True, kw_only=True)
class RelationDef:
    """A related list, seen from the module that has it.

    `kind` is one_to_many (the far side of a lookup: `field` of module `to` points here), many_to_many
    (declared; `attributes` are fields on the link) or its far side (`inverse_of` names the declaring
    module and relation). `name` is unique among the module's relations.
    """

    name: str
    kind: str
    to: str
    label: str
    field: str = ""
    inverse_of: tuple[str, str] | None = None
    reverse: str = ""
    attributes: Mapping[str, FieldDef] = attribute(default_factory=_nothing)
    identity: str = ""
    table: str = ""


@dataclass(frozen=True, kw_only=True)
class DuplicatesDef:
    """`match`: fields that together make a duplicate (folded); `on_match` warn or block."""

    match: tuple[str, ...]
    on_match: str = "warn"


@dataclass(frozen=True, kw_only=True)
class NumberDef:
    prefix: str = ""
    digits: int = 5


@dataclass(frozen=True, kw_only=True)
class RecordTypeDef:
    """A variant of a module. `picklists`: field → the value keys it may hold, in order. `identity` and
    `stored`, its name in rows ("" = `name`), survive a rename."""

    name: str
    label: str
    picklists: Mapping[str, tuple[str, ...]] = attribute(default_factory=_nothing)
    identity: str = ""
    stored: str = ""


@dataclass(frozen=True, kw_only=True)
class ModuleDef:
    """A kind of record. `fields` are the declared ones, in order; system fields are not among them.

    `relations` holds every related list, declared and derived from lookups. `table` is the physical
    name, `identity` the stable one. `hidden` modules are not in the navigation. `former_types`: name →
    stored name of record types that are gone; records may still have them.
    """

    name: str
    label: str
    plural: str
    name_field: str
    fields: Mapping[str, FieldDef]
    group: str = ""
    icon: str = "circle"
    help: str = ""
    number: NumberDef | None = None
    record_types: Mapping[str, RecordTypeDef] = attribute(default_factory=_nothing)
    relations: Mapping[str, RelationDef] = attribute(default_factory=_nothing)
    rules: Mapping[str, RuleDef] = attribute(default_factory=_nothing)
    duplicates: DuplicatesDef | None = None
    indexes: tuple[tuple[str, ...], ...] = ()
    searchable: bool = True
    hidden: bool = False
    identity: str = ""
    table: str = ""
    former_types: Mapping[str, str] = attribute(default_factory=_nothing)

    @cached_property
    def stored_types(self) -> StoredKeys | None:
        """How rows hold the record types; None when all are held by their names."""
        present = ((item.name, item.stored or item.name) for item in self.record_types.values())
        return StoredKeys.of((*self.former_types.items(), *present))


@dataclass(frozen=True, kw_only=True)
class BlockDef:
    """A titled group of fields. `placed` are those among `fields` that no document put there."""

    name: str
    label: str
    fields: tuple[str, ...]
    columns: int = 2
    collapsed: bool = False
    visible_when: str = ""
    placed: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class RelatedListDef:
    """How a relation is shown on the record page."""

    relation: str
    columns: tuple[str, ...]
    label: str = ""
    sort: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ListViewDef:
    """A saved list view. `filter` is an expression or ""; `sort` names fields, - in front descends."""

    name: str
    label: str
    filter: str = ""
    columns: tuple[str, ...] = ()
    sort: tuple[str, ...] = ()
    default: bool = False


@dataclass(frozen=True, kw_only=True)
class KanbanDef:
    field: str
    card: tuple[str, ...] = ()
    sum: str = ""


@dataclass(frozen=True, kw_only=True)
class LayoutDef:
    """How a module is shown. Complete: what the documents leave out is derived from the module."""

    module: str
    blocks: Mapping[str, BlockDef]
    header: tuple[str, ...]
    path: str
    related: Mapping[str, RelatedListDef]
    quick_create: tuple[str, ...]
    columns: tuple[str, ...]
    views: Mapping[str, ListViewDef]
    kanban: KanbanDef | None = None


@dataclass(frozen=True, kw_only=True)
class StepDef:
    """One action of a workflow: `action` names it, `options` are its own, checked by the action;
    `condition` is the step's own `if` ("" = always)."""

    action: str
    options: Any
    condition: str = ""


@dataclass(frozen=True, kw_only=True)
class WorkflowDef:
    """`on` is the trigger; `fields` limits `updated`; `schedule` belongs to trigger schedule
    (`cron: …` or `days_before: 3, field: close_date` …)."""

    name: str
    module: str
    label: str
    on: str
    steps: tuple[StepDef, ...]
    condition: str = ""
    fields: tuple[str, ...] = ()
    schedule: Mapping[str, Any] = attribute(default_factory=_nothing)
    active: bool = True
    before_save: bool = False


@dataclass(frozen=True, kw_only=True)
class RoleDef:
    """`modules`: module name or "*" → rights among view create edit delete import export.
    `scope` is own (records of mine and of my teams' members below me) or all."""

    name: str
    label: str
    modules: Mapping[str, frozenset[str]]
    scope: str = "all"
    setup: bool = False
    parent: str = ""
    identity: str = ""


@dataclass(frozen=True, kw_only=True)
class EmailTemplateDef:
    name: str
    label: str
    subject: str
    body: str
    module: str = ""


@dataclass(frozen=True, kw_only=True)
class GroupDef:
    """A group of the navigation. `modules` come first in it, in this order; others of the group follow."""

    name: str
    label: str
    icon: str = ""
    modules: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class AppDef:
    """The application: `zone` IANA name, `currency` ISO 4217, `fiscal_year_start` month 1–12."""

    name: str = "Fieldstone"
    currency: str = "USD"
    zone: str = "UTC"
    language: str = "en"
    fiscal_year_start: int = 1
    week_start: int = 0
    groups: Mapping[str, GroupDef] = attribute(default_factory=_nothing)
