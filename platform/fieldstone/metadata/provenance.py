"""Which layer set what: looked up in the merged documents when asked for, never written out in full."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fieldstone.metadata.documents import APP, KINDS, ROLES
from fieldstone.metadata.model import Origin
from fieldstone.metadata.nodes import MappingNode, Node

_SECTIONS = {kind.section: kind for kind in KINDS}


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
        if kind in (APP, ROLES):
            root = self._documents.get((kind.name, kind.key))
            node = root.find(kind.key) if root else None
        else:
            node = self._documents.get((kind.name, steps.pop(0))) if steps else None
        for step in steps:
            node = node.find(step) if isinstance(node, MappingNode) else None
        if node is None:
            raise KeyError(path)
        return self._origins(node)

    def __iter__(self) -> Iterator[str]:
        for (kind, name), root in self._documents.items():
            section = next(entry.section for entry in KINDS if entry.name == kind)
            if section in ("app", "roles"):
                inner = root.find(name)
                if isinstance(inner, MappingNode):
                    yield from _paths(section, inner)
            else:
                yield from _paths(f"{section}.{name}", root)

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
