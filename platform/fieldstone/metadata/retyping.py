"""What a field leaves behind when a later layer gives it another type."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from fieldstone.fields.registry import built_in_field_types
from fieldstone.metadata.nodes import MappingNode
from fieldstone.metadata.schemas.field import field_schema


def left_behind(base: MappingNode, patch: MappingNode) -> Sequence[str]:
    """The attributes that the lower layers gave the field, that its former type has and its new one has not.

    Whoever changes a text into a date should not have to know that somewhere below it has a `max_length`. What no
    type has is kept, so that it is still reported; so is everything where a type comes from a plugin, since only
    the product's own are known here.
    """
    before, now = base.text("type"), patch.text("type")
    if not now or before == now:
        return ()
    had, has = _attributes().get(before), _attributes().get(now)
    if had is None or has is None:
        return ()
    return [key for key in base.entries if key in had and key not in has and key not in patch.entries]


@cache
def _attributes() -> dict[str, frozenset[str]]:
    types = built_in_field_types()
    return {name: frozenset(field_schema(types[name])["properties"]) for name in types.names}
