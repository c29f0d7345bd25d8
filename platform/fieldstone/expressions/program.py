"""Rewrites a checked expression into the tree that simpleeval walks.

simpleeval walks logic, arithmetic, branches and comparisons in Python's own node classes. What stands
at the leaves (a field, a field compared with a value, a call) becomes one node each, so that the usual
condition costs one step per comparison.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any

from fieldstone.expressions.nodes import (
    Arithmetic,
    Call,
    Comparison,
    Either,
    Literal,
    Logic,
    Membership,
    Name,
    Negation,
    Node,
    Not,
)

Get = Callable[[str], Any]

ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
_COMPARISONS: dict[str, type[ast.cmpop]] = {
    "==": ast.Eq, "<": ast.Lt, "<=": ast.LtE, ">": ast.Gt, ">=": ast.GtE,
}  # fmt: skip
_ARITHMETIC: dict[str, type[ast.operator]] = {
    "+": ast.Add, "-": ast.Sub, "*": ast.Mult, "/": ast.Div, "%": ast.Mod,
}  # fmt: skip


class Leaf(ast.expr):
    """`read(get)` gives the value from the names alone."""

    read: Callable[[Get], Any]


class Invocation(ast.expr):
    """A call: `python` gets the arguments' values, after the context when `needs_context`."""

    python: Callable[..., Any]
    arguments: list[ast.expr]
    needs_context: bool
    strict: bool
    if_empty: bool | None
    gives_text: bool


class Number(ast.expr):
    """The outermost number: always a Decimal, and empty when no field could ever hold it."""

    operand: ast.expr


def build(root: Node) -> ast.expr:
    """The tree for a checked expression."""
    tree = build_part(root)
    if root.type.kind != "number":
        return tree
    number = Number()
    number.operand = tree
    return number


def build_part(node: Node) -> ast.expr:
    """The tree for a part of an expression; a number stays as large as it is."""
    read = _leaf(node)
    if read is not None:
        leaf = Leaf()
        leaf.read = read
        return leaf
    match node:
        case Literal():
            return ast.Constant(value=node.value)
        case Comparison():
            return ast.Compare(
                left=build_part(node.left), ops=[_COMPARISONS[node.operator]()], comparators=[build_part(node.right)]
            )
        case Membership():
            values: Any = frozenset(node.values)
            return ast.Compare(left=build_part(node.item), ops=[ast.In()], comparators=[ast.Constant(value=values)])
        case Logic():
            items = [build_part(item) for item in node.items]
            return ast.BoolOp(op=ast.And() if node.operator == "and" else ast.Or(), values=items)
        case Not():
            return ast.UnaryOp(op=ast.Not(), operand=build_part(node.operand))
        case Negation():
            return ast.UnaryOp(op=ast.USub(), operand=build_part(node.operand))
        case Arithmetic():
            operation = _ARITHMETIC[node.operator]()
            return ast.BinOp(left=build_part(node.left), op=operation, right=build_part(node.right))
        case Either():
            return ast.IfExp(test=build_part(node.test), body=build_part(node.body), orelse=build_part(node.orelse))
        case Call():
            return _invocation(node)
    raise TypeError(node)


def _invocation(node: Call) -> Invocation:
    function = node.function
    call = Invocation()
    call.python = function.python
    call.arguments = [build_part(argument) for argument in node.arguments]
    call.needs_context = function.needs_context
    call.strict = function.strict
    call.if_empty = False if node.type.kind == "boolean" else None
    call.gives_text = node.type.kind in ("text", "choice")
    return call


def _leaf(node: Node) -> Callable[[Get], Any] | None:
    """How to read the node from the names in one step; None when it is more than a leaf."""
    match node:
        case Name(dotted=path):
            if node.type.kind == "boolean":
                return lambda get: bool(get(path))
            return lambda get: get(path)
        case Comparison(left=Name() as left, right=right) if left.type.kind != "boolean":
            return _compare_field(node.operator, left.dotted, right)
        case Membership(item=Name(dotted=path)):
            values = frozenset(node.values)
            return lambda get: get(path) in values
        case Not(operand=Comparison() | Membership() | Name() | Logic()):
            read = _leaf(node.operand)
            return None if read is None else lambda get: not read(get)
        case Logic():
            parts = [_leaf(item) for item in node.items]
            reads = [read for read in parts if read is not None]
            return _join(node.operator, reads) if len(reads) == len(parts) else None
    return None


def _join(sign: str, reads: list[Callable[[Get], Any]]) -> Callable[[Get], Any]:
    """Conditions that are all leaves make one leaf; like Python, it stops where the answer is known."""
    first, *others = reads
    if sign == "and":

        def every(get: Get) -> Any:
            value = first(get)
            for read in others:
                if not value:
                    return value
                value = read(get)
            return value

        return every

    def some(get: Get) -> Any:
        value = first(get)
        for read in others:
            if value:
                return value
            value = read(get)
        return value

    return some


def _compare_field(sign: str, path: str, right: Node) -> Callable[[Get], Any] | None:
    if isinstance(right, Literal):
        value = right.value
        if sign == "==":
            return (lambda get: get(path) is None) if value is None else (lambda get: get(path) == value)
        if value is None:
            return lambda get: False
        compare = ORDER[sign]
        return lambda get: (found := get(path)) is not None and compare(found, value)
    if isinstance(right, Name) and sign == "==":
        other = right.dotted
        return lambda get: get(path) == get(other)
    return None
