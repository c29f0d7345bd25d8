"""Running a manual workflow for many records, as a mass action."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fieldstone.kernel.actors import Actor
from fieldstone.kernel.errors import NotFoundError
from fieldstone.records.mass.actions import Chunk, Outcome
from fieldstone.storage.published import PublishedModel
from fieldstone.workflows.engine import WorkflowEngine


class RunWorkflow:
    """Options: `workflow`, the name of a manual one. Records for which its condition does not hold stay unchanged."""

    name, right, in_bin, undoable = "workflow", "mass_edit", False, False

    def __init__(self, engine: WorkflowEngine) -> None:
        self._engine = engine

    def check(self, published: PublishedModel, actor: Actor, module: str, options: Mapping[str, Any]) -> dict[str, Any]:
        name = str(options.get("workflow") or "")
        found = published.model.workflows.get(module, {}).get(name)
        if found is None or found.on != "manual":
            raise NotFoundError("workflow.E140", module=module, workflow=name)
        return {"workflow": name}

    def apply(self, chunk: Chunk) -> Outcome:
        done = self._engine.run_manual_in(
            chunk.connection, chunk.published, chunk.actor, chunk.options["workflow"], chunk.module, chunk.ids
        )
        return Outcome(changed=len(done.ran))
