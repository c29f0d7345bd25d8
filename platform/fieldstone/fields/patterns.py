"""Patterns of fields: the regular expressions that `expressions.pattern` admits, since they cannot hang."""

from __future__ import annotations

import re

from fieldstone.expressions.pattern import MAX_TEXT, PatternError, bounded_pattern
from fieldstone.fields.base import FieldValueError
from fieldstone.fields.codes import NO_MATCH, NO_MATCH_OWN_WORDS, PATTERN_REFUSED, TOO_LONG
from fieldstone.fields.definition import FieldDef


def check_text(field: FieldDef, text: str) -> None:
    """Raise FieldValueError when the whole text does not match the field's pattern."""
    if len(text) > MAX_TEXT:
        raise FieldValueError(TOO_LONG, length=len(text), limit=MAX_TEXT)
    if compile_pattern(field.pattern).fullmatch(text) is None:
        if field.pattern_message:
            raise FieldValueError(NO_MATCH_OWN_WORDS, message=field.pattern_message)
        raise FieldValueError(NO_MATCH, value=text[:60], pattern=field.pattern)


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """The compiled pattern (kept). Raises FieldValueError field.E170 when it is wrong or could take very long."""
    try:
        return bounded_pattern(pattern)
    except PatternError as error:
        raise FieldValueError(PATTERN_REFUSED, reason=str(error)) from None
