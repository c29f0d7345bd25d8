"""What somebody asks for who merges records, and which fields there are to choose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from fieldstone.kernel.actors import Actor
from fieldstone.records.access import field_right
from fieldstone.storage.published import PublishedModel

_NEVER = frozenset({"secret", "auto_number"})
"""Types of fields whose value belongs to its record, or that nobody may see."""


@dataclass(frozen=True, kw_only=True)
class MergeOrder:
    """`keep` stays, `others` (one or two) go. `choices`: field → the record whose value the kept one gets; what is not
    there stays. `versions`: record → the version that was looked at, compared where it is given."""

    module: str
    keep: int
    others: Sequence[int]
    choices: Mapping[str, int] = field(default_factory=dict)
    versions: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Merged:
    """What a merge, or its undo, has done: `id` is by what it is undone, `keep` the record that stayed, `others` those
    that went (or are back)."""

    id: int
    module: str
    keep: int
    others: Sequence[int]


def choosable_fields(published: PublishedModel, actor: Actor, module: str) -> tuple[str, ...]:
    """The fields whose value may be taken from another record: those that people may set, and the actor too."""
    definition, types = published.model.modules[module], published.model.field_types
    own = [
        field.name
        for field in definition.fields.values()
        if not (types[field.type].computed or field.type in _NEVER or field.read_only or field.read_only_after_create)
    ]
    return tuple(name for name in (*own, "owner") if field_right(published, actor, module, name) == "edit")
