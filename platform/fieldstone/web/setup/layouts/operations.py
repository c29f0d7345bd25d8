"""What a request to the editor asks for, as one step of the draft."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import abort

from fieldstone.changes.editing.layouts import (
    add_block,
    add_tab,
    change_block,
    change_tab,
    hide_field,
    move_block,
    move_field,
    move_tab,
    page_of,
    place_name,
    remove_block,
    remove_tab,
    rename_block,
    with_page,
)
from fieldstone.changes.editing.naming import name_from
from fieldstone.changes.editing.translations import with_field_words
from fieldstone.changes.rollback import with_site_layer
from fieldstone.changes.site_patch import patch_document, read_effective
from fieldstone.metadata.layers import Layer
from fieldstone.web.current import current_model
from fieldstone.web.i18n import gettext
from fieldstone.web.numbers import find_number
from fieldstone.web.setup.layouts.editor import Editor
from fieldstone.web.setup.layouts.steps import (
    LISTS,
    Form,
    Operation,
    Plain,
    document_edit,
    in_languages,
    list_step,
    page_step,
    place_related,
    with_related,
    worded,
)
from fieldstone.web.setup.property_form import read_properties, read_words


def read_operation(editor: Editor, form: Form) -> Operation:
    """The operation that a form names with `do`. Aborts with 400 for one that makes no sense."""
    work = _OPERATIONS.get(form.get("do", ""))
    return work(editor, form) if work else abort(400)


def _move(editor: Editor, form: Form) -> Operation:
    """A field, block, tab or related list to a place among the others of a zone."""
    item, zone = form.get("item", ""), form.get("zone", "")
    kind, _, name = item.partition(":")
    where, _, there = zone.partition(":")
    position = find_number(form.get("position", "")) or 0
    if where == "hidden":
        return _hide(editor, form)
    if kind == "field" and where == "block":
        return page_step(
            editor, _moved(editor, name), lambda page: move_field(page, editor.fields, name, there, position), item
        )
    if kind == "block" and where == "tab":
        words = gettext("Move the block %(name)s", name=editor.block_label(name))
        return page_step(editor, words, lambda page: move_block(page, editor.fields, name, there, position), item)
    if kind == "tab":
        words = gettext("Move the tab %(name)s", name=editor.tab_label(name))
        return page_step(editor, words, lambda page: move_tab(page, editor.fields, name, position), item)
    if kind == "related" and where == "related":
        words = gettext("Move the list %(name)s", name=editor.relation_label(name))
        return page_step(editor, words, lambda page: place_related(editor, page, name, position), item)
    if kind.startswith("column.") and where == "related":
        columns = place_name(editor.layout.related[there].columns, name, position)
        words = gettext("Columns of %(name)s", name=editor.relation_label(there))
        return page_step(editor, words, lambda page: with_related(editor, page, there, {"columns": columns}), item)
    if kind == "field" and where in LISTS:
        return list_step(editor, where, place_name(LISTS[where](editor), name, position), _moved(editor, name), item)
    return abort(400)


def _hide(editor: Editor, form: Form) -> Operation:
    """Out of the part that is shown: a field to the hidden ones, a block with its fields, a tab, a list."""
    item = form.get("item", "")
    kind, _, name = item.partition(":")
    fields = editor.fields
    if kind == "block":
        words = gettext("Remove the block %(name)s", name=editor.block_label(name))
        return page_step(editor, words, lambda page: remove_block(page, fields, name))
    if kind == "tab":
        words = gettext("Remove the tab %(name)s", name=editor.tab_label(name))
        return page_step(editor, words, lambda page: remove_tab(page, fields, name))
    if kind == "related":
        words = gettext("Hide the list %(name)s", name=editor.relation_label(name))
        return page_step(
            editor, words, lambda page: {**page, "hidden": place_name(page.get("hidden") or (), name, 10_000)}
        )
    if kind.startswith("column."):
        there = kind.removeprefix("column.")
        columns = place_name(editor.layout.related[there].columns, name, None)
        words = gettext("Columns of %(name)s", name=editor.relation_label(there))
        return page_step(editor, words, lambda page: with_related(editor, page, there, {"columns": columns}))
    words = gettext("Hide %(name)s", name=editor.field_label(name))
    if editor.part == "page":
        return page_step(editor, words, lambda page: hide_field(page, fields, name))
    zone = _ZONES.get(editor.part) or abort(400)
    return list_step(editor, zone, place_name(LISTS[zone](editor), name, None), words)


def _new(editor: Editor, form: Form) -> Operation:
    """A new field in a block. Its name is made from the label unless one is given."""
    label, block = form.get("label", "").strip(), form.get("zone", "").partition(":")[2]
    field_type = editor.model.field_types.find(form.get("type", "")) or abort(400)
    name = name_from(form.get("name", "").strip() or label, editor.fields)
    position = find_number(form.get("position", "")) or 0
    entry = read_properties(form, field_type, {"type": field_type.name, "label": label})

    def change(layers: Sequence[Layer]) -> Layer:
        data = read_effective(layers, editor.module_path)
        fields = {**(data.get("fields") or {}), name: entry}
        made = with_site_layer(layers, patch_document(layers, editor.module_path, {**data, "fields": fields}))
        layout = read_effective(made, editor.path) or {"module": editor.name}
        page = move_field(page_of(layout, editor.variant), list(fields), name, block, position)
        return patch_document(made, editor.path, with_page(layout, editor.variant, page))

    return Operation(label=gettext("New field %(name)s", name=label), change=change, item=f"field:{name}")


def _field(editor: Editor, form: Form) -> Operation:
    """The properties of a field, with its words in other languages."""
    name = form.get("name", "")
    if name not in editor.module.fields:
        abort(400)
    said = editor.said(name)
    types = editor.model.field_types
    field_type = types.find(form.get("p.type", "")) or types[editor.module.fields[name].type]
    wanted, words = read_properties(form, field_type, said), read_words(form)

    def change(layers: Sequence[Layer]) -> Layer:
        data = read_effective(layers, editor.module_path)
        fields = {**(data.get("fields") or {}), name: wanted}
        made = with_site_layer(layers, patch_document(layers, editor.module_path, {**data, "fields": fields}))
        return in_languages(made, words, lambda data, texts: with_field_words(data, editor.name, name, texts))

    text = gettext("Change %(name)s", name=editor.field_label(name))
    return Operation(label=text, change=change, item=f"field:{name}")


def _block(editor: Editor, form: Form) -> Operation:
    """The title, columns, condition and tab of a block."""
    name, label = form.get("name", ""), form.get("label", "").strip()
    if name not in editor.layout.blocks:
        abort(400)
    columns = find_number(form.get("columns", "")) or 2
    changes: Plain = {
        "columns": columns if columns != 2 else None,
        "collapsed": True if form.getlist("collapsed")[-1:] == ["1"] else None,
        "visible_when": form.get("visible_when", "").replace("\r\n", "\n").strip() or None,
    }
    if label and label != editor.layout.blocks[name].label:
        changes["label"] = label
    if form.get("tab") in editor.layout.tabs and form["tab"] != _tab_now(editor, name):
        changes["tab"] = form["tab"]
    text = gettext("Change the block %(name)s", name=editor.block_label(name))
    new = _name_of_block(editor, name, label)

    def edit(page: Plain) -> Plain:
        changed = change_block(page, editor.fields, name, changes)
        return changed if new == name else rename_block(changed, editor.fields, name, new)

    return worded(form, page_step(editor, text, edit, f"block:{new}"), f"block.{editor.name}.{new}")


def _name_of_block(editor: Editor, name: str, label: str) -> str:
    """Made from the label when a block that was added without one is called something for the first time."""
    layout = current_model().layouts.get(editor.name)
    pages = [layout, *(each.layout for each in layout.variants.values())] if layout else []
    is_first = editor.layout.blocks[name].label == gettext("New block") and label not in ("", gettext("New block"))
    if not is_first or any(name in page.blocks for page in pages):
        return name
    return name_from(label, editor.arranged[0])


def _tab(editor: Editor, form: Form) -> Operation:
    name, label = form.get("name", ""), form.get("label", "").strip()
    text = gettext("Change the tab %(name)s", name=editor.tab_label(name))
    made = page_step(editor, text, lambda page: change_tab(page, name, label) if label else dict(page), f"tab:{name}")
    return worded(form, made, f"tab.{editor.name}.{name}")


def _related(editor: Editor, form: Form) -> Operation:
    """The title, order and columns of a related list."""
    name = form.get("name", "")
    shown = editor.layout.related.get(name) or abort(400)
    changes: Plain = {}
    label = form.get("label", "").strip()
    if label != shown.label:
        changes["label"] = label or None
    sort = [term for term in (form.get("descending", "") + form.get("sort", ""),) if term.strip("-")]
    if sort != list(shown.sort[:1]):
        changes["sort"] = sort or None
    if form.get("add"):
        changes["columns"] = place_name(shown.columns, form["add"], len(shown.columns))
    text = gettext("Change the list %(name)s", name=editor.relation_label(name))
    made = page_step(editor, text, lambda page: with_related(editor, page, name, changes), f"related:{name}")
    return worded(form, made, f"relation.{editor.name}.{name}")


def _add_block(editor: Editor, form: Form) -> Operation:
    label, tab = form.get("label", "").strip() or gettext("New block"), form.get("tab", "")
    _made, name = add_block(editor.page, editor.fields, label, tab=tab)
    text = gettext("New block %(name)s", name=label)
    return page_step(editor, text, lambda page: add_block(page, editor.fields, label, tab=tab)[0], f"block:{name}")


def _add_tab(editor: Editor, form: Form) -> Operation:
    label = form.get("label", "").strip() or gettext("New tab")
    first = gettext("Overview")
    _made, name = add_tab(editor.page, label, first)
    text = gettext("New tab %(name)s", name=label)
    return page_step(editor, text, lambda page: add_tab(page, label, first)[0], f"tab:{name}")


def _choose(editor: Editor, form: Form) -> Operation:
    """The single fields of the part: path, board, calendar; "" takes one out, and the part without its first."""
    if editor.part == "head":
        path = form.get("path", "")
        return page_step(editor, gettext("Path of stages"), lambda page: {**page, "path": path})
    key = {"board": "kanban", "calendar": "calendar"}.get(editor.part) or abort(400)
    needed = {"kanban": "field", "calendar": "start"}[key]
    known = ("field", "sum") if key == "kanban" else ("start", "end", "duration", "all_day", "colour")

    def edit(data: Mapping[str, Any]) -> Plain:
        entry = {**(data.get(key) or {}), **{name: form[name] for name in known if name in form}}
        left = {name: value for name, value in data.items() if key != name}
        kept = {name: value for name, value in entry.items() if value}
        return {**left, key: kept} if kept.get(needed) else left

    words = gettext("Board") if key == "kanban" else gettext("Calendar")
    return Operation(label=words, change=document_edit(editor, edit))


def _moved(editor: Editor, name: str) -> str:
    return gettext("Move %(name)s", name=editor.field_label(name))


def _tab_now(editor: Editor, block: str) -> str:
    return next(
        (tab for tab, found in editor.layout.blocks_by_tab().items() if any(each.name == block for each in found)), ""
    )


_ZONES = {"head": "header", "quick": "quick_create", "list": "columns", "board": "card"}
_OPERATIONS: Mapping[str, Callable[[Editor, Form], Operation]] = {
    "move": _move, "hide": _hide, "new": _new, "field": _field, "block": _block, "tab": _tab, "related": _related,
    "add_block": _add_block, "add_tab": _add_tab, "choose": _choose,
}  # fmt: skip
