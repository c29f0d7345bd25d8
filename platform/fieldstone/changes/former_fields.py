"""Fields that were removed and whose values are still there: what the documents last said of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from fieldstone.changes.site_patch import read_effective
from fieldstone.kernel.errors import FieldstoneError
from fieldstone.metadata.layers import Layer
from fieldstone.storage.catalogue import last_declared, load_catalogue
from fieldstone.storage.revisions import load_layers


@dataclass(frozen=True, kw_only=True)
class FormerField:
    """`name` is what it is called in the catalogue, where it comes back under; `entry` its lines in the module's
    document, `version` the last revision that had it."""

    name: str
    entry: Mapping[str, Any]
    version: int

    @property
    def label(self) -> str:
        return str(self.entry.get("label") or self.name.replace("_", " ").capitalize())


def find_former_fields(conn: sa.Connection, module: str) -> list[FormerField]:
    """Those of a module of the published model, the last removed first. One whose documents cannot be read any more
    is left out."""
    last = last_declared(conn, "field")
    found: list[FormerField] = []
    layers: dict[int, list[Layer]] = {}
    for item in load_catalogue(conn):
        owner, _dot, name = item.path.rpartition(".")
        if item.kind != "field" or not item.removed or owner != module or item.identity not in last:
            continue
        version = last[item.identity]
        then = load_catalogue(conn, version)
        path = next((each.path for each in then if each.identity == item.identity and not each.removed), item.path)
        try:
            if version not in layers:
                layers[version] = load_layers(conn, version)
            document = read_effective(layers[version], f"modules/{path.partition('.')[0]}.yaml")
        except (LookupError, FieldstoneError):
            continue
        entry = (document.get("fields") or {}).get(path.rpartition(".")[2])
        if isinstance(entry, dict) and all(each.name != name for each in found):
            found.append(FormerField(name=name, entry=entry, version=version))
    return sorted(found, key=lambda each: -each.version)
