"""Layouts: every field, column, sort and filter they name."""

from __future__ import annotations

from collections.abc import Sequence

from fieldstone.kernel.codes import declare
from fieldstone.metadata.checks.context import CheckContext, Steps
from fieldstone.metadata.checks.variants import check_variant
from fieldstone.metadata.documents import LAYOUT
from fieldstone.metadata.layout_definitions import CalendarDef, LayoutDef, ListViewDef
from fieldstone.metadata.nearest import nearest
from fieldstone.metadata.system_fields import find_any_field

NO_MODULE = declare("layout.E010", "There is no module {module!r}.", "Closest modules: {known}.")
NO_FIELD = declare("layout.E011", "There is no field {name!r} in {module!r}.", "Closest fields: {known}.")
NO_RELATION = declare(
    "layout.E012", "There is no related list {relation!r} of {module!r}.", "Closest related lists: {known}."
)
NOT_SORTABLE = declare(
    "layout.E013", "Lists cannot be sorted by {name!r}, a field of type {type}.", "Sort by another field."
)
NOT_A_PICKLIST = declare("layout.E014", "{name!r} is not a picklist field.", "Name a field of type picklist.")
NOT_A_NUMBER = declare("layout.E015", "{name!r} cannot be summed up.", "Name a field with numbers.")
DEFAULT_TWICE = declare("layout.E016", "Two list views are the default: {first} and {second}.", "Keep one default.")
NOT_OF_TYPE = declare(
    "layout.E017", "{name!r} is of type {type}; `{key}` of a calendar needs {needed}.", "Name a field of that type."
)
TWO_ENDS = declare("layout.E018", "A calendar has `end` or `duration`, not both.", "Take one of them out.")
NO_TAB = declare("layout.E019", "There is no tab {tab!r}.", "Closest tabs: {known}. Or leave `tab` out.")
SHOWN_TWICE = declare("layout.W001", "{name!r} stands in two blocks: {first} and {second}.", "Keep it in one of them.")
NOT_ASKED = declare(
    "layout.W002",
    "The short form does not ask for {name!r}, which is required and has no default.",
    "Add it to `quick_create`, or give the field a default.",
)


def check_layout(context: CheckContext, name: str) -> None:
    """The layout of a module that exists. Derived parts are right by construction and have no place to point at."""
    layout = context.model.layouts[name]
    _check_page(context, layout, ())
    for variant in layout.variants.values():
        _check_page(context, variant.layout, ("variants", variant.name))
        check_variant(context, name, variant)
    _check_paths(context, name, name, layout.columns, "list", "columns")
    for view in layout.views.values():
        _check_view(context, name, view)
    defaults = [view.name for view in layout.views.values() if view.default]
    if len(defaults) > 1:
        context.report(
            DEFAULT_TWICE, LAYOUT, name, "list", "views", defaults[1], "default", first=defaults[0], second=defaults[1]
        )
    if layout.kanban:
        _check_picklist(context, name, layout.kanban.field, "kanban", "field")
        _check_fields(context, name, layout.kanban.card, "kanban", "card")
        if layout.kanban.sum:
            _check_sum(context, name, layout.kanban.sum)
    if layout.calendar:
        _check_calendar(context, name, layout.calendar)


def _check_page(context: CheckContext, layout: LayoutDef, at: Steps) -> None:
    """What the layout, or a variant `at` a place of it, says of the record page and the short form."""

    def says(*steps: str) -> bool:
        return not at or context.documents.node(LAYOUT, layout.module, *at, *steps) is not None

    if says("record", "header"):
        _check_fields(context, layout.module, layout.header, *at, "record", "header")
    if says("record", "blocks"):
        _check_blocks(context, layout, (*at, "record", "blocks"))
    if says("record", "path"):
        _check_picklist(context, layout.module, layout.path, *at, "record", "path")
    if says("record", "related"):
        _check_related(context, layout, (*at, "record", "related"))
    if says("quick_create"):
        _check_fields(context, layout.module, layout.quick_create, *at, "quick_create")
        _check_quick_create(context, layout, (*at, "quick_create"))


def check_orphans(context: CheckContext) -> None:
    """Layouts of modules that do not exist."""
    for document in context.documents.of_kind(LAYOUT):
        if document.name not in context.modules:
            known = nearest(document.name, context.modules)
            context.report(NO_MODULE, LAYOUT, document.name, "module", module=document.name, known=known)


def _report_field(context: CheckContext, layout: str, module: str, name: str, steps: tuple[str | int, ...]) -> None:
    known = context.known_fields(module, name)
    context.report(NO_FIELD, LAYOUT, layout, *steps, name=name, module=module, known=known)


def _check_fields(context: CheckContext, module: str, names: Sequence[str], *steps: str | int) -> None:
    for position, name in enumerate(names):
        if context.find_field(module, name) is None:
            _report_field(context, module, module, name, (*steps, position))


def _check_paths(context: CheckContext, layout: str, module: str, names: Sequence[str], *steps: str | int) -> None:
    """Columns: fields, or paths through lookups."""
    scope = context.scope(module)
    for position, name in enumerate(names):
        if context.find_field(module, name) is None and scope.find_type(tuple(name.split("."))) is None:
            _report_field(context, layout, module, name, (*steps, position))


def _check_sort(context: CheckContext, layout: str, module: str, sort: Sequence[str], *steps: str | int) -> None:
    _check_paths(context, layout, module, [name.removeprefix("-") for name in sort], *steps)
    for position, name in enumerate(sort):
        field = find_any_field(context.modules[module], name.removeprefix("-"))
        if field is not None and not context.field_types[field.result or field.type].sortable:
            context.report(NOT_SORTABLE, LAYOUT, layout, *steps, position, name=field.name, type=field.type)


def _check_blocks(context: CheckContext, layout: LayoutDef, at: Steps) -> None:
    seen: dict[str, str] = {}
    for block in layout.blocks.values():
        steps = (*at, block.name)
        if block.tab and block.tab not in layout.tabs:
            known = nearest(block.tab, layout.tabs)
            context.report(NO_TAB, LAYOUT, layout.module, *steps, "tab", tab=block.tab, known=known)
        authored = [name for name in block.fields if name not in block.placed]
        _check_fields(context, layout.module, authored, *steps, "fields")
        if block.visible_when:
            scope = context.scope(layout.module)
            context.check_expression(
                block.visible_when, scope, LAYOUT, layout.module, *steps, "visible_when", expected="boolean"
            )
        for position, name in enumerate(authored):
            if name in seen:
                context.report(
                    SHOWN_TWICE,
                    LAYOUT,
                    layout.module,
                    *(*steps, "fields", position),
                    name=name,
                    first=seen[name],
                    second=block.name,
                )
            seen.setdefault(name, block.name)


def _check_related(context: CheckContext, layout: LayoutDef, at: Steps) -> None:
    relations = context.modules[layout.module].relations
    for related in layout.related.values():
        relation = relations.get(related.relation)
        steps = (*at, related.relation)
        if relation is None:
            known = nearest(related.relation, relations)
            context.report(
                NO_RELATION,
                LAYOUT,
                layout.module,
                *steps,
                relation=related.relation,
                module=layout.module,
                known=known,
            )
        elif relation.to in context.modules:
            _check_paths(context, layout.module, relation.to, related.columns, *steps, "columns")
            _check_sort(context, layout.module, relation.to, related.sort, *steps, "sort")


def _check_quick_create(context: CheckContext, layout: LayoutDef, at: Steps) -> None:
    if context.documents.node(LAYOUT, layout.module, *at) is None:
        return
    for field in context.modules[layout.module].fields.values():
        has_default = field.default is not None or field.default_expression or field.type == "checkbox"
        if not has_default and field.picklist:
            picklist = context.picklists.get(field.picklist)
            has_default = bool(picklist and picklist.default)
        if field.required and not has_default and field.name not in layout.quick_create:
            context.report(NOT_ASKED, LAYOUT, layout.module, *at, name=field.name)


def _check_view(context: CheckContext, module: str, view: ListViewDef) -> None:
    steps = ("list", "views", view.name)
    if context.documents.node(LAYOUT, module, *steps) is None:
        return
    if context.documents.node(LAYOUT, module, *steps, "columns") is not None:
        _check_paths(context, module, module, view.columns, *steps, "columns")
    _check_sort(context, module, module, view.sort, *steps, "sort")
    if view.filter:
        context.check_expression(
            view.filter, context.scope(module), LAYOUT, module, *steps, "filter", expected="boolean"
        )


def _check_picklist(context: CheckContext, module: str, name: str, *steps: str | int) -> None:
    if not name:
        return
    field = context.find_field(module, name)
    if field is None:
        _report_field(context, module, module, name, steps)
    elif field.type != "picklist":
        context.report(NOT_A_PICKLIST, LAYOUT, module, *steps, name=name)


def _check_sum(context: CheckContext, module: str, name: str) -> None:
    if context.find_field(module, name) is None:
        _report_field(context, module, module, name, ("kanban", "sum"))
        return
    value_type = context.scope(module).find_type((name,))
    if value_type is not None and value_type.kind != "number":
        context.report(NOT_A_NUMBER, LAYOUT, module, "kanban", "sum", name=name)


def _check_calendar(context: CheckContext, module: str, calendar: CalendarDef) -> None:
    start = context.find_field(module, calendar.start)
    needed = {
        "start": ("date", "datetime"),
        "end": (start.type,) if start is not None else ("date", "datetime"),
        "duration": ("duration",),
        "all_day": ("checkbox",),
        "colour": ("picklist",),
    }
    for key, types in needed.items():
        name = getattr(calendar, key)
        if not name:
            continue
        field = context.find_field(module, name)
        if field is None:
            _report_field(context, module, module, name, ("calendar", key))
        elif field.type not in types:
            words = " or ".join(types)
            context.report(
                NOT_OF_TYPE, LAYOUT, module, "calendar", key, name=name, type=field.type, key=key, needed=words
            )
    if calendar.end and calendar.duration:
        context.report(TWO_ENDS, LAYOUT, module, "calendar", "duration")
