"""What a picklist field offers at the moment: by its record type, by another field, and to whom."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from fieldstone.fields.definition import FieldDef, PicklistValueDef
from fieldstone.metadata.definitions import RecordTypeDef


def offered_with(field: FieldDef, chosen: Any) -> frozenset[str] | None:
    """The keys that may be chosen beside what the field has that it depends on: a key, several, or nothing; None: all.

    Beside several keys that may be chosen which any of them offers.
    """
    keys = (chosen,) if isinstance(chosen, str) else tuple(chosen or ())
    found = [field.options.get(key) for key in keys if key]
    if not found or any(each is None for each in found):
        return None
    return frozenset(key for each in found for key in each or ())


def is_for(thing: PicklistValueDef | RecordTypeDef, roles: Collection[str] | None) -> bool:
    """Whether people with these roles may choose it; None stands for those whom nothing limits."""
    return thing.roles is None or roles is None or any(role in thing.roles for role in roles)
