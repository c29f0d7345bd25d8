"""The side panel of what is chosen in the editor: a field, a block, a tab, a related list, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fieldstone.metadata.definitions import ModuleDef
from fieldstone.web.i18n import LANGUAGES, gettext
from fieldstone.web.setup.layouts.canvas import column_words
from fieldstone.web.setup.layouts.editor import Editor
from fieldstone.web.setup.property_choices import field_choices, field_words
from fieldstone.web.setup.property_form import SOURCE_LANGUAGE, WordRow, property_groups, word_rows
from fieldstone.web.setup.type_words import type_icon, type_label

Choices = Sequence[tuple[str, str]]

_NEEDED = ("picklist", "values", "to", "result", "expression", "relation", "function", "of")
"""Properties without which a field of some type is none; asked for when it is made."""
_CALENDAR = {
    "start": ("date", "datetime"), "end": ("date", "datetime"), "duration": ("duration",), "all_day": ("checkbox",),
    "colour": ("picklist",),
}  # fmt: skip


def panel(editor: Editor, item: str) -> tuple[str, dict[str, Any]]:
    """(template, what it shows) of the panel of an item."""
    kind, _, name = item.partition(":")
    if kind == "field" and editor.field(name) is not None:
        return "setup/layouts/field_panel.html", field_panel(editor, name)
    if kind == "block" and name in editor.layout.blocks:
        block = editor.layout.blocks[name]
        tabs = [(each, editor.tab_label(each)) for each in editor.layout.tabs]
        now = next((tab for tab, found in editor.layout.blocks_by_tab().items() if block in found), "")
        shown = {"block": block, "tabs": tabs, "tab": now, "rows": _rows(editor, f"block.{editor.name}.{name}")}
        return "setup/layouts/block_panel.html", shown
    if kind == "tab" and name in editor.layout.tabs:
        rows = _rows(editor, f"tab.{editor.name}.{name}")
        return "setup/layouts/tab_panel.html", {"tab": editor.layout.tabs[name], "rows": rows}
    if kind == "related" and name in editor.layout.related:
        return "setup/layouts/related_panel.html", _related_panel(editor, name)
    return "setup/layouts/part_panel.html", {"choices": part_choices(editor)}


def field_panel(editor: Editor, name: str) -> dict[str, Any]:
    """Every property that its type has; none for a field that every module has."""
    field = editor.field(name)
    assert field is not None
    own, types, said = name in editor.module.fields, editor.model.field_types, editor.said(name)
    kind = types.find(str(said.get("type", ""))) or types[field.type]  # one with problems is built as a text
    groups, rows = [], []
    if own:
        groups = property_groups(kind, said, model=editor.model, module=editor.name, name=name)
        rows = word_rows(editor.model, editor.name, name)
    return {
        "name": name, "label": editor.field_label(name), "type_sign": type_icon(kind.name), "own": own,
        "type": type_label(editor.model, kind.name), "type_name": kind.name,
        "groups": groups, "rows": rows, "new": editor.is_new(name),
    }  # fmt: skip


def new_field(editor: Editor, type_name: str) -> dict[str, Any]:
    """What is asked for to make a field of a type."""
    kind = editor.model.field_types[type_name]
    said = {"type": type_name}
    groups = property_groups(kind, said, model=editor.model, module=editor.name)
    asked = [
        each for group in groups for each in group.properties if each.name in _NEEDED and _is_asked(each.name, kind)
    ]
    return {"type": type_name, "type_label": type_label(editor.model, type_name), "asked": asked}


def part_choices(editor: Editor) -> list[tuple[str, str, str, Choices]]:
    """(name, label, value, choices) of what is chosen for the whole part: path, board, calendar."""
    if editor.part == "head":
        return [("path", gettext("Path of stages"), editor.layout.path, _fields(editor, ("picklist",)))]
    if editor.part == "board":
        kanban = editor.layout.kanban
        found = [("field", gettext("Columns by"), kanban.field if kanban else "", _fields(editor, ("picklist",)))]
        if kanban:
            found.append(("sum", gettext("Sum of each column"), kanban.sum, _numbers(editor)))
        return found
    if editor.part != "calendar":
        return []
    words = {
        "start": gettext("Begins"), "end": gettext("Ends"), "duration": gettext("Lasts"), "all_day": gettext("All day"),
        "colour": gettext("Coloured by"),
    }  # fmt: skip
    said = editor.layout.calendar
    names = list(_CALENDAR) if said else ["start"]
    return [
        (each, words[each], getattr(said, each) if said else "", _fields(editor, _CALENDAR[each])) for each in names
    ]


def _related_panel(editor: Editor, name: str) -> dict[str, Any]:
    shown, relation = editor.layout.related[name], editor.module.relations.get(name)
    target: ModuleDef | None = editor.model.modules.get(relation.to) if relation else None
    fields = [*field_choices(editor.model, target), *_owned(editor, target)] if target else []
    term = shown.sort[0] if shown.sort else ""
    return {
        "list": shown, "name": name, "rows": _rows(editor, f"relation.{editor.name}.{name}"),
        "columns": [(each, column_words(editor, target.name if target else "", each)) for each in shown.columns],
        "offered": [(each, words) for each, words in fields if each not in shown.columns],
        "sort": term.removeprefix("-"), "descending": term.startswith("-"), "fields": fields,
    }  # fmt: skip


def _owned(editor: Editor, target: ModuleDef) -> Choices:
    return [(each, field_words(editor.model, target, each)) for each in ("owner", "created_at", "modified_at")]


def _is_asked(name: str, kind: Any) -> bool:
    """Not a picklist beside values of its own, and not what the expression gives by itself."""
    return name in kind.required_attributes - {"result"} or name in ("picklist", "values") or name == "of"


def _fields(editor: Editor, types: Sequence[str]) -> Choices:
    names = [each.name for each in editor.module.fields.values() if each.type in types]
    return [("", gettext("none")), *((name, editor.field_label(name)) for name in names)]


def _numbers(editor: Editor) -> Choices:
    kinds = ("integer", "decimal", "percent", "money", "rating")
    names = [each.name for each in editor.module.fields.values() if (each.result or each.type) in kinds]
    return [("", gettext("none")), *((name, editor.field_label(name)) for name in names)]


def _rows(editor: Editor, key: str) -> list[WordRow]:
    """What something is called in other languages."""
    languages = [each for each in LANGUAGES if each != SOURCE_LANGUAGE]
    return [
        WordRow(
            language=each, label=LANGUAGES[each], tag=each.replace("_", "-"),
            values={"label": editor.model.texts.get(each, {}).get(key, "")},
        )
        for each in languages
    ]  # fmt: skip
