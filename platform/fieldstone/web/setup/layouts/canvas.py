"""What the canvas and the palette show of an editor: units in zones, equal when they look the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fieldstone.fields.definition import FieldDef
from fieldstone.metadata.definitions import ModuleDef
from fieldstone.web.i18n import current_language, gettext
from fieldstone.web.setup.layouts.editor import Editor
from fieldstone.web.setup.property_choices import field_words
from fieldstone.web.setup.type_words import type_icon

FORMS = ("page", "quick")
"""Parts that are forms."""
SYSTEM = ("owner", "created_at", "created_by", "modified_at", "modified_by")


@dataclass(frozen=True, kw_only=True)
class Unit:
    """Something that is dragged: `item` says what it is (field:amount). `note` stands at its end. `control` and `shown`
    say how it looks in the form: which control, and what stands in one that is new; "" for what is in no form."""

    item: str
    label: str
    icon: str
    note: str = ""
    new: bool = False
    bad: bool = False
    control: str = ""
    shown: str = ""


@dataclass(frozen=True, kw_only=True)
class Card:
    """A block, or another list of units with a title. `zone` is where units are dropped; `item` is "" for one that
    stays where it is."""

    zone: str
    label: str
    units: tuple[Unit, ...]
    accepts: str = "field"
    item: str = ""
    columns: int = 2
    collapsed: bool = False
    when: str = ""
    note: str = ""
    bad: bool = False

    @property
    def id(self) -> str:
        return "card-" + self.zone.replace(":", "-").replace(".", "-")


@dataclass(frozen=True, kw_only=True)
class Section:
    """Cards below each other: a tab, or all there are. `item` is "" where there are no tabs."""

    zone: str
    cards: tuple[Card, ...]
    accepts: str = ""
    item: str = ""
    label: str = ""


def sections(editor: Editor) -> list[Section]:
    """All that the part of the editor shows."""
    if editor.part == "page":
        return _page(editor)
    if editor.part == "related":
        shown = tuple(_related(editor, name) for name in editor.layout.related)
        return [Section(zone="related", cards=shown, accepts="related")]
    cards = {
        "head": lambda: _names(editor, "header", gettext("Head"), editor.layout.header, gettext("six at most")),
        "quick": lambda: _names(editor, "quick_create", gettext("Quick create"), editor.layout.quick_create),
        "list": lambda: _names(editor, "columns", gettext("Columns of lists"), editor.layout.columns),
        "board": lambda: _names(
            editor, "card", gettext("On a card"), editor.layout.kanban.card if editor.layout.kanban else ()
        ),
    }
    if editor.part not in cards or (editor.part == "board" and editor.layout.kanban is None):
        return []
    return [Section(zone="", cards=(cards[editor.part](),))]


def hidden_units(editor: Editor) -> list[Unit]:
    """What the palette offers besides new fields: what is not shown in this part."""
    if editor.part == "related":
        shown = editor.layout.related
        return [
            Unit(item=f"related:{name}", label=editor.relation_label(name), icon="diagram-3")
            for name in editor.module.relations
            if name not in shown
        ]
    if editor.part == "page":
        blocks, hidden = editor.arranged
        placed = {name for names in blocks.values() for name in names}
        names = [*hidden, *(name for name in _system(editor) if name not in placed)]
    else:
        placed = {unit.item.partition(":")[2] for section in sections(editor) for unit in section.cards[0].units}
        names = [name for name in (*editor.fields, *_system(editor)) if name not in placed]
    return [_field(editor, name) for name in names]


def _page(editor: Editor) -> list[Section]:
    found = []
    blocks, _hidden = editor.arranged
    for tab, named in editor.layout.blocks_by_tab().items():
        cards = tuple(_block(editor, each.name, blocks.get(each.name, ())) for each in named)
        item, label = (f"tab:{tab}", editor.tab_label(tab)) if tab else ("", "")
        found.append(Section(zone=f"tab:{tab}", cards=cards, accepts="block", item=item, label=label))
    return found


def _block(editor: Editor, name: str, fields: Iterable[str]) -> Card:
    block = editor.layout.blocks[name]
    return Card(
        zone=f"block:{name}", item=f"block:{name}", label=editor.block_label(name), columns=block.columns,
        collapsed=block.collapsed, when=block.visible_when, accepts="field type", bad=f"block:{name}" in editor.bad,
        units=tuple(_field(editor, each) for each in fields),
    )  # fmt: skip


def _names(editor: Editor, zone: str, label: str, names: Sequence[str], note: str = "") -> Card:
    return Card(zone=zone, label=label, units=tuple(_field(editor, name) for name in names), note=note)


def _related(editor: Editor, name: str) -> Card:
    shown, relation = editor.layout.related[name], editor.module.relations.get(name)
    label = editor.relation_label(name)
    target = editor.model.modules.get(relation.to) if relation else None
    units = tuple(
        Unit(
            item=f"column.{name}:{column}", label=column_words(editor, relation.to if relation else "", column), icon=""
        )
        for column in shown.columns
    )
    return Card(
        zone=f"related:{name}", item=f"related:{name}", label=label, units=units,
        accepts=f"column.{name}", columns=4, note=_plural(editor, target, label), bad=f"related:{name}" in editor.bad,
    )  # fmt: skip


def _plural(editor: Editor, module: ModuleDef | None, label: str) -> str:
    """What the records of a list are called, where its label does not say it."""
    if module is None:
        return ""
    words = editor.model.text(f"module.{module.name}.plural", current_language(), module.plural)
    return "" if words == label else words


def column_words(editor: Editor, module: str, path: str) -> str:
    """A column of a related list by its label; a path through lookups by its names."""
    found = editor.model.modules.get(module)
    if found is None or "." in path:
        return path
    return field_words(editor.model, found, path)


def _field(editor: Editor, name: str) -> Unit:
    field = editor.field(name)
    if field is None:
        return Unit(item=f"field:{name}", label=name, icon="question-circle", bad=True)
    note = ""
    if field.required:
        note = gettext("required")
    elif editor.model.field_types[field.type].computed:
        note = "ƒ"
    elif field.read_only and name in editor.module.fields:
        note = gettext("read-only")
    asked = editor.part in FORMS
    return Unit(
        item=f"field:{name}", label=editor.field_label(name), icon=type_icon(field.type), note=note,
        new=editor.is_new(name), bad=f"field:{name}" in editor.bad,
        control=editor.model.field_types[field.type].control if asked else "",
        shown=_in_form(editor, field) if asked else "",
    )  # fmt: skip


def _in_form(editor: Editor, field: FieldDef) -> str:
    """What stands in the control of a new record: the default by its words, else the placeholder."""
    picklist = editor.model.picklists.get(field.picklist)
    default = field.default if field.default is not None else picklist.default if picklist else None
    value = picklist.values.get(str(default)) if picklist else None
    if picklist and value:
        return editor.model.text(f"picklist.{picklist.name}.{value.key}", current_language(), value.label)
    if default not in (None, "") and not isinstance(default, bool | dict | list):
        return str(default)
    key = f"field.{editor.name}.{field.name}.placeholder"
    return editor.model.text(key, current_language(), field.placeholder)


def _system(editor: Editor) -> list[str]:
    """The fields that every module has, those that mean something here."""
    more = ["record_number"] if editor.module.number else []
    return [*SYSTEM, *more, *(["record_type"] if editor.module.record_types else [])]
