"""The limits a field declares: length, pattern, range."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from typing import Any

from fieldstone.fields.base import FieldValueError
from fieldstone.fields.codes import ABOVE_MAXIMUM, BELOW_MINIMUM, TOO_LONG, TOO_SHORT
from fieldstone.fields.definition import FieldDef
from fieldstone.fields.patterns import check_text


def check_length(field: FieldDef, text: str, default_limit: int) -> None:
    """Raise FieldValueError when a text breaks the field's length or pattern."""
    length = len(text)
    limit = field.max_length or default_limit
    if length > limit:
        raise FieldValueError(TOO_LONG, length=length, limit=limit)
    if field.min_length and length < field.min_length:
        raise FieldValueError(TOO_SHORT, length=length, limit=field.min_length)
    if field.pattern:
        check_text(field, text)


def check_range(field: FieldDef, value: Any) -> None:
    """Raise FieldValueError when a number is outside the field's `min` and `max`."""
    if field.min is not None and value < exact(field.min):
        raise FieldValueError(BELOW_MINIMUM, value=str(value), limit=str(field.min))
    if field.max is not None and value > exact(field.max):
        raise FieldValueError(ABOVE_MAXIMUM, value=str(value), limit=str(field.max))


@lru_cache(maxsize=1024)
def exact(limit: Any) -> Decimal:
    """A limit as declared (int, float, text) as an exact number."""
    return limit if isinstance(limit, Decimal) else Decimal(str(limit))
