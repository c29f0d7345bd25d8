"""Compiled expressions: parsed, checked against a scope, ready to be evaluated or turned into SQL."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from threading import Lock
from weakref import WeakKeyDictionary

from fieldstone.expressions.checker import Checker
from fieldstone.expressions.nodes import Node
from fieldstone.expressions.parse import parse
from fieldstone.expressions.program import build
from fieldstone.expressions.scope import Scope
from fieldstone.expressions.types import ValueType

_MAX_KEPT = 2_000


@dataclass(frozen=True, kw_only=True)
class CompiledExpression:
    """`type` is what it gives. `paths`: every name it reads, ("old", "stage") and those that changed() reads
    included. `uses_time`: the result depends on the clock; `uses_user`: on who asks.

    `root` is the checked form, `program` the tree that is evaluated.
    """

    source: str
    type: ValueType
    paths: frozenset[tuple[str, ...]]
    functions: frozenset[str]
    uses_old: bool
    uses_time: bool
    uses_user: bool
    root: Node = field(repr=False, compare=False)
    program: ast.expr = field(repr=False, compare=False)


_Key = tuple[str, str | None]
_kept: WeakKeyDictionary[Scope, dict[_Key, CompiledExpression]] = WeakKeyDictionary()
_lock = Lock()


def compile_expression(source: str, scope: Scope, *, expected: str | None = None) -> CompiledExpression:
    """Parse and check. `expected` is the kind that is needed ("boolean" for a condition).

    Raises ExpressionError with all problems. Results are kept as long as the scope object lives, when it
    can be kept at all (hashable, weakly referable).
    """
    try:
        with _lock:
            kept = _kept.setdefault(scope, {})
    except TypeError:
        return _compile(source, scope, expected)
    found = kept.get((source, expected))
    if found is None:
        found = _compile(source, scope, expected)
        if len(kept) >= _MAX_KEPT:
            kept.clear()
        kept[source, expected] = found
    return found


def _compile(source: str, scope: Scope, expected: str | None) -> CompiledExpression:
    checker = Checker(scope)
    root = checker.check(parse(source).tree, expected)
    functions = checker.functions.values()
    return CompiledExpression(
        source=source,
        type=root.type,
        paths=frozenset(checker.paths),
        functions=frozenset(checker.functions),
        uses_old=any(path[0] == "old" for path in checker.paths),
        uses_time=any(function.uses_time for function in functions),
        uses_user=any(path[0] == "user" for path in checker.paths) or any(function.uses_user for function in functions),
        root=root,
        program=build(root),
    )
