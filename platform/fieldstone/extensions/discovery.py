"""Finds plugin folders, puts them in order, and reads their metadata as layers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from fieldstone.extensions.manifest import MANIFEST, PluginManifest, read_manifest
from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import FieldstoneError, SiteError
from fieldstone.metadata.layers import Layer, read_layer

declare("plugin.E004", "There is no plugin {name!r}.", "Installed: {known}. Mend `plugins` in fieldstone.yaml.")
declare("plugin.E005", "The plugins {names} require each other in a circle.", "One of them must do without.")


def find_manifests(folders: Iterable[Path]) -> tuple[dict[str, PluginManifest], dict[str, Exception]]:
    """All plugins below the folders, and what is wrong with those that cannot be read. A later folder wins."""
    found: dict[str, PluginManifest] = {}
    broken: dict[str, Exception] = {}
    for folder in folders:
        for manifest in sorted(folder.glob(f"*/{MANIFEST}")):
            name = manifest.parent.name
            try:
                found[name] = read_manifest(manifest.parent)
            except (FieldstoneError, OSError, UnicodeDecodeError) as error:
                broken[name] = error
    return found, broken


def order_plugins(names: Sequence[str], found: dict[str, PluginManifest]) -> list[PluginManifest]:
    """The named plugins and those they require, required ones first.

    Raises SiteError plugin.E004 (unknown), plugin.E005 (a circle).
    """
    ordered: dict[str, PluginManifest] = {}

    def add(name: str, above: tuple[str, ...]) -> None:
        if name in above:
            raise SiteError("plugin.E005", names=", ".join(above))
        if name not in found:
            raise SiteError("plugin.E004", name=name, known=", ".join(sorted(found)) or "none")
        for required in found[name].requires:
            add(required, (*above, name))
        ordered.setdefault(name, found[name])

    for name in names:
        add(name, ())
    return list(ordered.values())


def plugin_layers(manifests: Sequence[PluginManifest]) -> list[Layer]:
    return [read_layer(f"plugin:{manifest.name}", manifest.folder) for manifest in manifests]
