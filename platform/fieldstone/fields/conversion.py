"""How values survive a change of their field's type. The matrix is a page of the reference."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from fieldstone.fields import (
    conversion_choices,
    conversion_numbers,
    conversion_references,
    conversion_texts,
    conversion_times,
)
from fieldstone.fields.base import FieldType, FieldValueError
from fieldstone.fields.codes import COMPUTED
from fieldstone.fields.computed import ComputedType
from fieldstone.fields.conversion_context import ConversionContext
from fieldstone.fields.conversion_way import SAME, End, Way, keep
from fieldstone.fields.definition import FieldDef
from fieldstone.fields.lookup import LookupType
from fieldstone.fields.secret import SecretType
from fieldstone.kernel.registry import Registry

_FINDERS: tuple[Callable[[End, End], Way | None], ...] = (
    conversion_numbers.find_way,
    conversion_times.find_way,
    conversion_choices.find_way,
    conversion_references.find_way,
    # Last: nearly everything has a text, which is only used where nothing better is known.
    conversion_texts.find_way,
)


@dataclass(frozen=True, kw_only=True)
class Conversion:
    """What becomes of the values when a field gets another definition.

    `how`: "same" (each value stays as it is, in the columns it has), "convert" (each goes through
    `convert`, into new columns) or "recompute" (the new field computes its values itself).
    `exact`: a value that is converted, and converted back, is what it was; where nothing is
    converted, whether nothing goes that was entered or numbered.
    `convert` takes a value of the old field (None: empty) and gives one of the new field. It raises
    FieldValueError, and nothing else, for a value that cannot go along; always for "recompute".
    """

    how: str
    exact: bool
    convert: Callable[[Any, ConversionContext], Any]


def conversion(old_field: FieldDef, new_field: FieldDef, types: Registry[FieldType]) -> Conversion | None:
    """How the values of one definition become those of another; None when they cannot, and a new field is needed.

    The definitions use the names of one model: modules and picklists that are merely renamed have
    their new name in both. Limits that become stricter while the type stays are no conversion:
    `constraints` tells what they mean for the values. Of a computed field the stored results are taken over.
    """
    old, new = End(old_field, types[old_field.type]), End(new_field, types[new_field.type])
    if isinstance(old.type, SecretType):
        return _named(SAME, new) if isinstance(new.type, SecretType) else None
    if isinstance(new.type, ComputedType):
        computed = isinstance(old.type, ComputedType)
        if old.name == new.name and old_field.result == new_field.result and _same_columns(old, new):
            return Conversion(how="same", exact=True, convert=keep)
        return Conversion(how="recompute", exact=computed, convert=_refuse)
    if isinstance(old.type, ComputedType):
        return _from_result(old, new, types)
    way = _find_way(old, new)
    return None if way is None else _named(way, new)


def needs_conversion(old_field: FieldDef, new_field: FieldDef, types: Registry[FieldType]) -> bool:
    """Whether the values cannot stay as and where they are: also when there is no way for them."""
    found = conversion(old_field, new_field, types)
    return found is None or found.how != "same"


def _from_result(old: End, new: End, types: Registry[FieldType]) -> Conversion | None:
    result = types.find(old.field.result)
    way = None if result is None else _find_way(End(replace(old.field, type=result.name), result), new)
    if way is None:
        return None
    # An expression may give what nobody could enter: lines in a text, more than a limit.
    return _named(replace(way, convert=new.read, same=False) if way.same else way, new)


def _find_way(old: End, new: End) -> Way | None:
    if _means_the_same(old, new):
        return SAME
    for find in _FINDERS:
        way = find(old, new)
        if way is not None:
            return way
    # Attributes of a plugin's type may decide on its columns.
    return Way(convert=new.read) if old.name == new.name and not isinstance(new.type, LookupType) else None


def _means_the_same(old: End, new: End) -> bool:
    """One type, the same things to refer to or choose from, the same columns: only limits may differ."""
    before, after = old.field, new.field
    unchanged = (old.name, before.to, before.picklist) == (new.name, after.to, after.picklist)
    return unchanged and _same_columns(old, new)


def _named(way: Way, new: End) -> Conversion:
    if way.same:
        return Conversion(how="same", exact=True, convert=keep)

    def convert(value: Any, context: ConversionContext) -> Any:
        if value is None:
            return None if new.type.computed else new.read(None, context)
        return way.convert(value, context)

    return Conversion(how="convert", exact=way.exact, convert=convert)


def _same_columns(old: End, new: End) -> bool:
    """The columns but for those that are derived from the value: they come and go with an index."""
    before, after = (
        {column for column in end.type.columns(end.field) if not column.suffix.startswith("__")} for end in (old, new)
    )
    return before == after


def _refuse(value: Any, context: ConversionContext) -> Any:
    raise FieldValueError(COMPUTED)
