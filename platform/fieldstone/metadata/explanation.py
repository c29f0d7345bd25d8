"""Why a value of the model is what it is: what each layer says about it, and what holds when none does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from fieldstone.metadata.addresses import Address, find_address
from fieldstone.metadata.defaults import NO_DEFAULT, find_default
from fieldstone.metadata.layers import Layer
from fieldstone.metadata.model import AppModel
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


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """`path` is the whole way to what was asked for. `sayings`: the layer that wins first, () when none says
    anything. `default` is what the model has when no layer sets the attribute, or it was removed; NO_DEFAULT
    otherwise."""

    path: str
    sayings: tuple[Saying, ...]
    default: Any = NO_DEFAULT

    @property
    def is_default(self) -> bool:
        return self.default is not NO_DEFAULT


def find_explanation(model: AppModel, layers: Sequence[Layer], path: str) -> Explanation | None:
    """The explanation of MODULE.FIELD.ATTRIBUTE, MODULE.ATTRIBUTE or a whole way; `layers` are those that `model`
    was compiled from, the lowest first. None when there is nothing of that name."""
    module, _, rest = path.partition(".")
    tries = (f"modules.{module}.fields.{rest}", f"modules.{path}", path)
    addresses = [address for address in map(find_address, tries) if address is not None]
    for address in addresses:
        sayings = tuple(_sayings(layers, address))
        if sayings:
            default = find_default(model, address) if sayings[0].removes else NO_DEFAULT
            return Explanation(path=address.key, sayings=sayings, default=default)
    for address in addresses:
        default = find_default(model, address)
        if default is not NO_DEFAULT:
            return Explanation(path=address.key, sayings=(), default=default)
    return None


def _sayings(layers: Sequence[Layer], address: Address) -> Iterator[Saying]:
    for layer, documents in reversed(list(zip(layers, reworded_layers(layers), strict=True))):
        about = (each.root for each in documents if each.kind is address.kind and each.name == address.name)
        root = next(about, None)
        found = _find(root, address) if root else None
        if found is not None:
            node, reached = found
            removes = Address(kind=address.kind, name=address.name, steps=reached).key if _is_null(node) else ""
            place = node.key_location
            yield Saying(
                layer=layer.name,
                file=place.file,
                line=place.line,
                column=place.column,
                value=node.data(),
                removes=removes,
            )


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
            # A value of a picklist may be just its label.
            is_label = address.steps[length:] == ("label",) and "values" in address.steps[max(length - 2, 0) : length]
            return (node, address.steps) if is_label and isinstance(node, ScalarNode) else None
    return node, address.steps


def _is_null(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.is_null
