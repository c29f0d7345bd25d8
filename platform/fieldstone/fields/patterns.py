"""Patterns of fields: regular expressions that cannot hang.

Python's engine backtracks, so a pattern is admitted only when its worst case is small: no repetition
inside a repetition, no alternatives inside one, few repetitions without an upper bound, and it is
only ever applied to `MAX_TEXT` characters.
"""

from __future__ import annotations

import re
from functools import lru_cache
from re import _constants as opcodes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from fieldstone.fields.base import FieldValueError
from fieldstone.fields.codes import (
    NO_MATCH,
    NO_MATCH_OWN_WORDS,
    PATTERN_HOSTILE,
    PATTERN_INVALID,
    PATTERN_TOO_LONG,
    TOO_LONG,
)
from fieldstone.fields.definition import FieldDef

MAX_PATTERN = 200
MAX_TEXT = 1_000
_MAX_WIDE = 3
"""Repetitions that may run long: three over 1,000 characters are at most a few million steps."""
_WIDE = 64
_REFUSED = {opcodes.GROUPREF, opcodes.GROUPREF_EXISTS}
_REPEATS = {opcodes.MAX_REPEAT, opcodes.MIN_REPEAT, opcodes.POSSESSIVE_REPEAT}


def check_text(field: FieldDef, text: str) -> None:
    """Raise FieldValueError when the whole text does not match the field's pattern."""
    if len(text) > MAX_TEXT:
        raise FieldValueError(TOO_LONG, length=len(text), limit=MAX_TEXT)
    if compile_pattern(field.pattern).fullmatch(text) is None:
        if field.pattern_message:
            raise FieldValueError(NO_MATCH_OWN_WORDS, message=field.pattern_message)
        raise FieldValueError(NO_MATCH, value=text[:60], pattern=field.pattern)


@lru_cache(maxsize=512)
def compile_pattern(pattern: str) -> re.Pattern[str]:
    """The compiled pattern. Raises FieldValueError field.E170 to E172 when it is not admitted."""
    if len(pattern) > MAX_PATTERN:
        raise FieldValueError(PATTERN_TOO_LONG, limit=MAX_PATTERN)
    try:
        tree = parser.parse(pattern)
        compiled = re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        raise FieldValueError(PATTERN_INVALID, reason=str(error)) from None
    _Inspection().visit(tree, repeated=False)
    return compiled


class _Inspection:
    """Walks a parsed pattern and refuses what can backtrack without bound."""

    def __init__(self) -> None:
        self._wide = 0
        self._combinations = 1

    def visit(self, tree: Any, *, repeated: bool) -> None:
        for operation, argument in tree:
            if operation in _REFUSED:
                raise _hostile("it refers back to a group")
            if operation is opcodes.BRANCH:
                if repeated:
                    raise _hostile("alternatives are repeated")
                for branch in argument[1]:
                    self.visit(branch, repeated=repeated)
            elif operation in _REPEATS:
                self._visit_repeat(*argument, repeated=repeated)
            else:
                self._visit_inside(argument, repeated=repeated)

    def _visit_repeat(self, least: int, most: int, body: Any, *, repeated: bool) -> None:
        if repeated and least != most:
            raise _hostile("a repetition is repeated")
        if most - least > _WIDE:
            self._wide += 1
        else:
            self._combinations *= most - least + 1
        if self._wide > _MAX_WIDE or self._combinations > 1_000_000:
            raise _hostile("too many repetitions of open length")
        self.visit(body, repeated=repeated or most > 1)

    def _visit_inside(self, argument: Any, *, repeated: bool) -> None:
        """Groups, look-aheads and the like keep their own trees somewhere in the argument."""
        if isinstance(argument, parser.SubPattern):
            self.visit(argument, repeated=repeated)
        elif isinstance(argument, tuple):
            for item in argument:
                self._visit_inside(item, repeated=repeated)


def _hostile(reason: str) -> FieldValueError:
    return FieldValueError(PATTERN_HOSTILE, reason=reason, limit=_MAX_WIDE)
