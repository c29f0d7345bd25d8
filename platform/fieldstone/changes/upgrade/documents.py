"""Layers as plain data: what merging works on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from fieldstone.changes.upgrade.patches import ABSENT, Absence
from fieldstone.kernel.diagnostics import Diagnostics
from fieldstone.metadata.documents import WHOLE, DocumentKind, find_kind
from fieldstone.metadata.layers import Layer
from fieldstone.metadata.loader import parse_document
from fieldstone.metadata.merge import merge_documents
from fieldstone.metadata.nodes import MappingNode

REMOVED = "removed"
"""The attribute of a document that a layer takes away whole."""

_NOT_MERGED = frozenset({"metadata/moves.yaml"})
"""Each layer keeps its own."""


@dataclass(frozen=True, kw_only=True)
class PlainDocument:
    """`name` is what the document is about. `data` is None when it cannot be read."""

    kind: DocumentKind
    name: str
    data: dict[str, Any] | None

    @property
    def is_removed(self) -> bool:
        """One that some layer takes away as a whole."""
        return self.kind in WHOLE and self.data is not None and self.data.get(REMOVED) is True


def state_of(document: PlainDocument | None) -> dict[str, Any] | Absence | None:
    """What the layers say together; ABSENT when nothing, or that it is gone; None when it cannot be read."""
    return ABSENT if document is None or document.is_removed else document.data


def changed_paths(then: Sequence[Layer], now: Sequence[Layer]) -> set[str]:
    """The documents of which the layers do not say the same any more, word for word."""
    paths = {path for layer in (*then, *now) for path in layer.documents} - _NOT_MERGED
    return {path for path in paths if _texts(then, path) != _texts(now, path)}


def merged_documents(layers: Sequence[Layer], paths: Iterable[str]) -> dict[str, PlainDocument]:
    """Path → the documents of the layers over one another, the lowest first."""
    found = {path: _merged(path, [layer for layer in layers if path in layer.documents]) for path in sorted(paths)}
    return {path: document for path, document in found.items() if document is not None}


def site_documents(site: Layer, paths: Iterable[str]) -> dict[str, PlainDocument]:
    """Path → the patches of the site as they are written."""
    found = {}
    for path in sorted(paths):
        kind = find_kind(path)
        if kind is not None and path in site.documents:
            root = _parse(site, path)
            found[path] = PlainDocument(kind=kind, name=_name(kind, path), data=root.data() if root else None)
    return found


def _texts(layers: Sequence[Layer], path: str) -> list[str]:
    return [layer.documents[path] for layer in layers if path in layer.documents]


def _merged(path: str, layers: Sequence[Layer]) -> PlainDocument | None:
    kind = find_kind(path)
    if kind is None or not layers:
        return None
    roots = [_parse(layer, path) for layer in layers]
    readable = [root for root in roots if root is not None]
    whole = merge_documents(kind, readable, Diagnostics()).data() if len(readable) == len(roots) else None
    return PlainDocument(kind=kind, name=_name(kind, path), data=whole)


def _parse(layer: Layer, path: str) -> MappingNode | None:
    return parse_document(layer.documents[path], layer.file(path), Diagnostics())


def _name(kind: DocumentKind, path: str) -> str:
    return kind.key if kind.file else path.rpartition("/")[2].removesuffix(".yaml")
