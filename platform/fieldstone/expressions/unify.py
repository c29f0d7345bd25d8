"""The common type of several values: the branches of an if, the values of coalesce, min and max."""

from __future__ import annotations

from collections.abc import Sequence

from fieldstone.expressions import codes
from fieldstone.expressions.comparing import Problems, take_type
from fieldstone.expressions.literals import EXAMPLES
from fieldstone.expressions.nodes import Literal, Node
from fieldstone.expressions.types import EMPTY, TEXT, ValueType
from fieldstone.expressions.wording import describe, word


def unify(problems: Problems, nodes: Sequence[Node], column: int) -> tuple[list[Node], ValueType] | None:
    """The nodes, text literals read as dates where the others are, and their type. None when refused."""
    moments = {node.type.kind for node in nodes if node.type.kind in EXAMPLES}
    if len(moments) == 1:
        kind = ValueType(kind=moments.pop())
        typed = [take_type(problems, node, kind, "the value") for node in nodes]
        kept = [node for node in typed if node is not None]
        if len(kept) < len(typed):
            return None
        nodes = kept
    result = EMPTY
    for node in nodes:
        common = _common(result, node)
        if common is None:
            first = next(other for other in nodes if other.type.kind not in ("empty", node.type.kind))
            problems.refuse(
                codes.BRANCH_TYPES,
                column,
                left=describe(first),
                left_type=word(first.type.kind),
                right=describe(node),
                right_type=word(node.type.kind),
            )
            return None
        result = common
    return list(nodes), result


def _common(known: ValueType, node: Node) -> ValueType | None:
    kind = node.type
    if known.kind == "empty":
        return kind
    if kind.kind in ("empty", known.kind):
        if kind.kind == "empty" or known == kind:
            return known
        return ValueType(kind=known.kind, targets=tuple(dict.fromkeys(known.targets + kind.targets)))
    if {known.kind, kind.kind} == {"text", "choice"}:
        is_key = isinstance(node, Literal) and known.choices is not None and node.value in known.choices
        return known if is_key else TEXT
    return None
