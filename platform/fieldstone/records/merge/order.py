"""What somebody asks for who merges records, and which fields there are to choose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from fieldstone.kernel.actors import Actor
from fieldstone.records.access import field_right
from fieldstone.records.save.field_program import FieldProgram
from fieldstone.records.save.program import ModuleProgram
from fieldstone.storage.published import PublishedModel

_NEVER = frozenset({"secret", "autonumber"})


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


def is_choosable(published: PublishedModel, actor: Actor, program: ModuleProgram, field: FieldProgram) -> bool:
    """Whether the value of a field may be taken from another record: one that people may set, and the actor too."""
    if field not in program.input_fields or field.type.name in _NEVER or field.name == "record_type":
        return False
    if field.field.read_only or field.field.read_only_after_create:
        return False
    return field_right(published, actor, program.module.name, field.name) == "edit"
