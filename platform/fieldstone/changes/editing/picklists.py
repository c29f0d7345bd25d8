"""Picklists: values added, changed, put in order, merged and removed; those of a field made a picklist of their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fieldstone.changes.editing.naming import name_from
from fieldstone.changes.editing.replacing import renamed_in_documents, with_instead, with_replace
from fieldstone.changes.editing.unlisting import unlist
from fieldstone.changes.rollback import with_site_layer
from fieldstone.changes.site_patch import patch_document, read_effective, rename_in_site
from fieldstone.metadata.builders.fields import inline_picklist
from fieldstone.metadata.builders.words import label_from
from fieldstone.metadata.documents import MODULE, PICKLIST, document_path
from fieldstone.metadata.layers import Layer
from fieldstone.metadata.schemas.picklist import COLOURS

Plain = dict[str, Any]

VALUE = "picklist_value"


@dataclass(frozen=True, kw_only=True)
class ValuesPlace:
    """Where values stand: in the document of the picklist `name`, or on a `field` of a `module`."""

    name: str
    module: str = ""
    field: str = ""

    @property
    def path(self) -> str:
        """Of the document."""
        return document_path(MODULE, self.module) if self.field else document_path(PICKLIST, self.name)

    @property
    def key(self) -> str:
        """Of what has the values, dotted."""
        return f"modules.{self.module}.fields.{self.field}" if self.field else f"picklists.{self.name}"

    def holder(self, data: Mapping[str, Any]) -> Plain:
        """What has the `values` and the `default`: the document itself, or the field in it."""
        return dict((data.get("fields") or {}).get(self.field) or {}) if self.field else dict(data)

    def with_holder(self, data: Mapping[str, Any], holder: Mapping[str, Any]) -> Plain:
        if not self.field:
            return dict(holder)
        return {**data, "fields": {**(data.get("fields") or {}), self.field: dict(holder)}}


def shared_place(name: str) -> ValuesPlace:
    return ValuesPlace(name=name)


def own_place(module: str, field: str) -> ValuesPlace:
    return ValuesPlace(name=inline_picklist(module, field), module=module, field=field)


def values_of(holder: Mapping[str, Any]) -> dict[str, Plain]:
    """Key → attributes, in order; a value that is only a label is one with that label."""
    found: dict[str, Plain] = {}
    for key, said in (holder.get("values") or {}).items():
        entry = dict(said) if isinstance(said, Mapping) else {} if said is None else {"label": str(said)}
        found[key] = {name: value for name, value in entry.items() if name != "after"}
    return found


def with_values(holder: Mapping[str, Any], values: Mapping[str, Mapping[str, Any]]) -> Plain:
    """With these values in this order, those that are as before said as before; a default that is not among them
    goes."""
    kept = {key: value for key, value in holder.items() if key != "default" or value in values}
    before, said = values_of(holder), holder.get("values") or {}
    made = {key: said[key] if before.get(key) == entry else dict(entry) for key, entry in values.items()}
    return {**kept, "values": made}


def add_values(values: Mapping[str, Plain], lines: Iterable[str]) -> dict[str, Plain]:
    """With one value more for each line that is not blank and not the label of one already. Keys are made from the
    labels; hues follow each other."""
    made = dict(values)
    known = {str(entry.get("label") or label_from(key)).casefold() for key, entry in made.items()}
    for line in lines:
        label = " ".join(line.split())[:200]
        if not label or label.casefold() in known:
            continue
        known.add(label.casefold())
        key = name_from(label, made)
        made[key] = {"label": label, "colour": COLOURS[(len(made) + 1) % len(COLOURS)]}
    return made


def change_values(values: Mapping[str, Plain], changes: Mapping[str, Mapping[str, Any]]) -> dict[str, Plain]:
    """The values in the order of `changes`, each with its attributes changed: None takes one away. Those that are not
    named stand behind, as they are."""
    ordered = [key for key in changes if key in values] + [key for key in values if key not in changes]
    made = {}
    for key in ordered:
        entry = values[key] | dict(changes.get(key, {}))
        made[key] = {name: value for name, value in entry.items() if value is not None}
    return made


def with_default(holder: Mapping[str, Any], key: str) -> Plain:
    """With another value for new records; "" none."""
    kept = {name: value for name, value in holder.items() if name != "default"}
    if not key:
        return kept
    kept.pop("default_expression", None)
    return kept | {"default": key}


def edit_values(layers: Sequence[Layer], place: ValuesPlace, holder: Mapping[str, Any]) -> Layer:
    """The site layer in which a picklist is what is given."""
    return patch_document(layers, place.path, place.with_holder(read_effective(layers, place.path), holder))


def rename_value(layers: Sequence[Layer], place: ValuesPlace, old: str, new: str, *, published: bool) -> Layer:
    """The site layer with another key for a value: by a move when it is published, so that records keep it."""
    before, after = f"{place.name}.{old}", f"{place.name}.{new}"
    if published:
        return rename_in_site(layers, VALUE, before, after)
    return renamed_in_documents(layers, VALUE, before, after)


def remove_value(
    layers: Sequence[Layer], place: ValuesPlace, key: str, *, instead: str = "", published: bool = True
) -> Layer:
    """The site layer without a value. With `instead`, another key, everything that named or held it has that one from
    then on: the site's documents at once, the records by a move when it is published."""
    old, new = f"{place.name}.{key}", f"{place.name}.{instead}"
    site = with_instead(layers, VALUE, old, new) if instead else unlist(layers, VALUE, old)
    for path in _documents(layers, "modules/"):
        below = with_site_layer(layers, site)
        data = read_effective(below, path)
        mended = _without_default(data, place, key, instead)
        if mended != data:
            site = patch_document(below, path, mended)
    below = with_site_layer(layers, site)
    holder = place.holder(read_effective(below, place.path))
    if instead and holder.get("default") == key:
        holder["default"] = instead
    kept = {name: entry for name, entry in values_of(holder).items() if name != key}
    site = edit_values(below, place, with_values(holder, kept))
    return with_replace(site, VALUE, old, new) if instead and published else site


def share_values(layers: Sequence[Layer], module: str, field: str, name: str, label: str) -> Layer:
    """The site layer in which the values of a field are a picklist of their own, which other fields may use too."""
    path = document_path(MODULE, module)
    data = read_effective(layers, path)
    holder = dict(data["fields"][field])
    shared: Plain = {"picklist": name, "label": label, "values": holder.pop("values")}
    holder["picklist"] = name
    site = patch_document(layers, document_path(PICKLIST, name), shared)
    fields = {**data["fields"], field: holder}
    return patch_document(with_site_layer(layers, site), path, {**data, "fields": fields})


def new_picklist(layers: Sequence[Layer], name: str, label: str, lines: Iterable[str]) -> Layer:
    """The site layer with one more picklist."""
    wanted = with_values({"picklist": name, "label": label}, add_values({}, lines))
    return patch_document(layers, document_path(PICKLIST, name), wanted)


def _without_default(data: Plain, place: ValuesPlace, key: str, instead: str) -> Plain:
    """A module's document without defaults that name the value."""
    module, changed = str(data.get("module", "")), {}
    for name, entry in (data.get("fields") or {}).items():
        own = isinstance(entry, Mapping) and (entry.get("picklist") or inline_picklist(module, name)) == place.name
        if own and entry.get("default") == key:
            changed[name] = with_default(entry, instead)
        elif own and isinstance(entry.get("default"), list) and key in entry["default"]:
            left = list(dict.fromkeys(instead if each == key else each for each in entry["default"]))
            changed[name] = {**entry, "default": [each for each in left if each]}
    return {**data, "fields": {**data["fields"], **changed}} if changed else data


def _documents(layers: Sequence[Layer], folder: str) -> list[str]:
    return sorted({path for layer in layers for path in layer.documents if path.startswith(folder)})
