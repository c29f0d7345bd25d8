"""The navigation: groups in order, and the modules in each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fieldstone.changes.rollback import with_site_layer
from fieldstone.changes.site_patch import patch_document, read_effective, site_of
from fieldstone.metadata.layers import Layer
from fieldstone.metadata.model import AppModel

PATH = "metadata/app.yaml"
OTHER = ""
"""The group of modules that are in none."""


@dataclass(frozen=True, kw_only=True)
class PlacedGroup:
    """A group of the navigation with its modules, both in order. The one without a name takes no other words."""

    name: str
    label: str
    icon: str
    modules: tuple[str, ...]


def placed_groups(model: AppModel) -> list[PlacedGroup]:
    """The navigation of a model, in the order in which it is shown: groups without modules too, the one of modules in
    no group last."""
    shown = [module for module in model.modules.values() if not module.hidden]
    names = dict.fromkeys([*model.app.groups, *(module.group for module in shown if module.group), OTHER])
    return [_placed(model, name, [module.name for module in shown if module.group == name]) for name in names]


def _placed(model: AppModel, name: str, modules: list[str]) -> PlacedGroup:
    defined = model.app.groups.get(name)
    order = {module: place for place, module in enumerate(defined.modules)} if defined else {}
    modules.sort(key=lambda module: order.get(module, len(order)))
    label = defined.label if defined else name.capitalize()
    return PlacedGroup(name=name, label=label, icon=defined.icon if defined else "", modules=tuple(modules))


def with_navigation(layers: Sequence[Layer], before: Sequence[PlacedGroup], wanted: Sequence[PlacedGroup]) -> Layer:
    """The site layer that makes the navigation what is `wanted`; `before` is what it is. A group that is not wanted
    goes; what is as it was is not written again."""
    site = site_of(layers)
    was = {group.name: group for group in before}
    whole = read_effective(layers, PATH)
    app: dict[str, Any] = dict(whole.get("app") or {})
    said: Mapping[str, Any] = app.get("groups") or {}
    kept = [group for group in wanted if group.name != OTHER]
    app["groups"] = {
        group.name: _entry(dict(said.get(group.name) or {}), was.get(group.name), group)
        for group in kept
        if group.name in said or was.get(group.name) != group
    }
    if app["groups"] != said or list(app["groups"]) != list(said):
        site = patch_document(layers, PATH, {**whole, "app": app})
    for group in wanted:
        former = was[group.name].modules if group.name in was else ()
        for module in group.modules:
            if module not in former:
                site = _grouped(with_site_layer(layers, site), module, group.name)
    return site


def _entry(said: dict[str, Any], before: PlacedGroup | None, wanted: PlacedGroup) -> dict[str, Any]:
    entry = {key: value for key, value in said.items() if key != "after"}
    for key in ("label", "icon"):
        value = getattr(wanted, key)
        if before is None or value != getattr(before, key):
            entry[key] = value
    if wanted.modules != (before.modules if before else ()):
        entry["modules"] = list(wanted.modules)
    return {key: value for key, value in entry.items() if value not in ("", [])}


def _grouped(layers: Sequence[Layer], module: str, group: str) -> Layer:
    path = f"modules/{module}.yaml"
    data = {key: value for key, value in read_effective(layers, path).items() if key != "group"}
    return patch_document(layers, path, {**data, "group": group} if group else data)
