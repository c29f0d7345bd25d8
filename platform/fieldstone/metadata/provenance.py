"""Which layer set what: looked up in the merged documents when asked for, never written out in full."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fieldstone.metadata.documents import KINDS
from fieldstone.metadata.model import Origin
from fieldstone.metadata.nodes import MappingNode, Node

_SECTIONS = {section: kind for kind in KINDS for section in kind.holds or (kind.section,)}
_BY_NAME = {kind.name: kind for kind in KINDS}


class Provenance(Mapping[str, tuple[Origin, ...]]):
    """Dotted attribute path (`modules.opportunity.fields.amount.required`) → the origins of its value,
    the winning one last. Knows every authored attribute; derived ones have no origin."""

    def __init__(self, documents: Mapping[tuple[str, str], MappingNode], layers: Mapping[str, str]) -> None:
        """`documents` maps (kind, name) to the merged document, `layers` a file to its layer."""
        self._documents = documents
        self._layers = layers

    def __getitem__(self, path: str) -> tuple[Origin, ...]:
        section, *steps = path.split(".")
        kind = _SECTIONS.get(section)
        if kind is None:
            raise KeyError(path)
        node: Node | None
        if kind.file:
            root = self._documents.get((kind.name, kind.key))
            node = root.find(section) if root and kind.holds else root
        else:
            node = self._documents.get((kind.name, steps.pop(0))) if steps else None
        for step in steps:
            node = node.find(step) if isinstance(node, MappingNode) else None
        if node is None:
            raise KeyError(path)
        return self._origins(node)

    def __iter__(self) -> Iterator[str]:
        for (name, document), root in self._documents.items():
            kind = _BY_NAME[name]
            if not kind.file:
                yield from _paths(f"{kind.section}.{document}", root)
            for held in kind.holds:
                inner = root.find(held)
                if isinstance(inner, MappingNode):
                    yield from _paths(held, inner)
            if kind.file and not kind.holds:
                yield from _paths(kind.section, root)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _origins(self, node: Node) -> tuple[Origin, ...]:
        found: list[Origin] = []
        current: Node | None = node
        while current is not None:
            found.append(Origin(layer=self._layers.get(current.file, ""), location=current.key_location))
            current = current.previous
        return tuple(reversed(found))


def _paths(prefix: str, node: MappingNode) -> Iterator[str]:
    for key, child in node.entries.items():
        path = f"{prefix}.{key}"
        yield path
        if isinstance(child, MappingNode):
            yield from _paths(path, child)
