"""Relations between modules: made, changed on both sides, their related lists, removed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fieldstone.changes.editing.naming import name_from
from fieldstone.changes.editing.unlisting import unlist
from fieldstone.changes.rollback import with_site_layer
from fieldstone.changes.site_patch import patch_document, read_effective
from fieldstone.metadata.layers import Layer

Plain = dict[str, Any]

ANY = "*"


@dataclass(frozen=True, kw_only=True)
class Link:
    """What relates modules: the lookup `name` of `module`, or its relation of that name when it is `many`."""

    module: str
    name: str
    many: bool = False

    @property
    def path(self) -> str:
        """Of the document that declares it."""
        return f"modules/{self.module}.yaml"

    @property
    def section(self) -> str:
        return "relations" if self.many else "fields"

    @property
    def kind(self) -> str:
        """That of a move, or of a mention."""
        return "relation" if self.many else "field"

    def entry(self, data: Mapping[str, Any]) -> Plain:
        return dict((data.get(self.section) or {}).get(self.name) or {})

    def with_entry(self, data: Mapping[str, Any], entry: Mapping[str, Any] | None) -> Plain:
        entries = {key: value for key, value in (data.get(self.section) or {}).items() if key != self.name or entry}
        if entry:
            entries[self.name] = dict(entry)
        return {**data, self.section: entries}


def new_lookup(
    data: Mapping[str, Any],
    taken: Collection[str],
    *,
    label: str,
    to: str,
    reverse_label: str = "",
    unique: bool = False,
    on_delete: str = "",
) -> tuple[str, Plain]:
    """(name, the module's document with a lookup more). `to` is a module, or "*" for any; `unique`: one record looks up
    one; `taken` are names that fields and related lists of the module have."""
    name = name_from(label, {*taken, *(data.get("fields") or {})})
    entry: Plain = {"type": "lookup", "label": label, "to": [ANY] if to == ANY else to}
    if reverse_label:
        entry["reverse_label"] = reverse_label
    if unique:
        entry["unique"] = True
    if on_delete and on_delete != "clear":
        entry["on_delete"] = on_delete
    return name, Link(module=str(data["module"]), name=name).with_entry(data, entry)


def new_many(
    data: Mapping[str, Any], taken: Collection[str], there: Collection[str], *, label: str, to: str, reverse_label: str
) -> tuple[str, Plain]:
    """(name, the module's document with a relation more). `there` are names that the other module has already."""
    name = name_from(label, {*taken, *(data.get("relations") or {})})
    module = str(data["module"])
    entry: Plain = {"kind": "many_to_many", "to": to, "label": label}
    if reverse_label:
        entry |= {"reverse": name_from(reverse_label, {*there, name}), "reverse_label": reverse_label}
    return name, Link(module=module, name=name, many=True).with_entry(data, entry)


def with_attribute(entry: Mapping[str, Any], label: str, field: Mapping[str, Any]) -> Plain:
    """A relation's entry with one more field of the link itself."""
    attributes = dict(entry.get("attributes") or {})
    attributes[name_from(label, attributes)] = {**field, "label": label}
    return {**entry, "attributes": attributes}


def without_attribute(entry: Mapping[str, Any], name: str) -> Plain:
    attributes = {key: value for key, value in (entry.get("attributes") or {}).items() if key != name}
    kept = {key: value for key, value in entry.items() if key != "attributes"}
    return kept | {"attributes": attributes} if attributes else kept


def change_link(entry: Mapping[str, Any], **changes: Any) -> Plain:
    """An entry with attributes changed; one that is None, "" or False is not said."""
    made = dict(entry) | changes
    return {key: value for key, value in made.items() if key not in changes or value not in (None, "", False)}


def remove_link(layers: Sequence[Layer], link: Link) -> Layer:
    """The site layer without a lookup or a relation, and without the places that list it or its related lists."""
    site = unlist(layers, link.kind, f"{link.module}.{link.name}")
    below = with_site_layer(layers, site)
    return patch_document(below, link.path, link.with_entry(read_effective(below, link.path), None))


def with_related(
    data: Mapping[str, Any], name: str, *, shown: bool, columns: Sequence[str], sort: Sequence[str]
) -> Plain:
    """A layout's document with a related list as it is wanted: no `columns` are those of the list."""
    page = dict(data.get("record") or {})
    related = dict(page.get("related") or {})
    entry = dict(related.get(name) or {})
    entry |= {"columns": list(columns), "sort": list(sort)}
    entry = {key: value for key, value in entry.items() if value}
    if entry or name in related:
        related[name] = entry
    return _with_page(data, page, related, _hidden(page, name, shown))


def order_related(data: Mapping[str, Any], names: Sequence[str], shown: Collection[str]) -> Plain:
    """A layout's document with its related lists in the order of `names`; of these only those that are `shown`."""
    page = dict(data.get("record") or {})
    known = page.get("related") or {}
    related = {name: known.get(name) or {} for name in names if name in shown or name in known}
    related |= {name: entry for name, entry in known.items() if name not in related}
    hidden = [str(name) for name in page.get("hidden") or () if name not in names]
    return _with_page(data, page, related, [*hidden, *(name for name in names if name not in shown)])


def _hidden(page: Mapping[str, Any], name: str, shown: bool) -> list[str]:
    kept = [str(each) for each in page.get("hidden") or () if each != name]
    return kept if shown else [*kept, name]


def _with_page(data: Mapping[str, Any], page: Plain, related: Plain, hidden: list[str]) -> Plain:
    made = {key: value for key, value in page.items() if key not in ("related", "hidden")}
    if related:
        made["related"] = related
    if hidden:
        made["hidden"] = hidden
    return {**data, "record": made}
