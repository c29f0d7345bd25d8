"""Layers: sets of documents that lie over one another, platform → standard → plugins → site."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import fieldstone
from fieldstone.metadata.loader import MAX_BYTES

FOLDERS = ("modules", "layouts", "workflows", "metadata")


@dataclass(frozen=True, kw_only=True)
class Layer:
    """`name` is platform, standard, plugin:<name> or site; `documents` maps the path in the layer
    ("modules/opportunity.yaml") to the text."""

    name: str
    documents: Mapping[str, str]

    def file(self, path: str) -> str:
        """The name of a document in diagnostics: a site's own paths are short, others name their layer."""
        if self.name == "site":
            return path
        kind, _, plugin = self.name.partition(":")
        return f"plugins/{plugin}/{path}" if kind == "plugin" else f"{self.name}/{path}"


def read_layer(name: str, folder: Path) -> Layer:
    """The YAML files in the four data folders below `folder`, in the order of their paths.

    Bytes that are no UTF-8 and files that are too large are kept as they are, cut just above the
    limit: the loader reports them.
    """
    documents: dict[str, str] = {}
    for part in FOLDERS:
        files = (path for path in (folder / part).rglob("*") if path.suffix in (".yaml", ".yml") and path.is_file())
        for path in sorted(files):
            with path.open("rb") as stream:
                content = stream.read(MAX_BYTES + 1)
            documents[path.relative_to(folder).as_posix()] = content.decode("utf-8", errors="surrogateescape")
    return Layer(name=name, documents=dict(sorted(documents.items())))


def standard_folder() -> Path:
    """Where the product's own documents lie: the checkout's root, or `standard` inside the wheel."""
    package = Path(fieldstone.__file__).parent
    checkout = package.parent.parent
    return checkout if (checkout / "modules").is_dir() and package.parent.name == "platform" else package / "standard"


def standard_layer() -> Layer:
    """The layer of the standard CRM, which ships with the product."""
    return read_layer("standard", standard_folder())
