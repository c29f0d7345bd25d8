"""What a function of the expression language is. Built-ins and plugins declare theirs alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from fieldstone.expressions.types import ValueType

MAX_TEXT = 100_000
"""A function never gives a longer text: the result is empty instead."""


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """`kinds` of value it takes (an empty one always may stand there). `written`: a plain value, not a
    computed one. `repeated`: the last parameter, any number of times."""

    name: str
    kinds: tuple[str, ...]
    optional: bool = False
    repeated: bool = False
    written: bool = False


@dataclass(frozen=True, kw_only=True)
class Function:
    """One function.

    `python(*values)` gives the value; with `strict` it is only called when no value is empty (else the
    result is empty, or False); with `needs_context` the EvaluationContext comes first. It must be pure,
    quick and bounded. `result` is a type, or works it out from the types of the arguments; None is the
    common type of all arguments.

    `sql(writer, *values)` gives the SQL of a call, for filters (see `sql.writer`); None: not in filters.
    `rewrite(site)` sees the checked call (`checker.CallSite`) and may refuse it or give another node.
    """

    name: str
    group: str
    parameters: tuple[Parameter, ...]
    result: ValueType | Callable[[Sequence[ValueType]], ValueType] | None
    python: Callable[..., Any]
    help: str
    example: str
    sql: Callable[..., Any] | None = None
    rewrite: Callable[[Any], Any] | None = None
    strict: bool = True
    needs_context: bool = False
    uses_time: bool = False
    uses_user: bool = False

    @property
    def usage(self) -> str:
        """`round(number, decimals)`"""
        return f"{self.name}({', '.join(p.name + (', …' if p.repeated else '') for p in self.parameters)})"

    @property
    def least(self) -> int:
        """How many values it needs."""
        return sum(not parameter.optional for parameter in self.parameters)

    @property
    def most(self) -> int | None:
        """How many it takes; None = any number."""
        return None if self.parameters and self.parameters[-1].repeated else len(self.parameters)

    def parameter(self, index: int) -> Parameter:
        return self.parameters[min(index, len(self.parameters) - 1)]
