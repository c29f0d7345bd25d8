"""A module removed together with what has no sense without it, and brought back with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fieldstone.changes.editing.fields import remove_field
from fieldstone.changes.editing.modules import module_path, remove_module, removed_modules, restore_module
from fieldstone.changes.rollback import with_site_layer
from fieldstone.changes.site_patch import patch_document, read_effective
from fieldstone.metadata.layers import Layer


def parts_of(layers: Sequence[Layer], name: str) -> tuple[list[str], list[tuple[str, str]]]:
    """The modules that are only parts of a module (their records go with its own), and the (module, field) of other
    lookups and relations to it alone."""
    removed = removed_modules(layers)
    names = {path.removeprefix("modules/").removesuffix(".yaml") for layer in layers for path in layer.documents
             if path.startswith("modules/")} - removed.keys() - {name}  # fmt: skip
    parts: list[str] = []
    fields: list[tuple[str, str]] = []
    for other in sorted(names):
        data = read_effective(layers, module_path(other))
        leading = [key for key, entry in (data.get("fields") or {}).items() if _targets(entry) == [name]]
        if any(_is_part(data["fields"][key]) for key in leading):
            parts.append(other)
        else:
            fields += [(other, key) for key in leading]
    return parts, fields


def remove_with_parts(layers: Sequence[Layer], name: str) -> Layer:
    """The site layer without a module, without its parts and without the lookups and relations that lead to it."""
    parts, fields = parts_of(layers, name)
    site = layers[-1]
    for module, field in fields:
        site = remove_field(with_site_layer(layers, site), module, field)
    for path in sorted({path for layer in layers for path in layer.documents if path.startswith("modules/")}):
        below = with_site_layer(layers, site)
        data = read_effective(below, path)
        relations = data.get("relations") or {}
        kept = {key: each for key, each in relations.items() if each.get("to") != name}
        if kept != relations and path != module_path(name):
            site = patch_document(below, path, {**data, "relations": kept})
    for module in (*parts, name):
        site = remove_module(with_site_layer(layers, site), module)
    return site


def restore_with_parts(layers: Sequence[Layer], name: str) -> Layer:
    """The site layer that brings a removed module back, and with it those that are only its parts."""
    site = restore_module(layers, name)
    for other in removed_modules(layers):
        back = restore_module(with_site_layer(layers, site), other)
        data = read_effective(with_site_layer(layers, back), module_path(other))
        fields = (data.get("fields") or {}).values()
        if other != name and any(_is_part(entry) and _targets(entry) == [name] for entry in fields):
            site = back
    return site


def _targets(entry: Mapping[str, Any]) -> list[str]:
    to = entry.get("to") if entry.get("type") == "lookup" else None
    return [to] if isinstance(to, str) else list(to or ())


def _is_part(entry: Mapping[str, Any]) -> bool:
    return bool(entry.get("required")) and entry.get("on_delete") == "cascade"
