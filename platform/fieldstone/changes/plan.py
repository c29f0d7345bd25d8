"""A plan: the changes between what is published and what is proposed, with their effect on data.

Planning changes nothing. A plan is bound to the base it was made against (`base`) and names itself by a
hash of base and proposal (`hash`), so that what a person has read is what gets published.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as attribute
from decimal import Decimal
from typing import Any

from fieldstone.changes.proposal import Proposal
from fieldstone.kernel.diagnostics import Diagnostic
from fieldstone.metadata.model import AppModel
from fieldstone.storage.ddl import Operation
from fieldstone.storage.published import PublishedModel
from fieldstone.storage.steps import Step


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One record a change concerns: the value it has there, and why it does not fit ("" where it does)."""

    id: int
    value: str
    reason: str = ""

    def to_json(self) -> dict[str, Any]:
        return {"id": self.id, "value": self.value, "reason": self.reason}


@dataclass(frozen=True, kw_only=True)
class Breach:
    """Records that a stricter definition would not allow any more: how many, and some of them. `is_final`: the
    database itself would not take them."""

    count: int
    samples: tuple[Sample, ...]
    is_final: bool = False

    def to_json(self) -> dict[str, Any]:
        return {"count": self.count, "samples": [sample.to_json() for sample in self.samples]}


@dataclass(frozen=True, kw_only=True)
class Work:
    """Row work of a change: how many rows, about how many seconds, and whether a job does it after the publish."""

    rows: int
    seconds: float
    background: bool

    def to_json(self) -> dict[str, Any]:
        return {"rows": self.rows, "seconds": self.seconds, "background": self.background}


@dataclass(frozen=True, kw_only=True)
class PlannedChange:
    """One change. `kind` and `target` are those of the difference ("add_field", "opportunity.amount").

    `ddl`: the statements. `rows`: how many records it concerns, or users, of a role or profile that goes. `lost`:
    how many values nobody could see any more, `samples` some of them. `rewrites`: documents in which references are
    rewritten. `lock`: "none", "brief" (a moment) or "rewrite" (while every row of the table is read or written).
    `reversible`: a rollback brings everything back. `destructive`: it loses values, so a person must allow it.
    `breach`: records that would break the new definition; they must be mended first. `work`: what is done to the
    rows. `before`: the former name. `attributes`: what a definition said and says, by attribute.
    """

    kind: str
    target: str
    ddl: tuple[str, ...] = ()
    rows: int = 0
    lost: int = 0
    samples: tuple[Sample, ...] = ()
    rewrites: tuple[str, ...] = ()
    lock: str = "none"
    reversible: bool = True
    destructive: bool = False
    breach: Breach | None = None
    work: Work | None = None
    before: str = ""
    attributes: Mapping[str, tuple[Any, Any]] = attribute(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "target": self.target,
            "from": self.before or None,
            "attributes": {name: [_plain(old), _plain(new)] for name, (old, new) in self.attributes.items()},
            "ddl": list(self.ddl),
            "rows": self.rows,
            "lost": self.lost,
            "samples": [sample.to_json() for sample in self.samples],
            "rewrites": list(self.rewrites),
            "lock": self.lock,
            "reversible": self.reversible,
            "destructive": self.destructive,
            "breaks": self.breach.to_json() if self.breach else None,
            "work": self.work.to_json() if self.work else None,
        }


@dataclass(frozen=True, kw_only=True)
class PlannedStep:
    """Row work, and whether it is done within the publish or by a job afterwards."""

    step: Step
    background: bool


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What publishing `proposal` would do to version `version` of the model, which becomes `proposed`. `dropped` are
    the unfinished steps of earlier publishes that it makes pointless; `warnings` are about the documents."""

    base: str
    hash: str
    version: int
    changes: tuple[PlannedChange, ...]
    proposal: Proposal
    proposed: PublishedModel
    operations: tuple[Operation, ...]
    steps: tuple[PlannedStep, ...] = ()
    dropped: tuple[int, ...] = ()
    warnings: tuple[Diagnostic, ...] = ()

    @property
    def model(self) -> AppModel:
        return self.proposed.model

    @property
    def destructive(self) -> bool:
        return any(change.destructive for change in self.changes)

    @property
    def breaches(self) -> tuple[PlannedChange, ...]:
        """The changes that records keep from being published. A rollback is kept back only by values that have to be
        unique: what else it finds too strict is mended when the records are next saved."""
        back = self.proposal.kind == "rollback"
        return tuple(change for change in self.changes if change.breach and (change.breach.is_final or not back))

    @property
    def is_empty(self) -> bool:
        """Nothing would change: not a word of a document, and nothing the database lacks."""
        return self.base == self.hash and not self.operations and not self.steps

    def to_json(self) -> dict[str, Any]:
        """The form `plan --json` prints; `conflicts` and `warnings` only where there are any."""
        warnings = [
            {"code": item.code, "message": item.message, "hint": item.hint, "place": str(item.location)}
            for item in self.warnings
        ]
        conflicts = [conflict.to_json() for conflict in self.proposal.conflicts]
        return {
            "base": self.base,
            "hash": self.hash,
            "destructive": self.destructive,
            "changes": [change.to_json() for change in self.changes],
            **({"conflicts": conflicts} if conflicts else {}),
            **({"warnings": warnings} if warnings else {}),
        }


def _plain(value: Any) -> Any:
    """A value of one attribute as JSON has it; "…" for a definition with parts of its own."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
        return list(value)
    return "…"


def lock_of(operations: Sequence[Operation]) -> str:
    """The strongest lock among them."""
    return max((operation.lock for operation in operations), key=("none", "brief", "rewrite").index, default="none")
