"""A layout's document, or one of its variants, with one thing changed: fields, blocks and tabs.

All work on the plain data of the *page*: what the document says under `record`, as `page_of` gives it. `fields` are
the names of the fields that the module declares. Every one of them stands in exactly one block or is hidden, before
and after each operation; those that every module has may stand in a block, or nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fieldstone.changes.editing.naming import name_from
from fieldstone.metadata.builders.layouts import ARRANGED
from fieldstone.metadata.builders.placing import place_names

Plain = dict[str, Any]

FIRST_BLOCK = ("details", "Details")


def page_of(data: Mapping[str, Any], variant: str = "") -> Plain:
    """What a document says of the record page, for a variant of it: what the layout says where that says nothing."""
    page = dict(data.get("record") or {})
    if not variant:
        return page
    own = dict((data.get("variants") or {}).get(variant, {}).get("record") or {})
    apart = ARRANGED if "blocks" in own else ()
    return {key: value for key, value in page.items() if key not in apart} | own


def with_page(data: Mapping[str, Any], variant: str, page: Mapping[str, Any]) -> Plain:
    """The document with another page, or a variant of it with what differs from the layout's."""
    if not variant:
        return {**data, "record": dict(page)}
    said = (data.get("variants") or {}).get(variant, {})
    own, before = dict(said.get("record") or {}), page_of(data, variant)
    changed = {key for key in page if page[key] != before.get(key) or list_of(page[key]) != list_of(before.get(key))}
    if changed & set(ARRANGED) or any(key in before and key not in page for key in ARRANGED):
        own = {key: value for key, value in own.items() if key not in ARRANGED}
        changed |= {key for key in ARRANGED if key in page}
    own |= {key: page[key] for key in changed}
    return _with_variant(data, variant, {**said, "record": own})


def list_of(value: Any) -> list[Any]:
    """The order of a mapping's keys: two of equal content may differ in it."""
    return list(value) if isinstance(value, Mapping) else []


def arrangement(page: Mapping[str, Any], fields: Sequence[str]) -> tuple[dict[str, list[str]], list[str]]:
    """Block → its fields in order, and the hidden fields. A page without blocks has one with all fields."""
    hidden = [str(name) for name in page.get("hidden") or ()]
    said = page.get("blocks") or {}
    if not said:
        shown = [name for name in dict.fromkeys((*fields, "owner")) if name not in hidden]
        return {FIRST_BLOCK[0]: shown}, [name for name in fields if name in hidden]
    named: dict[str, list[str]] = {}
    seen: set[str] = set()
    for block, entry in said.items():  # a field that two blocks name stands in the first
        found = entry.get("fields") if isinstance(entry, Mapping) else None
        own = [name for name in dict.fromkeys(map(str, found or ())) if name not in seen]
        seen.update(own)
        named[block] = own
    blocks = place_names(fields, named, hidden)
    shown = [name for names in blocks.values() for name in names]
    return blocks, [name for name in fields if name in hidden and name not in shown]


def arrange(
    page: Mapping[str, Any], fields: Sequence[str], blocks: Mapping[str, Sequence[str]], entries: Mapping[str, Any]
) -> Plain:
    """The page with these blocks, in this order: `blocks` says the fields of each, `entries` all else.

    A block that says as much already is left as it is; what is shown nowhere is hidden, by name.
    """
    shown = {name for names in blocks.values() for name in names}
    others = [str(name) for name in page.get("hidden") or () if name not in fields and name not in shown]
    hidden = [*others, *(name for name in fields if name not in shown)]
    made = {name: {**(entries.get(name) or {}), "fields": list(names)} for name, names in blocks.items()}
    result = {key: value for key, value in page.items() if key not in ("blocks", "hidden")} | {"blocks": made}
    return {**result, "hidden": hidden} if hidden or "hidden" in page else result


def move_field(page: Mapping[str, Any], fields: Sequence[str], name: str, block: str, position: int) -> Plain:
    """The page with a field at a place among the others of a block; it may have been hidden, or be a new one."""
    blocks, _hidden = arrangement(page, fields)
    if block not in blocks:
        return dict(page)
    left = {each: [other for other in names if other != name] for each, names in blocks.items()}
    left[block].insert(max(0, min(position, len(left[block]))), name)
    return arrange(page, fields, left, _entries(page))


def hide_field(page: Mapping[str, Any], fields: Sequence[str], name: str) -> Plain:
    blocks, _hidden = arrangement(page, fields)
    left = {each: [other for other in names if other != name] for each, names in blocks.items()}
    return arrange(page, fields, left, _entries(page))


def add_block(page: Mapping[str, Any], fields: Sequence[str], label: str, *, tab: str = "") -> tuple[Plain, str]:
    """The page with an empty block at the end, and its name."""
    blocks, _hidden = arrangement(page, fields)
    name = name_from(label, blocks)
    entry = {"label": label} | ({"tab": tab} if tab else {})
    return arrange(page, fields, {**blocks, name: []}, {**_entries(page), name: entry}), name


def change_block(page: Mapping[str, Any], fields: Sequence[str], name: str, changes: Mapping[str, Any]) -> Plain:
    """The page with other attributes of a block (label, columns, collapsed, visible_when, tab); None takes one out."""
    blocks, _hidden = arrangement(page, fields)
    entries = _entries(page)
    if name not in blocks:
        return dict(page)
    entry = {key: value for key, value in {**entries.get(name, {}), **changes}.items() if value is not None}
    return arrange(page, fields, blocks, {**entries, name: entry})


def rename_block(page: Mapping[str, Any], fields: Sequence[str], name: str, new: str) -> Plain:
    """The page with a block under another name, for one that nobody has published: nothing else names it."""
    blocks, _hidden = arrangement(page, fields)
    named = {new if each == name else each: names for each, names in blocks.items()}
    entries = {new if each == name else each: entry for each, entry in _entries(page).items()}
    return arrange(page, fields, named, entries)


def move_block(page: Mapping[str, Any], fields: Sequence[str], name: str, tab: str, position: int) -> Plain:
    """The page with a block at a place among those of a tab ("" where there are none)."""
    blocks, _hidden = arrangement(page, fields)
    if name not in blocks:
        return dict(page)
    entries, first = _entries(page), next(iter(page.get("tabs") or {}), "")
    there = [each for each in blocks if each != name and (tab_of(page, each) or first) == (tab or first)]
    order = [each for each in blocks if each != name]
    before = there[position] if 0 <= position < len(there) else None
    at = order.index(before) if before else (order.index(there[-1]) + 1 if there else len(order))
    order.insert(at, name)
    entry = {key: value for key, value in entries.get(name, {}).items() if key != "tab"}
    if tab and (tab != first or "tab" in entries.get(name, {})):
        entry["tab"] = tab
    return arrange(page, fields, {each: blocks[each] for each in order}, {**entries, name: entry})


def remove_block(page: Mapping[str, Any], fields: Sequence[str], name: str) -> Plain:
    """The page without a block; its fields are hidden. The last block stays, empty."""
    blocks, _hidden = arrangement(page, fields)
    left = {each: names for each, names in blocks.items() if each != name}
    return arrange(page, fields, left or {name: []}, _entries(page))


def add_tab(page: Mapping[str, Any], label: str, first: str = "Overview") -> tuple[Plain, str]:
    """The page with one more tab, and its name. With the first one comes another, called `first`, in which all blocks
    stand."""
    tabs = dict(page.get("tabs") or {})
    if not tabs:
        tabs[name_from(first)] = {"label": first}
    name = name_from(label, tabs)
    return {**page, "tabs": {**tabs, name: {"label": label}}}, name


def change_tab(page: Mapping[str, Any], name: str, label: str) -> Plain:
    tabs = dict(page.get("tabs") or {})
    return {**page, "tabs": {**tabs, name: {**tabs[name], "label": label}}} if name in tabs else dict(page)


def move_tab(page: Mapping[str, Any], fields: Sequence[str], name: str, position: int) -> Plain:
    """The page with its tabs in another order; every block stays in its tab."""
    tabs = dict(page.get("tabs") or {})
    if name not in tabs:
        return dict(page)
    fixed = _with_tabs_said(page, fields)
    order = place_name(list(tabs), name, position)
    return {**fixed, "tabs": {each: tabs[each] for each in order}}


def remove_tab(page: Mapping[str, Any], fields: Sequence[str], name: str) -> Plain:
    """The page without a tab; its blocks stand in the first of the others."""
    tabs = {each: entry for each, entry in (page.get("tabs") or {}).items() if each != name}
    blocks, _hidden = arrangement(page, fields)
    entries = _entries(page)
    for block in blocks:
        if tab_of(page, block) == name or not tabs:
            entries[block] = {key: value for key, value in entries.get(block, {}).items() if key != "tab"}
    made = arrange(page, fields, blocks, entries)
    left = {key: value for key, value in made.items() if key != "tabs"}
    return {**left, "tabs": tabs} if tabs else left


def tab_of(page: Mapping[str, Any], block: str) -> str:
    """The tab that a block names, "" for the first one."""
    entry = (page.get("blocks") or {}).get(block)
    tab = str(entry.get("tab", "")) if isinstance(entry, Mapping) else ""
    return tab if tab in (page.get("tabs") or {}) else ""


def place_name(names: Sequence[str], name: str, position: int | None) -> list[str]:
    """A list with a name at a place among the others; None takes it out."""
    left = [each for each in names if each != name]
    if position is not None:
        left.insert(max(0, min(position, len(left))), name)
    return left


def start_variant(
    data: Mapping[str, Any], fields: Sequence[str], label: str, *, record_type: str = "", role: str = ""
) -> tuple[Plain, str]:
    """The document with a variant that begins as a copy of the arrangement of the layout, and its name. Those that
    are for fewer come first, since the first that fits counts."""
    variants = dict(data.get("variants") or {})
    name = name_from("_".join(filter(None, (record_type, role))), variants)
    page = page_of(data)
    blocks, _hidden = arrangement(page, fields)
    copied = arrange(page, fields, blocks, _entries(page))
    entry: Plain = {"label": label}
    entry |= {key: value for key, value in (("record_type", record_type), ("role", role)) if value}
    entry["record"] = {key: copied[key] for key in ARRANGED if key in copied}
    exact = bool(record_type and role)
    behind = [each for each, said in variants.items() if exact and not (said.get("record_type") and said.get("role"))]
    at = list(variants).index(behind[0]) if behind else len(variants)
    order = list(variants)
    order.insert(at, name)
    return {**data, "variants": {each: {**variants, name: entry}[each] for each in order}}, name


def remove_variant(data: Mapping[str, Any], name: str) -> Plain:
    variants = {each: said for each, said in (data.get("variants") or {}).items() if each != name}
    left = {key: value for key, value in data.items() if key != "variants"}
    return {**left, "variants": variants} if variants else left


def _with_variant(data: Mapping[str, Any], name: str, entry: Plain) -> Plain:
    return {**data, "variants": {**(data.get("variants") or {}), name: entry}}


def _with_tabs_said(page: Mapping[str, Any], fields: Sequence[str]) -> Plain:
    """The page with the tab written on every block, so that another first tab takes none along."""
    first = next(iter(page.get("tabs") or {}), "")
    blocks, _hidden = arrangement(page, fields)
    entries = _entries(page)
    made = {name: {**entries.get(name, {}), "tab": tab_of(page, name) or first} for name in blocks}
    return arrange(page, fields, blocks, made)


def _entries(page: Mapping[str, Any]) -> dict[str, Plain]:
    said = page.get("blocks") or {}
    if not said:
        return {FIRST_BLOCK[0]: {"label": FIRST_BLOCK[1]}}
    return {name: dict(entry) if isinstance(entry, Mapping) else {} for name, entry in said.items()}
