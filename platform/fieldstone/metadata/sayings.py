"""What each layer says at a place of the documents, and where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from fieldstone.metadata.addresses import Address
from fieldstone.metadata.layers import Layer
from fieldstone.metadata.nodes import MappingNode, Node, ScalarNode
from fieldstone.metadata.references.adapting import reworded_layers


@dataclass(frozen=True, kw_only=True)
class Saying:
    """What one layer says about a path, and where. `value` is plain data.

    `removes` is the dotted key of what the layer removes there with null (the path itself, or an entry around
    it), "" when it sets a value.
    """

    layer: str
    file: str
    line: int
    column: int
    value: Any
    removes: str = ""


class Sayings:
    """The documents of layers, read once for many questions; `layers` are the lowest first."""

    def __init__(self, layers: Sequence[Layer]) -> None:
        self._roots: dict[tuple[str, str], list[tuple[str, MappingNode]]] = {}
        for layer, documents in reversed(list(zip(layers, reworded_layers(layers), strict=True))):
            for each in documents:
                self._roots.setdefault((each.kind.name, each.name), []).append((layer.name, each.root))

    def of(self, address: Address) -> tuple[Saying, ...]:
        """What the layers say at an address, the one that wins first; () when none says anything."""
        return tuple(self._found(address))

    def _found(self, address: Address) -> Iterator[Saying]:
        for layer, root in self._roots.get((address.kind.name, address.name), ()):
            found = _find(root, address)
            if found is not None:
                node, reached = found
                removes = Address(kind=address.kind, name=address.name, steps=reached).key if _is_null(node) else ""
                place = node.key_location
                yield Saying(
                    layer=layer,
                    file=place.file,
                    line=place.line,
                    column=place.column,
                    value=node.data(),
                    removes=removes,
                )


def is_label_alone(steps: Sequence[str], length: int) -> bool:
    """Whether a text at the first `length` steps is what the rest asks for: a value of a picklist, or a field in a
    language's document, may be just its label."""
    return tuple(steps[length:]) == ("label",) and length > 1 and steps[length - 2] in ("values", "fields")


def _find(root: MappingNode, address: Address) -> tuple[Node, tuple[str, ...]] | None:
    """The node at the address, or the null that removes what is around it; and the steps to it."""
    node: Node = root
    for length, step in enumerate(address.steps):
        if isinstance(node, MappingNode):
            child = node.find(step)
            if child is None:
                return None
            node = child
            if _is_null(node):
                return node, address.steps[: length + 1]
        else:
            is_label = isinstance(node, ScalarNode) and is_label_alone(address.steps, length)
            return (node, address.steps) if is_label else None
    return node, address.steps


def _is_null(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.is_null
