"""All layers read, validated and merged: one document per kind and name."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from fieldstone.kernel.diagnostics import NOWHERE, Diagnostic, Diagnostics, Location
from fieldstone.metadata.cache import CompilationCache
from fieldstone.metadata.documents import MISNAMED, MOVES, UNKNOWN, UNNAMED, DocumentKind, find_kind
from fieldstone.metadata.layers import Layer
from fieldstone.metadata.loader import parse_document
from fieldstone.metadata.merge import merge_documents
from fieldstone.metadata.nodes import MappingNode, Node, ScalarNode, walk
from fieldstone.metadata.references.adapting import adapt_layers, needs_adapting
from fieldstone.metadata.references.documents import Layers, SourceDocument


@dataclass(frozen=True)
class MergedDocument:
    """A whole document. `key` names the texts it was made of: equal keys, equal documents."""

    kind: DocumentKind
    name: str
    root: MappingNode
    key: tuple[tuple[str, str], ...]
    problems: tuple[Diagnostic, ...]


class MergedDocuments:
    """The documents of a model, by kind and name in the order of their paths.

    `hash` stands for the texts of all layers; `is_readable` is False when a document could not be
    parsed, so that nothing can be said about references to it. `removed` names the modules that a layer
    removes whole, with the place that says so.
    """

    def __init__(
        self,
        documents: Iterable[MergedDocument],
        layers: Mapping[str, str],
        digest: str,
        *,
        is_readable: bool,
        removed: Mapping[str, Location] | None = None,
    ) -> None:
        self._documents = {(document.kind.name, document.name): document for document in documents}
        self.layers = layers
        self.hash = digest
        self.is_readable = is_readable
        self.removed = removed or {}

    def __iter__(self) -> Iterator[MergedDocument]:
        return iter(self._documents.values())

    def find(self, kind: DocumentKind, name: str) -> MergedDocument | None:
        return self._documents.get((kind.name, name))

    def root(self, kind: DocumentKind, name: str) -> MappingNode | None:
        document = self._documents.get((kind.name, name))
        return document.root if document else None

    def roots(self) -> dict[tuple[str, str], MappingNode]:
        """(kind, name) → the merged document. Moves are not merged, and not among them."""
        return {key: document.root for key, document in self._documents.items() if document.kind is not MOVES}

    def of_kind(self, kind: DocumentKind) -> list[MergedDocument]:
        return [document for document in self._documents.values() if document.kind is kind]

    def node(self, kind: DocumentKind, name: str, *path: str | int) -> Node | None:
        """The node at a path of a document, or None."""
        return walk(self.root(kind, name), path)

    def text(self, kind: DocumentKind, name: str, *path: str | int) -> str:
        node = self.node(kind, name, *path)
        return node.text if isinstance(node, ScalarNode) else ""

    def location(self, kind: DocumentKind, name: str, *path: str | int) -> Location:
        """Where a value stands, or the nearest thing around it that was written."""
        root = self.root(kind, name)
        for length in range(len(path), -1, -1):
            node = walk(root, path[:length])
            if node is not None:
                return node.location if length == len(path) and isinstance(node, ScalarNode) else node.key_location
        return NOWHERE


def merge_layers(layers: Sequence[Layer], cache: CompilationCache, problems: Diagnostics) -> MergedDocuments:
    """Parse every document of every layer, and merge those about the same thing, the lowest layer first.

    Lower layers are taken as the ones above want them: under new names, without what is removed.
    """
    owners: dict[str, str] = {}
    whole = hashlib.sha256()
    sources: Layers = []
    readable, adapts = True, False
    for layer in layers:
        sources.append([])
        for path in sorted(layer.documents):
            text, file = layer.documents[path], layer.file(path)
            digest = hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()
            whole.update(f"{layer.name}\0{path}\0{digest}\n".encode(errors="surrogateescape"))
            owners[file] = layer.name
            kind = find_kind(path)
            if kind is None:
                problems.add(UNKNOWN, Location(file=file, line=1, column=1), path, name=path)
                continue
            root, found = cache.get(("parsed", file, digest), lambda text=text, file=file: _parse(text, file))  # type: ignore[misc]
            problems.extend(list(found))
            name = _name_of(kind, path, layer.name, root, problems) if root else ""
            if root is None or not name:
                readable = readable and root is not None
                continue
            source = SourceDocument(kind=kind, name=name, path=path, file=file, digest=digest, root=root)
            sources[-1].append(source)
            adapts = adapts or cache.get(("adapts", file, digest), lambda source=source: needs_adapting(source))  # type: ignore[misc]
    removed: Mapping[str, Location] = {}
    if adapts:
        contents = tuple(tuple((source.file, source.digest) for source in layer) for layer in sources)
        adapted = cache.get(("adapted", contents), lambda: adapt_layers(sources))
        problems.extend(list(adapted.problems))
        sources, removed = adapted.layers, adapted.removed
    parts: dict[tuple[str, str], list[SourceDocument]] = {}
    for source in (source for layer in sources for source in layer):
        parts.setdefault((source.kind.name, source.name), []).append(source)
    documents = [_merge(pieces, cache) for _, pieces in sorted(parts.items())]
    for document in documents:
        problems.extend(list(document.problems))
    return MergedDocuments(documents, owners, whole.hexdigest(), is_readable=readable, removed=removed)


def _parse(text: str, file: str) -> tuple[MappingNode | None, tuple[Diagnostic, ...]]:
    found = Diagnostics()
    return parse_document(text, file, found), tuple(found)


def _name_of(kind: DocumentKind, path: str, layer: str, root: MappingNode, problems: Diagnostics) -> str:
    """The name of what a document is about; "" when it does not say so rightly."""
    stem = PurePosixPath(path).stem
    if kind.file:
        if kind.holds and root.entries.keys().isdisjoint(kind.holds):
            problems.add(UNNAMED, root.location, key=kind.key, name="…")
            return ""
        return layer if kind is MOVES else kind.key
    name = root.text(kind.key)
    if not name:
        problems.add(UNNAMED, root.location, key=kind.key, name=stem)
        return ""
    if name != stem:
        problems.add(MISNAMED, root.entries[kind.key].location, name=name, file=f"{stem}.yaml")
        return ""
    return name


def _merge(pieces: Sequence[SourceDocument], cache: CompilationCache) -> MergedDocument:
    first = pieces[0]
    key = tuple((piece.file, piece.digest) for piece in pieces)

    def make() -> MergedDocument:
        found = Diagnostics()
        root = merge_documents(first.kind, [piece.root for piece in pieces], found)
        return MergedDocument(first.kind, first.name, root, key, tuple(found))

    return cache.get(("merged", key), make)
