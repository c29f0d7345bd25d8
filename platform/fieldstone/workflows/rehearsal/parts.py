"""The parts of a condition, each with what it gives for a record: why the whole holds, or does not."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fieldstone.expressions.evaluate import EvaluationContext, holds
from fieldstone.kernel.errors import FieldstoneError
from fieldstone.records.names import bind
from fieldstone.records.stages import SaveRow, SaveWork
from fieldstone.workflows.step_scope import StepScope

_TOKEN = re.compile(r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|[()\[\]]|\w+|.""", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class TriedPart:
    """`reads`: name as the expression says it → its value."""

    source: str
    holds: bool
    reads: Mapping[str, Any]


def split_condition(source: str) -> list[str]:
    """What is joined by `and` outermost; the whole where something else joins it."""
    parts, here, depth = [], list[str](), 0
    for token in _TOKEN.findall(source):
        if token in "([":
            depth += 1
        elif token in ")]":
            depth -= 1
        if depth == 0 and token in ("or", "if", "else"):
            return [source.strip()]
        if depth == 0 and token == "and":
            parts.append("".join(here).strip())
            here = []
        else:
            here.append(token)
    return [part for part in (*parts, "".join(here).strip()) if part]


def try_parts(
    work: SaveWork, scope: StepScope, source: str, row: SaveRow, context: EvaluationContext
) -> Sequence[TriedPart]:
    """Each part of a condition that compiles as a whole."""
    tried = []
    for part in split_condition(source):
        try:
            compiled = scope.expression(part, expected="boolean")
        except FieldstoneError:  # it stands only within the whole
            return ()
        (names,) = bind(work, row.module, [row], [compiled])
        reads = {".".join(path): names.get(".".join(path)) for path in sorted(compiled.paths)}
        tried.append(TriedPart(source=part, holds=holds(compiled, names, context), reads=reads))
    return tried
