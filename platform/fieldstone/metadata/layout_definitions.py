"""What layouts declare, in final form: complete, what the documents leave out derived from the module."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from types import MappingProxyType
from typing import Any

_NOTHING: Mapping[str, Any] = MappingProxyType({})


def _nothing() -> Mapping[str, Any]:
    return _NOTHING


@dataclass(frozen=True, kw_only=True)
class TabDef:
    """A part of the record page and the form, which blocks name."""

    name: str
    label: str


@dataclass(frozen=True, kw_only=True)
class BlockDef:
    """A titled group of fields. `placed` are those among `fields` that no document put there; `tab` is the one it
    stands in, "" where the layout has none or it does not say."""

    name: str
    label: str
    fields: tuple[str, ...]
    columns: int = 2
    collapsed: bool = False
    visible_when: str = ""
    tab: str = ""
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
    """Records as cards. `field` is the picklist whose values are the columns, `card` what a card tells besides the
    name, `sum` the number added up per column ("" none)."""

    field: str
    card: tuple[str, ...] = ()
    sum: str = ""


@dataclass(frozen=True, kw_only=True)
class CalendarDef:
    """Records on their days. `start` is a date or a date-time; `end` one of the same type, or `duration` says how
    long; `all_day` is the checkbox of those that take whole days; `colour` the picklist whose hue is shown ("" the
    owner's)."""

    start: str
    end: str = ""
    duration: str = ""
    all_day: str = ""
    colour: str = ""


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
    calendar: CalendarDef | None = None
    tabs: Mapping[str, TabDef] = attribute(default_factory=_nothing)
    variants: Mapping[str, VariantDef] = attribute(default_factory=_nothing)

    def blocks_by_tab(self) -> dict[str, tuple[BlockDef, ...]]:
        """The blocks of each tab, in order; all under "" when there are no tabs. One that names no tab, or one that
        does not exist, stands in the first."""
        first = next(iter(self.tabs), "")
        found: dict[str, list[BlockDef]] = {name: [] for name in self.tabs or ("",)}
        for block in self.blocks.values():
            found[block.tab if block.tab in self.tabs else first].append(block)
        return {name: tuple(blocks) for name, blocks in found.items()}

    def for_record(self, record_type: str, roles: Collection[str]) -> LayoutDef:
        """The layout of a record's page, form and short form, by its type ("" none) and the roles of who looks."""
        variant = self.find_variant(record_type, roles)
        return variant.layout if variant else self

    def find_variant(self, record_type: str, roles: Collection[str]) -> VariantDef | None:
        """The first variant that fits; None where the layout itself is shown."""
        for variant in self.variants.values():
            typed = not variant.record_type or variant.record_type == record_type
            if typed and (not variant.role or variant.role in roles):
                return variant
        return None


@dataclass(frozen=True, kw_only=True)
class VariantDef:
    """Another record page, for records of a type ("" all) and people with a role ("" everybody). `layout` is complete
    and has no variants itself."""

    name: str
    label: str
    layout: LayoutDef
    record_type: str = ""
    role: str = ""
