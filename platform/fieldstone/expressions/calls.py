"""Checks the values given to functions, and lets functions look at their own calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from fieldstone.expressions import codes
from fieldstone.expressions.comparing import Problems, check_choice, compare, read_literal
from fieldstone.expressions.function import Function
from fieldstone.expressions.literals import EXAMPLES
from fieldstone.expressions.nodes import Literal, Name, Node
from fieldstone.expressions.types import ValueType
from fieldstone.expressions.unify import unify
from fieldstone.expressions.wording import describe, word, words


class CallChecker(Problems, Protocol):
    def find(self, path: tuple[str, ...], column: int) -> Name | None: ...


@dataclass(kw_only=True)
class CallSite:
    """A checked call, as `Function.rewrite` sees it: it may be refused, or another node given in its place."""

    checker: CallChecker
    function: Function
    arguments: tuple[Node, ...]
    column: int
    refused: bool = field(default=False, init=False)

    def refuse(self, code: str, /, **params: object) -> None:
        self.refused = True
        self.checker.refuse(code, self.column, **params)

    def compare(self, operator: str, left: Node, right: Node) -> Node:
        """A checked comparison; the call is refused when the two cannot be compared."""
        found = compare(self.checker, operator, left, right, self.column)
        self.refused = self.refused or found is None
        return found or left

    def name(self, path: tuple[str, ...]) -> Name | None:
        """Another name of the scope, counted among what the expression reads."""
        return self.checker.find(path, self.column)

    def check_choice(self, holder: Node, value: Node) -> None:
        """Refuse a literal that is none of the holder's keys."""
        self.refused = self.refused or not check_choice(self.checker, value, holder.type, describe(holder))

    def as_date(self, node: Node) -> Node | None:
        """The date a text literal stands for; the call is refused when it is none. None for anything else."""
        if not isinstance(node, Literal) or node.type.kind != "text":
            return None
        found = read_literal(node.value, "date", node.column)
        if found is None:
            self.refuse(codes.NOT_A_MOMENT, text=node.value[:60], kind="date", example=EXAMPLES["date"])
        return found


def check_count(problems: Problems, function: Function, given: int, column: int) -> bool:
    least, most = function.least, function.most
    if least <= given and (most is None or given <= most):
        return True
    expected = str(least) if least == most else f"{least} or more" if most is None else f"{least} to {most}"
    problems.refuse(
        codes.ARGUMENT_COUNT, column, name=function.name, expected=expected, given=given, usage=function.usage
    )
    return False


def check_arguments(
    problems: Problems, function: Function, arguments: Sequence[Node], column: int
) -> tuple[list[Node], ValueType] | None:
    """The arguments in the types the function takes, and the type of its result; None when refused."""
    typed = [_check_argument(problems, function, index, node) for index, node in enumerate(arguments)]
    kept = [node for node in typed if node is not None]
    if len(kept) < len(typed):
        return None
    if function.result is None:
        return unify(problems, kept, column)
    if isinstance(function.result, ValueType):
        return kept, function.result
    return kept, function.result([node.type for node in kept])


def _check_argument(problems: Problems, function: Function, index: int, node: Node) -> Node | None:
    parameter = function.parameter(index)
    params = {"name": function.name, "parameter": parameter.name, "value": describe(node), "usage": function.usage}
    if "text" not in parameter.kinds and isinstance(node, Literal) and isinstance(node.value, str):
        readings = (read_literal(node.value, kind, node.column) for kind in parameter.kinds if kind in EXAMPLES)
        node = next((reading for reading in readings if reading is not None), node)
    kind = node.type.kind
    if kind != "empty" and kind not in parameter.kinds:
        problems.refuse(codes.ARGUMENT_TYPE, node.column, **params, expected=words(parameter.kinds), given=word(kind))
        return None
    if parameter.written and not isinstance(node, Literal):
        problems.refuse(codes.ARGUMENT_LITERAL, node.column, **params)
        return None
    return node
