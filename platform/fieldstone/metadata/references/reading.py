"""The documents of a layer, parsed: those that can be read and say what they are about."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import PurePosixPath

from fieldstone.kernel.diagnostics import Diagnostics
from fieldstone.metadata.documents import MOVES, find_kind
from fieldstone.metadata.layers import Layer
from fieldstone.metadata.loader import parse_document
from fieldstone.metadata.nodes import MappingNode
from fieldstone.metadata.references.documents import SourceDocument


def read_documents(layer: Layer) -> list[SourceDocument]:
    """The documents in the order of their paths. What is wrong with the others, a compilation tells."""
    found = []
    for path in sorted(layer.documents):
        kind, text, file = find_kind(path), layer.documents[path], layer.file(path)
        root = _parsed(text, file) if kind is not None else None
        if kind is None or root is None:
            continue
        name = (layer.name if kind is MOVES else kind.key) if kind.file else root.text(kind.key)
        if name and (kind.file or name == PurePosixPath(path).stem):
            digest = hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()
            found.append(SourceDocument(kind=kind, name=name, path=path, file=file, digest=digest, root=root))
    return found


@lru_cache(maxsize=1024)
def _parsed(text: str, file: str) -> MappingNode | None:
    """Nodes are never changed, so that all who read the same text can share them."""
    return parse_document(text, file, Diagnostics())
