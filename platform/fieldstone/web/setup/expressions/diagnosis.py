"""What is wrong with an expression, in words and by its place; what it gives when nothing is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from fieldstone.expressions.compiled import CompiledExpression
from fieldstone.expressions.errors import ExpressionError, ExpressionProblem
from fieldstone.web.setup.expressions.kind_words import kind_words
from fieldstone.web.setup.expressions.places import Place
from fieldstone.web.words import word, word_hint

_TOKEN = re.compile(r"[^\W\d]\w*(?:\.\w+)*|[\d.]+|'[^']*'?|\"[^\"]*\"?|[=!<>]=|.", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Problem:
    """`column` counts from 1, 0 for the whole."""

    message: str
    hint: str
    code: str
    column: int


@dataclass(frozen=True, kw_only=True)
class Diagnosis:
    """`gives` says what comes out, "" while there are problems. `echo` is the source in pieces: (text, is wrong)."""

    gives: str = ""
    problems: Sequence[Problem] = ()
    echo: Sequence[tuple[str, bool]] = ()
    compiled: CompiledExpression | None = None


def diagnose(place: Place, source: str) -> Diagnosis:
    """Of an empty text nothing is wrong: whether something must stand there is another question."""
    if not source.strip():
        return Diagnosis()
    try:
        compiled = place.compile(source)
    except ExpressionError as error:
        return Diagnosis(problems=list(map(_word, error.problems)), echo=_marked(source, error.problems))
    return Diagnosis(gives=kind_words(compiled.type, place.model), compiled=compiled)


def _word(problem: ExpressionProblem) -> Problem:
    return Problem(
        message=word(problem.code, problem.params), hint=word_hint(problem.code, problem.params), code=problem.code,
        column=problem.column,
    )  # fmt: skip


def _marked(source: str, problems: Sequence[ExpressionProblem]) -> list[tuple[str, bool]]:
    """The source with the words where problems are; [] when they are about the whole."""
    places = sorted({problem.column - 1 for problem in problems if problem.column})
    pieces: list[tuple[str, bool]] = []
    done = 0
    for place in places:
        if place < done:
            continue
        found = _TOKEN.match(source, place)
        pieces.append((source[done:place], False))
        pieces.append((found.group() if found else " ", True))
        done = found.end() if found else place
    return [*pieces, (source[done:], False)] if pieces else []
