"""What is asked of a mass action, and how it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

QUEUED, RUNNING, DONE, CANCELLED, FAILED, UNDONE = "queued", "running", "done", "cancelled", "failed", "undone"
OPEN_STATES = (QUEUED, RUNNING)


@dataclass(frozen=True, kw_only=True)
class MassOrder:
    """Do `kind` with `options` to the records `ids` of a module, or to all for which the expression `where` holds
    ("" for all there are) when `ids` is None."""

    module: str
    kind: str
    options: Mapping[str, Any] = field(default_factory=dict)
    ids: Sequence[int] | None = None
    where: str = ""


@dataclass(frozen=True, kw_only=True)
class StoredMass:
    """A mass action as it is kept. `identity` is the module's, `module` its present name, "" when it is gone.
    `begun_via` names the administrator who began it in the person's place."""

    id: int
    identity: str
    module: str
    kind: str
    options: Mapping[str, Any]
    ids: tuple[int, ...] | None
    where: str
    state: str
    last_id: int
    most_id: int
    total: int
    done: int
    changed: int
    failed: int
    message: str
    begun_via: str
    job_id: int | None
    created_by: int | None
    created_at: datetime
    finished_at: datetime | None

    @property
    def via(self) -> str:
        """How the history names what this action did."""
        return f"mass:{self.id}"

    @property
    def key(self) -> str:
        """What no other action has, not even one of a database that was put back to before this one."""
        return f"{self.via}@{self.created_at.isoformat()}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES


@dataclass(frozen=True, kw_only=True)
class MassProblem:
    """Why a record was left as it was; `label` is its name for the reader. `message` is a rule's own, else the code
    words it."""

    record: int
    field: str
    code: str
    params: Mapping[str, Any]
    message: str = ""
    label: str = ""
