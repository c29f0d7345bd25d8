"""A plan: the changes between what is published and what is proposed, with their effect on data.

Planning changes nothing. A plan is bound to the base it was made against (`base`) and names itself by a
hash of base and proposal (`hash`), so that what a person has read is what gets published.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fieldstone.metadata.catalogue import Catalogue
from fieldstone.metadata.layers import Layer
from fieldstone.metadata.model import AppModel
from fieldstone.storage.backfill import Backfill
from fieldstone.storage.ddl import Operation


@dataclass(frozen=True, kw_only=True)
class PlannedChange:
    """One change. `kind` and `target` are those of the difference ("add_field", "opportunity.amount").

    `ddl`: the statements. `rows`: how many records it concerns. `lost`: how many values nobody could see any
    more. `rewrites`: documents in which references are rewritten. `lock`: "none", "brief" (a moment) or
    "scan" (while every row of the table is read). `reversible`: a rollback brings everything back.
    `destructive`: it loses values, so a person must allow it.
    """

    kind: str
    target: str
    ddl: tuple[str, ...] = ()
    rows: int = 0
    lost: int = 0
    rewrites: tuple[str, ...] = ()
    lock: str = "none"
    reversible: bool = True
    destructive: bool = False

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "target": self.target,
            "ddl": list(self.ddl),
            "rows": self.rows,
            "lost": self.lost,
            "rewrites": list(self.rewrites),
            "lock": self.lock,
            "reversible": self.reversible,
            "destructive": self.destructive,
        }


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What publishing `layers` would do to version `version` of the model."""

    base: str
    hash: str
    version: int
    changes: tuple[PlannedChange, ...]
    layers: tuple[Layer, ...]
    model: AppModel
    catalogue: Catalogue
    operations: tuple[Operation, ...]
    backfills: tuple[Backfill, ...] = ()

    @property
    def destructive(self) -> bool:
        return any(change.destructive for change in self.changes)

    @property
    def is_empty(self) -> bool:
        """Nothing would change, not even a comment in a document."""
        return self.base == self.hash

    def to_json(self) -> dict[str, Any]:
        """The form `plan --json` prints."""
        return {
            "base": self.base,
            "hash": self.hash,
            "destructive": self.destructive,
            "changes": [change.to_json() for change in self.changes],
        }


def lock_of(operations: Sequence[Operation]) -> str:
    """The strongest lock among them."""
    return max((operation.lock for operation in operations), key=("none", "brief", "scan").index, default="none")
