"""Why an automation did what it did: one stored run per workflow and record whose condition held."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.storage.published import PublishedModel
from fieldstone.workflows.tables import fs_run

if TYPE_CHECKING:
    from fieldstone.workflows.waiting.pause import Pause

DONE, SKIPPED, FAILED = "done", "skipped", "failed"
WAITING, CANCELLED = "waiting", "cancelled"
DETAIL_LENGTH = 300


@dataclass(kw_only=True, slots=True, eq=False)
class RunTrace:
    """A run in the making. `steps` are {"action", "outcome": done, skipped, failed, waiting or cancelled, …details};
    `positions` are those of the steps in the workflow. `pause`: it goes on later; `stopped`: it has come to its end
    before the last step; `answer`: what the last approval came to."""

    record_id: int
    steps: list[dict[str, Any]] = field(default_factory=list)
    positions: list[int] = field(default_factory=list)
    pause: Pause | None = None
    stopped: bool = False
    answer: str = ""

    def add(self, action: str, outcome: str, details: Mapping[str, Any], *, position: int = 0) -> None:
        self.steps.append({"action": action, "outcome": outcome, **{key: _short(v) for key, v in details.items()}})
        self.positions.append(position)

    @property
    def goes_on(self) -> bool:
        """Whether the next step is its turn now."""
        return self.pause is None and not self.stopped

    @property
    def has_effect(self) -> bool:
        return any(step["outcome"] != SKIPPED for step in self.steps)

    @property
    def outcome(self) -> str:
        if self.pause is not None:
            return WAITING
        return FAILED if any(step["outcome"] == FAILED for step in self.steps) else DONE


@dataclass(frozen=True, kw_only=True)
class Run:
    """A stored run. `trace` has "condition" (its expression, which held), "path", "steps" and "rights" (in whose name
    it acted, see `rights_of`)."""

    id: int
    workflow: str
    record_id: int | None
    at: datetime
    actor: int | None
    trigger: str
    outcome: str
    trace: Mapping[str, Any]


def store_runs(
    conn: sa.Connection,
    traces: Sequence[RunTrace],
    *,
    module: str,
    workflow: str,
    condition: str,
    trigger: str,
    path: Sequence[str],
    actor: Actor,
    at: datetime,
) -> dict[int, int]:
    """Keep the runs of one workflow in the caller's transaction. `module` is the module's identity. Returns record id →
    run id of those that wait."""
    if not traces:
        return {}
    rows = [
        {
            "module": module,
            "workflow": workflow,
            "record_id": trace.record_id,
            "at": at,
            "actor": actor.user_id,
            "trigger": trigger,
            "outcome": trace.outcome,
            "trace": json.dumps(
                {"condition": condition, "path": list(path), "steps": trace.steps, "rights": rights_of(actor)},
                ensure_ascii=False,
                default=str,
            ),
        }
        for trace in traces
    ]
    if all(trace.pause is None for trace in traces):
        conn.execute(sa.insert(fs_run), rows)
        return {}
    stored = conn.execute(sa.insert(fs_run).returning(fs_run.c.id, sort_by_parameter_order=True), rows).scalars().all()
    pairs = zip(traces, stored, strict=True)
    return {trace.record_id: run for trace, run in pairs if trace.pause is not None}


def rights_of(actor: Actor) -> dict[str, Any]:
    """In whose name and with which rights a run acts. `all`: an administrator or the system, who pass everything;
    others have the rights of their roles and profiles. What the workflow itself writes is what its author declared:
    field rights do not limit it."""
    found: dict[str, Any] = {"kind": actor.kind, "name": actor.name}
    if actor.is_admin or actor.kind == "system":
        return found | {"all": True}
    found |= {"roles": list(actor.roles), "profiles": list(actor.profiles)}
    return found | {"scopes": list(actor.scopes)} if actor.scopes else found


def list_runs(
    conn: sa.Connection,
    published: PublishedModel,
    module: str,
    *,
    workflow: str = "",
    record_id: int | None = None,
    limit: int = 50,
    before: int | None = None,
) -> list[Run]:
    """The newest runs of a module first; `before` is the id to go on from."""
    query = sa.select(*(fs_run.c[name] for name in Run.__dataclass_fields__))
    query = query.where(fs_run.c.module == published.model.modules[module].identity)
    if workflow:
        query = query.where(fs_run.c.workflow == workflow)
    if record_id is not None:
        query = query.where(fs_run.c.record_id == record_id)
    if before is not None:
        query = query.where(fs_run.c.id < before)
    rows = conn.execute(query.order_by(fs_run.c.id.desc()).limit(limit))
    return [Run(**{**row._mapping, "trace": json.loads(row.trace)}) for row in rows]


def _short(value: Any) -> Any:
    return value[:DETAIL_LENGTH] if isinstance(value, str) else value
