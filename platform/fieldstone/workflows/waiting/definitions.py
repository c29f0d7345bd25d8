"""The workflows of runs that wait, as they were when the runs began.

A run comes back to the steps it began with, whatever was published meanwhile. Where these no longer fit the model,
since something they name was renamed or removed, it goes on with the workflow of now, provided that this has the same
actions in the same order; otherwise it ends, and says why. A workflow that was removed or switched off ends its runs.
"""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from hashlib import sha256

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from fieldstone.metadata.definitions import StepDef, WorkflowDef
from fieldstone.storage.published import PublishedModel
from fieldstone.workflows.compiled import CompiledWorkflow, WorkflowCompiler
from fieldstone.workflows.trace import CANCELLED, FAILED
from fieldstone.workflows.waiting.tables import fs_run_definition

FRESH = timedelta(days=30)
"""How long one is taken to be there without a look at its age: well before it may be tidied away."""


class RunEndedError(Exception):
    """The run cannot go on. `outcome` is its outcome, `reason` says why."""

    def __init__(self, outcome: str, reason: str) -> None:
        super().__init__(reason)
        self.outcome = outcome
        self.reason = reason


def keep_definition(conn: sa.Connection, definition: WorkflowDef, now: datetime) -> str:
    """Store a workflow as it is, once. Returns the id under which `find_definition` gives it back."""
    entry = json.dumps(
        {"label": definition.label, "on": definition.on, "steps": [asdict(step) for step in definition.steps]},
        ensure_ascii=False, default=str, sort_keys=True,
    )  # fmt: skip
    key = sha256(entry.encode()).hexdigest()
    fresh = sa.select(sa.exists().where(fs_run_definition.c.id == key, fs_run_definition.c.at > now - FRESH))
    if conn.execute(fresh).scalar_one():
        return key
    insert = sqlite_insert if conn.dialect.name == "sqlite" else postgresql_insert
    conn.execute(
        insert(fs_run_definition)
        .values(id=key, at=now, entry=entry)
        .on_conflict_do_update(index_elements=[fs_run_definition.c.id], set_={"at": now})
    )
    return key


def find_definition(
    conn: sa.Connection, published: PublishedModel, compiler: WorkflowCompiler, identity: str, name: str, key: str
) -> CompiledWorkflow:
    """The workflow of a run that waits, ready to run. `identity` is that of its module. Raises RunEndedError."""
    model = published.model
    module = next((each.name for each in model.modules.values() if each.identity == identity), "")
    present = model.workflows.get(module, {}).get(name)
    if present is None:
        raise RunEndedError(CANCELLED, "the workflow is no longer there")
    if not present.active:
        raise RunEndedError(CANCELLED, "the workflow was switched off")
    cached = ("workflows.waiting", identity, name, key)
    found: CompiledWorkflow | None = published.cache.get(cached)
    if found is None:
        found = published.cache[cached] = _compile(conn, published, compiler, replace(present, module=module), key)
    return found


def _compile(
    conn: sa.Connection, published: PublishedModel, compiler: WorkflowCompiler, present: WorkflowDef, key: str
) -> CompiledWorkflow:
    stored = conn.execute(sa.select(fs_run_definition.c.entry).where(fs_run_definition.c.id == key)).scalar_one()
    entry = json.loads(stored)
    begun = WorkflowDef(
        name=present.name, module=present.module, label=entry["label"], on=entry["on"],
        steps=tuple(StepDef(**step) for step in entry["steps"]),
    )  # fmt: skip
    compiled, problems = compiler.compile(published.model, begun)
    if compiled is not None:
        return compiled
    if [step.action for step in present.steps] == [step.action for step in begun.steps]:
        renamed, _problems = compiler.compile(published.model, replace(present, condition=""))
        if renamed is not None:
            return renamed
    reason = "; ".join(problem.message for problem in problems)
    raise RunEndedError(FAILED, f"the workflow was changed meanwhile, and its steps no longer fit: {reason}")
