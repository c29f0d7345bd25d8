"""matches."""

from __future__ import annotations

from typing import Any

from fieldstone.expressions import codes
from fieldstone.expressions.function import Function, Parameter
from fieldstone.expressions.pattern import PatternError, bounded_pattern, matches
from fieldstone.expressions.types import BOOLEAN


def _check_pattern(site: Any) -> None:
    pattern = site.arguments[1].value or ""
    try:
        bounded_pattern(pattern)
    except PatternError as error:
        site.refuse(codes.BAD_PATTERN, pattern=pattern[:60], detail=str(error))


FUNCTIONS = (
    Function(
        name="matches",
        group="text",
        parameters=(
            Parameter(name="text", kinds=("text", "choice")),
            Parameter(name="pattern", kinds=("text",), written=True),
        ),
        result=BOOLEAN,
        python=matches,
        rewrite=_check_pattern,
        help="True when the whole text has the form of a regular expression. Not in filters.",
        example="matches(postal_code, '[0-9]{5}')",
    ),
)
