"""The pieces of the editor's operations: a change of the page, of a list, of words, as a step of the draft."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from fieldstone.changes.drafts.service import Edit
from fieldstone.changes.editing.layouts import list_of, page_of, place_name, with_page
from fieldstone.changes.editing.words import with_texts
from fieldstone.changes.rollback import with_site_layer
from fieldstone.changes.site_patch import patch_document, read_effective
from fieldstone.metadata.documents import TRANSLATION, document_path
from fieldstone.metadata.layers import Layer
from fieldstone.web.setup.layouts.editor import Editor
from fieldstone.web.setup.property_form import read_words

Plain = dict[str, Any]
Form = MultiDict[str, str]


@dataclass(frozen=True, kw_only=True)
class Operation:
    """`label` says it in the list of steps. `item` is what is chosen and has the focus afterwards, "" nothing."""

    label: str
    change: Edit
    item: str = ""


def page_step(editor: Editor, label: str, edit: Callable[[Plain], Mapping[str, Any]], item: str = "") -> Operation:
    def work(data: Mapping[str, Any]) -> Plain:
        return with_page(data, editor.variant, edit(page_of(data, editor.variant)))

    return Operation(label=label, change=document_edit(editor, work), item=item)


def document_edit(editor: Editor, edit: Callable[[Mapping[str, Any]], Plain]) -> Edit:
    def change(layers: Sequence[Layer]) -> Layer:
        data = read_effective(layers, editor.path) or {"module": editor.name}
        return patch_document(layers, editor.path, edit(data))

    return change


def list_step(editor: Editor, zone: str, names: list[str], label: str, item: str = "") -> Operation:
    """The fields of the head, the short form, lists or cards."""
    if zone == "header":
        return page_step(editor, label, lambda page: {**page, "header": names}, item)

    def edit(data: Mapping[str, Any]) -> Plain:
        if zone == "quick_create" and editor.variant:
            variants = data["variants"]
            return {**data, "variants": {**variants, editor.variant: {**variants[editor.variant], zone: names}}}
        if zone == "quick_create":
            return {**data, zone: names}
        part, key = ("list", "columns") if zone == "columns" else ("kanban", "card")
        return {**data, part: {**(data.get(part) or {}), key: names}}

    return Operation(label=label, change=document_edit(editor, edit), item=item)


def place_related(editor: Editor, page: Mapping[str, Any], name: str, position: int) -> Plain:
    """The lists in another order; each is named then, so that the order holds."""
    order = place_name(list(editor.layout.related), name, position)
    said = page.get("related") or {}
    hidden = [each for each in page.get("hidden") or () if each != name]
    made = {**page, "related": {each: said.get(each) or {} for each in order}}
    return {**made, "hidden": hidden} if "hidden" in page else made


def with_related(editor: Editor, page: Mapping[str, Any], name: str, changes: Mapping[str, Any]) -> Plain:
    said = page.get("related") or {}
    entry = {key: value for key, value in {**(said.get(name) or {}), **changes}.items() if value is not None}
    order = list_of(said) if name in said else list(editor.layout.related)
    return {**page, "related": {each: entry if each == name else said.get(each) or {} for each in order}}


def worded(form: Form, made: Operation, key: str) -> Operation:
    """With what the form says in other languages for a key of `metadata.texts`."""
    words = read_words(form)
    if not words:
        return made

    def change(layers: Sequence[Layer]) -> Layer:
        first = with_site_layer(layers, made.change(layers))
        return in_languages(first, words, lambda data, texts: with_texts(data, {key: texts.get("label", "")}))

    return Operation(label=made.label, change=change, item=made.item)


def in_languages(
    layers: Sequence[Layer],
    words: Mapping[str, Mapping[str, str]],
    edit: Callable[[Mapping[str, Any], Mapping[str, str]], Plain],
) -> Layer:
    """The site layer with the documents of some languages edited."""
    for language, texts in words.items():
        path = document_path(TRANSLATION, language)
        data = read_effective(layers, path)
        layers = with_site_layer(layers, patch_document(layers, path, edit(data, texts)))
    return layers[-1]


LISTS: Mapping[str, Callable[[Editor], Sequence[str]]] = {
    "header": lambda editor: editor.layout.header,
    "quick_create": lambda editor: editor.layout.quick_create,
    "columns": lambda editor: editor.layout.columns,
    "card": lambda editor: editor.layout.kanban.card if editor.layout.kanban else (),
}
