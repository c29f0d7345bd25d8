"""Fields whose attributes only make sense together, since they belong to a type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fieldstone.metadata.schemas.field import BY_TYPE, COMPUTED

_COMPUTED_TYPES = frozenset({"formula", "rollup", "auto_number"})
_OF_A_TYPE = frozenset({*BY_TYPE, *COMPUTED, "default", "default_expression", "index", "unique", "searchable"})
"""Attributes that mean something else, or nothing, when the type changes."""
_FREE_WHEN_COMPUTED = frozenset(
    {"label", "help", "placeholder", "exportable", "audited", "personal", "visible_when", "after"}
)


def is_of_one_piece(then: Mapping[str, Any], now: Mapping[str, Any], patch: Mapping[str, Any]) -> bool:
    """Whether the patch of a field cannot be laid over what the base has become: the site gave the field a type of
    its own, or the base changed the type (or where the choices stand) and the site patches what depends on it."""
    if "type" in patch:
        return bool(patch["type"] != now.get("type"))
    if then.get("type") != now.get("type"):
        if _COMPUTED_TYPES & {then.get("type"), now.get("type")}:
            return not patch.keys() <= _FREE_WHEN_COMPUTED
        return bool(patch.keys() & _OF_A_TYPE)
    changed_sides = ("values" in then) != ("values" in now)
    moved = changed_sides or then.get("picklist") != now.get("picklist")
    return ("values" in patch and moved) or ("picklist" in patch and changed_sides)
