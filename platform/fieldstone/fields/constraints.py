"""What a field's stricter definition means for the values there are."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from fieldstone.fields.base import FieldType, FieldValueError, ParseContext
from fieldstone.fields.conversion_codes import STILL_REQUIRED
from fieldstone.fields.definition import FieldDef
from fieldstone.kernel.registry import Registry

_MONEY_DECIMALS = 4


def tightened(old_field: FieldDef, new_field: FieldDef) -> tuple[str, ...]:
    """The attributes that became stricter, in this order: required, unique, min, max, min_length,
    max_length, pattern, decimals (of money: fewer may be written).

    A limit where there was none counts, even one that the type sets anyway: whether a value breaks
    it, `find_breach` tells. Values to be unique have to be compared with each other by the caller.
    """
    flags = tuple(name for name in ("required", "unique") if getattr(new_field, name) and not getattr(old_field, name))
    return flags + tightened_limits(old_field, new_field)


def tightened_limits(old_field: FieldDef, new_field: FieldDef) -> tuple[str, ...]:
    """Those of `tightened` that concern each value by itself, whether or not it may be empty."""
    found = [name for name in ("min", "max") if _narrower(name, getattr(old_field, name), getattr(new_field, name))]
    if (new_field.min_length or 0) > (old_field.min_length or 0):
        found.append("min_length")
    if new_field.max_length and new_field.max_length < (old_field.max_length or new_field.max_length + 1):
        found.append("max_length")
    if new_field.pattern and new_field.pattern != old_field.pattern:
        found.append("pattern")
    if new_field.type == "money" and _money_decimals(new_field) < _money_decimals(old_field):
        found.append("decimals")
    return tuple(found)


def is_empty(field: FieldDef, types: Registry[FieldType], value: Any) -> bool:
    """Whether a value counts as missing where one is required. A checkbox never does."""
    if value is None or value == "" or value == ():
        return types[field.type].load(field, _no_columns(field, types)) is None
    return False


def find_breach(
    new_field: FieldDef, types: Registry[FieldType], value: Any, context: ParseContext
) -> FieldValueError | None:
    """Why a value of the field's type does not satisfy its definition, as a save would say it; None: it does.

    Looked at are required, and whatever the type's `parse` does: length, pattern, range, the picklist
    in `context.picklists`. A value that is computed, numbered or encrypted is only looked at for emptiness.
    """
    if is_empty(new_field, types, value):
        return FieldValueError(STILL_REQUIRED, label=new_field.label) if new_field.required else None
    field_type = types[new_field.type]
    if field_type.computed:
        return None
    try:
        field_type.parse(new_field, value, context)
    except FieldValueError as breach:
        return breach
    return None


def _no_columns(field: FieldDef, types: Registry[FieldType]) -> dict[str, Any]:
    return {column.suffix: None for column in types[field.type].columns(field)}


def _money_decimals(field: FieldDef) -> int:
    return _MONEY_DECIMALS if field.decimals is None or field.type != "money" else field.decimals


def _narrower(name: str, old: Any, new: Any) -> bool:
    """Limits that cannot be compared are taken for narrower: the values will tell."""
    if new is None or new == old:
        return False
    first, second = _comparable(old), _comparable(new)
    if old is None or type(first) is not type(second):
        return True
    return bool(second > first if name == "min" else second < first)


def _comparable(limit: Any) -> Any:
    """A number however it is written; dates and times as their ISO text."""
    text = str(limit)
    try:
        return Decimal(text)
    except InvalidOperation:
        return text
