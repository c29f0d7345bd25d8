"""Stored formulas and rollups that a publish brings or changes, computed for the records there are."""

from __future__ import annotations

from fieldstone.changes.steps.step_kind import END, Chunk, StepContext, StepKind, next_ids
from fieldstone.records.live import find_live
from fieldstone.records.save.dependants import Pending, settle_dependants
from fieldstone.storage.steps import Step


class ComputeStep(StepKind):
    """Of one field. Deleted records are computed when they come back."""

    name = "compute"
    rate = 4_000

    def run(self, context: StepContext, step: Step, after: int, limit: int) -> Chunk:
        module = context.find_module(step)
        if module is None:
            return END
        program = context.program(module)
        field = program.by_identity.get(step.field)
        if field is None or not field.computed or find_live(context.published, module.name, field.name):
            return END
        ids = next_ids(context.connection, program.table, after, limit, program.table.c.deleted_at.is_(None))
        if not ids:
            return END
        pending = Pending()
        pending.add(module.name, field.name, ids)
        settle_dependants(context.begin(), {}, pending)
        return Chunk(rows=len(ids), last_id=ids[-1])
