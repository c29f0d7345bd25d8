"""Numbers to numbers, and to yes and no. Nothing is ever rounded: what does not fit cannot be converted."""

from __future__ import annotations

from typing import Any

from fieldstone.fields.auto_number import AutoNumberType
from fieldstone.fields.base import FieldValueError
from fieldstone.fields.characters import excerpt
from fieldstone.fields.checkbox import CheckboxType
from fieldstone.fields.codes import NOT_A_NUMBER
from fieldstone.fields.conversion_codes import NOT_THIS_NUMBER
from fieldstone.fields.conversion_way import SAME, End, Way, fits_as_is, read_as_is
from fieldstone.fields.decimal import DecimalType
from fieldstone.fields.integer import IntegerType, WholeType
from fieldstone.fields.number import ExactType

_WIDER = {"rating": 0, "duration": 1, "integer": 2}
"""Whole numbers: each type holds the values of those before it. A duration is its seconds."""
_EXACT = frozenset({"decimal", "percent", "money"})


def is_number(end: End) -> bool:
    return isinstance(end.type, ExactType | WholeType)


def find_way(old: End, new: End) -> Way | None:
    """The way between two types of which one is a number or an auto-number, None where that is not so."""
    if is_number(old) and is_number(new):
        return SAME if _holds_all(old, new) else read_as_is(new, exact=True)
    if isinstance(old.type, CheckboxType) and isinstance(new.type, IntegerType | DecimalType):
        return Way(convert=lambda value, context: new.read(int(value), context), exact=True)
    if isinstance(old.type, IntegerType | DecimalType) and isinstance(new.type, CheckboxType):
        return read_as_is(new, exact=False)  # an empty number comes back as 0
    if isinstance(old.type, IntegerType) and isinstance(new.type, AutoNumberType):
        return Way(convert=lambda value, context: _write_number(new, value), exact=True)
    if isinstance(old.type, AutoNumberType) and isinstance(new.type, IntegerType):
        return Way(convert=lambda value, context: new.read(_read_number(old, value), context))
    return None


def _holds_all(old: End, new: End) -> bool:
    if not fits_as_is(old, new):
        return False
    if isinstance(old.type, ExactType) and isinstance(new.type, ExactType) and {old.name, new.name} <= _EXACT:
        finer = new.type.precision(new.field) >= old.type.precision(old.field)
        return finer and new.type.bound(new.field) >= old.type.bound(old.field)
    return old.name in _WIDER and new.name in _WIDER and _WIDER[old.name] < _WIDER[new.name]


def _write_number(new: End, value: int) -> str:
    if not isinstance(new.type, AutoNumberType) or value < 0:
        raise FieldValueError(NOT_A_NUMBER, value=str(value))
    return new.type.number(new.field, value)


def _read_number(old: End, value: str) -> Any:
    digits = value.removeprefix(old.field.prefix)
    if not (value.startswith(old.field.prefix) and digits.isascii() and digits.isdigit()):
        raise FieldValueError(NOT_THIS_NUMBER, value=excerpt(value), prefix=old.field.prefix)
    return digits
