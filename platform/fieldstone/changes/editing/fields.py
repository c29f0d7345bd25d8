"""Fields of a module's document: added, changed, copied, put in order, removed and brought back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fieldstone.changes.editing.unlisting import unlist
from fieldstone.changes.rollback import with_site_layer
from fieldstone.changes.site_patch import patch_document, read_effective
from fieldstone.metadata.layers import Layer

Plain = dict[str, Any]


def with_field(data: Mapping[str, Any], name: str, entry: Mapping[str, Any], after: str | None = None) -> Plain:
    """The document with a field in place of the one of that name, or as a new one: behind `after`, first when that is
    "", last when it is None or no field."""
    fields: Plain = dict(data.get("fields") or {})
    made = {key: value for key, value in entry.items() if key != "after"}
    if name in fields or after is None or (after and after not in fields):
        return {**data, "fields": {**fields, name: made}}
    placed: Plain = {} if after else {name: made}
    for key, value in fields.items():
        placed[key] = value
        if key == after:
            placed[name] = made
    return {**data, "fields": placed}


def order_fields(data: Mapping[str, Any], names: Sequence[str]) -> Plain:
    """The document with its fields in the order of `names`; those that are not named stand behind, as they stood."""
    fields: Plain = dict(data.get("fields") or {})
    order = [name for name in dict.fromkeys(names) if name in fields]
    return {
        **data,
        "fields": {name: fields[name] for name in [*order, *(each for each in fields if each not in order)]},
    }


def copied_field(entry: Mapping[str, Any], label: str) -> Plain:
    """A field like another one, under another label. The related list of a lookup gets a name of its own."""
    made = {key: value for key, value in entry.items() if key not in ("after", "reverse", "reverse_label", "unique")}
    return {**made, "label": label}


def remove_field(layers: Sequence[Layer], module: str, name: str) -> Layer:
    """The site layer without a field, and without the places that list it. Its values stay in the database."""
    path = f"modules/{module}.yaml"
    site = unlist(layers, "field", f"{module}.{name}")
    below = with_site_layer(layers, site)
    whole = read_effective(below, path)
    fields = {key: value for key, value in (whole.get("fields") or {}).items() if key != name}
    return patch_document(below, path, {**whole, "fields": fields})
