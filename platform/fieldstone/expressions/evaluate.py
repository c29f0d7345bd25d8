"""Evaluates compiled expressions in Python, with simpleeval.

Every thread has one plain `SimpleEval` with our own operators, no functions to call by name, no
attributes, and only the node classes that `program` builds. The names are only ever read.
"""

from __future__ import annotations

import ast
import threading
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import simpleeval

from fieldstone.expressions import arithmetic
from fieldstone.expressions.compiled import CompiledExpression
from fieldstone.expressions.context import EvaluationContext
from fieldstone.expressions.function import MAX_TEXT
from fieldstone.expressions.program import ORDER, Invocation, Leaf, Number

__all__ = ["EvaluationContext", "evaluate", "holds"]

MAX_NUMBER = Decimal(10) ** 30
"""A result as large as this fits no field: it is empty, as after a division by zero."""

_PLAIN = frozenset((bool, str, int, Decimal, type(None), date, datetime, time, frozenset))
_WALKED = (ast.BoolOp, ast.UnaryOp, ast.BinOp, ast.Compare, ast.IfExp)


def evaluate(compiled: CompiledExpression, names: Mapping[str, Any], context: EvaluationContext) -> Any:
    """The value for these names: flat dotted path → value; a name that is missing is empty."""
    program = compiled.program
    if type(program) is Leaf:  # one step, and nothing to walk
        return program.read(names.get)
    try:
        evaluator = _threads.evaluator
    except AttributeError:
        evaluator = _threads.evaluator = _Evaluator()
    return evaluator.run(compiled, names, context)


def holds(compiled: CompiledExpression, names: Mapping[str, Any], context: EvaluationContext) -> bool:
    """Whether a condition is true for these names."""
    program = compiled.program
    if type(program) is Leaf:
        return program.read(names.get) is True
    return evaluate(compiled, names, context) is True


class _Threads(threading.local):
    evaluator: _Evaluator


_threads = _Threads()


def _guarded(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    """Ordering with an empty side is false."""
    return lambda left, right: left is not None and right is not None and compare(left, right)


_OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: arithmetic.add,
    ast.Sub: arithmetic.subtract,
    ast.Mult: arithmetic.multiply,
    ast.Div: arithmetic.divide,
    ast.Mod: arithmetic.modulo,
    ast.USub: arithmetic.negate,
    ast.Not: lambda value: not value,
    ast.Eq: lambda left, right: left == right,
    ast.Lt: _guarded(ORDER["<"]),
    ast.LtE: _guarded(ORDER["<="]),
    ast.Gt: _guarded(ORDER[">"]),
    ast.GtE: _guarded(ORDER[">="]),
    ast.In: lambda value, values: value in values,
}


class _Evaluator:
    """One simpleeval evaluator and what it is working on."""

    def __init__(self) -> None:
        walker = simpleeval.SimpleEval(operators=_OPERATORS, functions={}, names={}, allowed_attrs={})
        walker.nodes = {
            **{kind: walker.nodes[kind] for kind in _WALKED},
            ast.Constant: lambda node: node.value,
            Leaf: lambda node: node.read(self._names.get),
            Invocation: self._invoke,
            Number: self._finish_number,
        }
        inspect = walker._check_disallowed_items

        def admit(value: Any) -> None:
            """simpleeval inspects every value on its way; for those of our own types one look is enough."""
            if type(value) not in _PLAIN:
                inspect(value)

        walker._check_disallowed_items = admit
        self._walker = walker
        self._walk: Callable[[ast.AST], Any] = walker._eval
        self._names: Mapping[str, Any] = {}
        self._context: EvaluationContext | None = None

    def run(self, compiled: CompiledExpression, names: Mapping[str, Any], context: EvaluationContext) -> Any:
        self._names = names
        self._context = context
        return self._walker.eval(compiled.source, compiled.program)

    def _invoke(self, call: Invocation) -> Any:
        walk = self._walk
        values = [walk(argument) for argument in call.arguments]
        if call.strict and None in values:
            return call.if_empty
        result = call.python(self._context, *values) if call.needs_context else call.python(*values)
        if call.gives_text and result is not None:
            return result if 0 < len(result) <= MAX_TEXT else None
        return result

    def _finish_number(self, number: Number) -> Decimal | None:
        value = self._walk(number.operand)
        if value is None:
            return None
        exact = value if type(value) is Decimal else Decimal(value)
        return exact if -MAX_NUMBER < exact < MAX_NUMBER else None
