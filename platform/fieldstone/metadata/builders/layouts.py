"""A layout's document, or nothing → a complete layout: what is left out is derived from the module."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from fieldstone.fields.base import FieldType
from fieldstone.fields.definition import FieldDef
from fieldstone.kernel.registry import Registry
from fieldstone.metadata.builders.placing import place_fields
from fieldstone.metadata.builders.words import label_from
from fieldstone.metadata.definitions import ModuleDef
from fieldstone.metadata.layout_definitions import (
    BlockDef,
    CalendarDef,
    KanbanDef,
    LayoutDef,
    ListViewDef,
    RelatedListDef,
    TabDef,
    VariantDef,
)
from fieldstone.metadata.nodes import MappingNode

ALL_VIEW = "all"
LIST_COLUMNS = 6
RELATED_COLUMNS = 4
HEADER_FIELDS = 5
ARRANGED = ("tabs", "blocks", "hidden")
"""What a variant with blocks says altogether, so that none of it means something else beside other blocks."""
_WIDE_CONTROLS = frozenset({"textarea", "markdown", "address", "json", "secret", "static"})
_HEADER_SLOTS = frozenset({"figure", "status", "person", "date"})


def build_layout(
    module: ModuleDef, root: MappingNode | None, modules: Mapping[str, ModuleDef], field_types: Registry[FieldType]
) -> LayoutDef:
    """The layout of a module. `modules` are asked for the columns of related lists."""
    node = root or MappingNode("", 0, 0)
    made = _build_whole(module, node, modules, field_types)
    variants = {
        name: VariantDef(
            name=name,
            label=variant.text("label") or label_from(name),
            record_type=variant.text("record_type"),
            role=variant.text("role"),
            layout=_build_whole(module, _varied(node, variant), modules, field_types),
        )
        for name, variant in node.mapping("variants").mappings()
    }
    return replace(made, variants=variants) if variants else made


def _varied(node: MappingNode, variant: MappingNode) -> MappingNode:
    """The document as it is for a variant."""
    page, own = node.mapping("record"), variant.mapping("record")
    apart = ARRANGED if "blocks" in own.entries else ()
    entries = {key: child for key, child in page.entries.items() if key not in apart}
    record = MappingNode(own.file, own.line, own.column, entries | own.entries)
    asked = {key: child for key, child in variant.entries.items() if key == "quick_create"}
    return MappingNode(node.file, node.line, node.column, {**node.entries, "record": record, **asked})


def _build_whole(
    module: ModuleDef, node: MappingNode, modules: Mapping[str, ModuleDef], field_types: Registry[FieldType]
) -> LayoutDef:
    page, lists = node.mapping("record"), node.mapping("list")
    columns = lists.texts("columns") or list_columns(module, field_types)
    blocks = {name: _build_block(name, block) for name, block in page.mapping("blocks").mappings()}
    return LayoutDef(
        module=module.name,
        blocks=place_fields(module, blocks, page.texts("hidden")) if blocks else _derive_blocks(module),
        header=page.texts("header") if "header" in page.entries else _derive_header(module, field_types),
        path=page.text("path") if "path" in page.entries else _derive_path(module),
        related=_build_related(module, page, modules, field_types),
        quick_create=node.texts("quick_create") or _derive_quick_create(module, field_types),
        columns=columns,
        views=_build_views(module, lists, columns),
        kanban=_build_kanban(node),
        calendar=_build_calendar(node),
        tabs={name: TabDef(name=name, label=tab.text("label") or label_from(name)) for name, tab in _tabs(page)},
    )


def _tabs(page: MappingNode) -> Iterable[tuple[str, MappingNode]]:
    return page.mapping("tabs").mappings()


def list_columns(module: ModuleDef, field_types: Registry[FieldType], limit: int = LIST_COLUMNS) -> tuple[str, ...]:
    """The name field and the first fields that fit a table."""
    names = [module.name_field] if module.name_field in module.fields else []
    for field in module.fields.values():
        if field.name not in names and field_types[field.type].control not in _WIDE_CONTROLS:
            names.append(field.name)
    return tuple(names[:limit]) or ("id",)


def _build_block(name: str, node: MappingNode) -> BlockDef:
    return BlockDef(
        name=name,
        label=node.text("label") or label_from(name),
        fields=node.texts("fields"),
        columns=node.whole("columns", 2),
        collapsed=node.flag("collapsed"),
        visible_when=node.text("visible_when").strip(),
        tab=node.text("tab"),
    )


def _derive_blocks(module: ModuleDef) -> dict[str, BlockDef]:
    fields = tuple(dict.fromkeys((*module.fields, "owner")))
    return {"details": BlockDef(name="details", label="Details", fields=fields)}


def _derive_header(module: ModuleDef, field_types: Registry[FieldType]) -> tuple[str, ...]:
    fitting = [field.name for field in module.fields.values() if field_types[field.type].slot in _HEADER_SLOTS]
    return (*fitting[: HEADER_FIELDS - 1], "owner")


def _derive_path(module: ModuleDef) -> str:
    return next((field.name for field in module.fields.values() if field.track_duration), "")


def _derive_quick_create(module: ModuleDef, field_types: Registry[FieldType]) -> tuple[str, ...]:
    def is_asked(field: FieldDef) -> bool:
        asked = field.name == module.name_field or field.required or field.quick_create
        return asked and not field_types[field.type].computed and not field.read_only

    return tuple(field.name for field in module.fields.values() if is_asked(field))


def _build_related(
    module: ModuleDef, page: MappingNode, modules: Mapping[str, ModuleDef], field_types: Registry[FieldType]
) -> dict[str, RelatedListDef]:
    """The lists the document names, then every other relation to a module that is not hidden, so that what
    a layer adds is seen without another document; `hidden` leaves a list out."""
    authored = page.mapping("related")
    related = {
        name: _related_list(module, name, authored.mapping(name), modules, field_types) for name in authored.entries
    }
    empty = MappingNode("", 0, 0)
    for relation in module.relations.values():
        target = modules.get(relation.to)
        if relation.name not in related and target is not None and not target.hidden:
            related[relation.name] = _related_list(module, relation.name, empty, modules, field_types)
    hidden = page.texts("hidden")
    return {name: shown for name, shown in related.items() if name not in hidden}


def _related_list(
    module: ModuleDef,
    name: str,
    node: MappingNode,
    modules: Mapping[str, ModuleDef],
    field_types: Registry[FieldType],
) -> RelatedListDef:
    relation = module.relations.get(name)
    target = modules.get(relation.to) if relation else None
    columns = node.texts("columns")
    if not columns and relation is not None and target is not None:
        found = list_columns(target, field_types, RELATED_COLUMNS + 1)
        columns = tuple(column for column in found if column != relation.field)[:RELATED_COLUMNS]
    label = node.text("label") or (relation.label if relation else label_from(name))
    return RelatedListDef(relation=name, columns=columns, label=label, sort=node.texts("sort"))


def _build_views(module: ModuleDef, lists: MappingNode, columns: tuple[str, ...]) -> dict[str, ListViewDef]:
    """The views of the document; one with all records is always there, and one is always the default."""
    views = {
        name: ListViewDef(
            name=name,
            label=node.text("label") or label_from(name),
            filter=node.text("filter").strip(),
            columns=node.texts("columns") or columns,
            sort=node.texts("sort"),
            default=node.flag("default"),
        )
        for name, node in lists.mapping("views").mappings()
    }
    if ALL_VIEW not in views:
        views[ALL_VIEW] = ListViewDef(name=ALL_VIEW, label=f"All {_inside_sentence(module.plural)}", columns=columns)
    if not any(view.default for view in views.values()):
        chosen = views[ALL_VIEW]
        views[ALL_VIEW] = replace(chosen, default=True)
    return views


def _inside_sentence(plural: str) -> str:
    """Opportunities → opportunities, but FAQs stays."""
    return plural[0].lower() + plural[1:] if plural[1:2].islower() else plural


def _build_kanban(node: MappingNode) -> KanbanDef | None:
    kanban = node.find("kanban")
    if not isinstance(kanban, MappingNode):
        return None
    return KanbanDef(field=kanban.text("field"), card=kanban.texts("card"), sum=kanban.text("sum"))


def _build_calendar(node: MappingNode) -> CalendarDef | None:
    calendar = node.find("calendar")
    if not isinstance(calendar, MappingNode):
        return None
    return CalendarDef(
        start=calendar.text("start"),
        end=calendar.text("end"),
        duration=calendar.text("duration"),
        all_day=calendar.text("all_day"),
        colour=calendar.text("colour"),
    )
