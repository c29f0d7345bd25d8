"""Record types of a module: added, changed, put in order, replaced. The first is that of new records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fieldstone.changes.editing.naming import name_from
from fieldstone.changes.editing.replacing import with_instead, with_replace
from fieldstone.changes.editing.unlisting import unlist
from fieldstone.changes.rollback import with_site_layer
from fieldstone.changes.site_patch import patch_document, read_effective
from fieldstone.metadata.layers import Layer

Plain = dict[str, Any]

KIND = "record_type"


def add_record_type(data: Mapping[str, Any], label: str, like: str = "") -> tuple[str, Plain]:
    """(name, the module's document with a type more), which offers what the type `like` offers."""
    types = dict(data.get("record_types") or {})
    name = name_from(label, types)
    entry = {key: value for key, value in (types.get(like) or {}).items() if key not in ("label", "after")}
    return name, {**data, "record_types": {**types, name: {"label": label, **entry}}}


def change_record_type(
    data: Mapping[str, Any],
    name: str,
    *,
    label: str,
    picklists: Mapping[str, Sequence[str] | None],
    roles: Sequence[str] | None,
) -> Plain:
    """With another label, other values of the picklist fields that are named (None: all), and for other roles (None:
    everybody)."""
    types = dict(data.get("record_types") or {})
    entry: Plain = {key: value for key, value in (types.get(name) or {}).items() if key not in ("roles", "picklists")}
    offered = {**((types.get(name) or {}).get("picklists") or {}), **picklists}
    kept = {field: list(values) for field, values in offered.items() if values}
    entry["label"] = label
    if kept:
        entry["picklists"] = kept
    if roles is not None:
        entry["roles"] = list(roles)
    return {**data, "record_types": {**types, name: entry}}


def order_record_types(data: Mapping[str, Any], names: Sequence[str]) -> Plain:
    types = dict(data.get("record_types") or {})
    order = [name for name in dict.fromkeys(names) if name in types]
    return {
        **data,
        "record_types": {name: types[name] for name in [*order, *(each for each in types if each not in order)]},
    }


def remove_record_type(
    layers: Sequence[Layer], module: str, name: str, *, instead: str = "", published: bool = True
) -> Layer:
    """The site layer without a type. With `instead`, the name of another, records and documents get that one, as a
    picklist value is replaced."""
    path, old, new = f"modules/{module}.yaml", f"{module}.{name}", f"{module}.{instead}"
    site = with_instead(layers, KIND, old, new) if instead else unlist(layers, KIND, old)
    below = with_site_layer(layers, site)
    data = read_effective(below, path)
    types = {key: entry for key, entry in (data.get("record_types") or {}).items() if key != name}
    kept = {key: value for key, value in data.items() if key != "record_types"}
    site = patch_document(below, path, kept | {"record_types": types} if types else kept)
    return with_replace(site, KIND, old, new) if instead and published else site
