"""Finding a picklist's value by what people write: its key, or its label in any case."""

from __future__ import annotations

from collections.abc import Mapping

from fieldstone.fields.base import FieldValueError, ShowContext
from fieldstone.fields.characters import excerpt
from fieldstone.fields.codes import AMBIGUOUS_CHOICE
from fieldstone.fields.definition import FieldDef, PicklistDef
from fieldstone.fields.nearest import no_such_choice
from fieldstone.kernel.folding import fold

_NO_VALUES = PicklistDef(name="", label="", values={})
_LARGEST_CACHE = 1_000
_indexes: dict[int, tuple[PicklistDef, dict[str, tuple[str, ...]]]] = {}


def picklist_of(field: FieldDef, picklists: Mapping[str, PicklistDef]) -> PicklistDef:
    """The field's picklist; one without values when the context does not carry it."""
    return picklists.get(field.picklist, _NO_VALUES)


def find_keys(picklist: PicklistDef, text: str) -> tuple[str, ...]:
    """The keys whose key or label is `text`; several when labels are alike."""
    # Definitions are unhashable and live as long as their model: found again by identity.
    known = _indexes.get(id(picklist))
    if known is None or known[0] is not picklist:
        if len(_indexes) >= _LARGEST_CACHE:
            _indexes.clear()
        known = (picklist, _index(picklist))
        _indexes[id(picklist)] = known
    return known[1].get(fold(text), ())


def _index(picklist: PicklistDef) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for key, value in picklist.values.items():
        label = fold(value.label)
        found[label] = (*found.get(label, ()), key)
    found.update((fold(key), (key,)) for key in picklist.values)
    return found


def read_choice(picklist: PicklistDef, text: str) -> str:
    """The one key that a text (trimmed, not blank) stands for. Raises FieldValueError."""
    if text in picklist.values:
        return text
    keys = find_keys(picklist, text)
    if len(keys) > 1:
        raise FieldValueError(AMBIGUOUS_CHOICE, value=excerpt(text), keys=", ".join(keys))
    if not keys:
        raise no_such_choice(text, [value.label for value in picklist.values.values()])
    return keys[0]


def show_choice(field: FieldDef, key: str, context: ShowContext) -> str:
    """The label in the person's language; the key of a value that is gone."""
    value = picklist_of(field, context.picklists).values.get(key)
    label = value.label if value else key
    return context.text(f"picklist.{field.picklist}.{key}", label) if context.text else label


def export_choice(field: FieldDef, key: str, context: ShowContext, separators: str = "") -> str:
    """The label as declared where it names just this value, else the key."""
    picklist = picklist_of(field, context.picklists)
    value = picklist.values.get(key)
    if value is None or find_keys(picklist, value.label) != (key,) or any(mark in value.label for mark in separators):
        return key
    return value.label
