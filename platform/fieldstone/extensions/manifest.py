"""`plugin.yaml`: what a plugin says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fieldstone.kernel.codes import declare
from fieldstone.kernel.diagnostics import Diagnostics
from fieldstone.kernel.errors import MetadataError
from fieldstone.kernel.names import is_name
from fieldstone.metadata.loader import parse_document
from fieldstone.metadata.nodes import MappingNode

MANIFEST = "plugin.yaml"

declare("plugin.E001", "The plugin needs a name: `plugin: my_plugin`.", "Use small letters, digits and _.")
declare("plugin.E002", "The plugin calls itself {name!r} but its folder is {folder!r}.", "Give both one name.")
declare("plugin.E003", "There is no attribute {key!r} of a plugin.", "Attributes: {known}.")

_ATTRIBUTES = ("plugin", "label", "version", "description", "requires")


@dataclass(frozen=True, kw_only=True)
class PluginManifest:
    """A folder plugin. `requires` names the plugins whose metadata must lie below its own."""

    name: str
    label: str
    folder: Path
    version: str = "0"
    description: str = ""
    requires: tuple[str, ...] = ()


def read_manifest(folder: Path) -> PluginManifest:
    """The manifest of a plugin's folder. Raises MetadataError with every problem, OSError when unreadable."""
    problems = Diagnostics()
    shown = f"{folder.name}/{MANIFEST}"
    root = parse_document((folder / MANIFEST).read_text("utf-8"), shown, problems)
    if root is None or problems.has_errors:
        raise MetadataError(problems)
    _check(root, folder, problems)
    if problems.has_errors:
        raise MetadataError(problems)
    values: Mapping[str, Any] = root.data()
    return PluginManifest(
        name=folder.name,
        label=root.text("label", folder.name),
        folder=folder,
        version=str(values.get("version") or "0"),
        description=root.text("description"),
        requires=root.texts("requires"),
    )


def _check(root: MappingNode, folder: Path, problems: Diagnostics) -> None:
    name = root.text("plugin")
    if not is_name(name):
        problems.add("plugin.E001", root.location)
    elif name != folder.name:
        problems.add("plugin.E002", root.location, name=name, folder=folder.name)
    for key, node in root.entries.items():
        if key not in _ATTRIBUTES:
            problems.add("plugin.E003", node.key_location, key=key, known=", ".join(_ATTRIBUTES))
