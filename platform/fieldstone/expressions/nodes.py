"""The checked form of an expression: every node knows its type, every literal its final value.

Evaluation, SQL and rows all start from here. Chained comparisons, `!=`, `not in`, `changed()` and
the like are already spelled out in these few nodes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fieldstone.expressions.function import Function
from fieldstone.expressions.types import BOOLEAN, ValueType


@dataclass(frozen=True, kw_only=True, eq=False)
class Node:
    """`column` is the place in the source, from 1. `type` is never json inside a computation."""

    type: ValueType
    column: int = 0

    @property
    def children(self) -> tuple[Node, ...]:
        return ()


@dataclass(frozen=True, kw_only=True, eq=False)
class Literal(Node):
    value: Any


@dataclass(frozen=True, kw_only=True, eq=False)
class Name(Node):
    path: tuple[str, ...]

    @property
    def dotted(self) -> str:
        return ".".join(self.path)


@dataclass(frozen=True, kw_only=True, eq=False)
class Negation(Node):
    """Minus a number."""

    operand: Node

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.operand,)


@dataclass(frozen=True, kw_only=True, eq=False)
class Arithmetic(Node):
    """`operator` is + - * / or %."""

    operator: str
    left: Node
    right: Node

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.left, self.right)


@dataclass(frozen=True, kw_only=True, eq=False)
class Comparison(Node):
    """`operator` is == < <= > or >=; both sides are of one kind (or one is empty, or reference and number)."""

    operator: str
    left: Node
    right: Node
    type: ValueType = BOOLEAN

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.left, self.right)


@dataclass(frozen=True, kw_only=True, eq=False)
class Membership(Node):
    """True when `item` equals one of the values (None among them: or is empty)."""

    item: Node
    values: tuple[Any, ...]
    type: ValueType = BOOLEAN

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.item,)


@dataclass(frozen=True, kw_only=True, eq=False)
class Logic(Node):
    """`operator` is and, or. `spells` names the function that this spells out, if any."""

    operator: str
    items: tuple[Node, ...]
    type: ValueType = BOOLEAN
    spells: str = ""

    @property
    def children(self) -> tuple[Node, ...]:
        return self.items


@dataclass(frozen=True, kw_only=True, eq=False)
class Not(Node):
    operand: Node
    type: ValueType = BOOLEAN

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.operand,)


@dataclass(frozen=True, kw_only=True, eq=False)
class Either(Node):
    """`body if test else orelse`."""

    test: Node
    body: Node
    orelse: Node

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.test, self.body, self.orelse)


@dataclass(frozen=True, kw_only=True, eq=False)
class Call(Node):
    function: Function
    arguments: tuple[Node, ...]

    @property
    def children(self) -> tuple[Node, ...]:
        return self.arguments


def weigh(root: Node) -> int:
    """The number of nodes, with everything that stands in two places counted twice."""
    return _weigh(root, {})


def _weigh(node: Node, known: dict[int, int]) -> int:
    weight = known.get(id(node))
    if weight is None:
        weight = known[id(node)] = 1 + sum(_weigh(child, known) for child in node.children)
    return weight
