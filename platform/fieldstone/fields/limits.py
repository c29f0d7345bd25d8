"""The limits a field declares: length, pattern, range."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from fieldstone.fields.base import FieldType, FieldValueError, ParseContext
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


def check_range(
    field_type: FieldType, field: FieldDef, value: Any, below: str = BELOW_MINIMUM, above: str = ABOVE_MAXIMUM
) -> None:
    """Raise FieldValueError (`below` or `above`) when a value is outside the field's `min` and `max`."""
    if field.min is not None and value < read_limit(field_type, field.decimals, field.min):
        raise FieldValueError(below, value=str(value), limit=str(field.min))
    if field.max is not None and value > read_limit(field_type, field.decimals, field.max):
        raise FieldValueError(above, value=str(value), limit=str(field.max))


@lru_cache(maxsize=1024)
def read_limit(field_type: FieldType, decimals: int | None, limit: Any) -> Any:
    """A limit as written in a document, read as a value of the type; times without an offset are UTC."""
    bare = FieldDef(name="limit", type=field_type.name, label="Limit", decimals=decimals)
    return field_type.parse(bare, limit, ParseContext())
