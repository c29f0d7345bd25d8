"""The search index of a module whose searched fields, or their words, have changed."""

from __future__ import annotations

from fieldstone.changes.steps.step_kind import END, Chunk, StepContext, StepKind, next_ids
from fieldstone.records.search.index import index_rows, remove_former_parts, remove_rows, search_fields
from fieldstone.storage.steps import Step


class ReindexStep(StepKind):
    name = "reindex"
    rate = 15_000

    def run(self, context: StepContext, step: Step, after: int, limit: int) -> Chunk:
        module = context.find_module(step)
        if module is None:
            return END
        program, published = context.program(module), context.published
        live = program.table.c.deleted_at.is_(None)
        ids = next_ids(context.connection, program.table, after, limit, live)
        if not ids:
            return END
        if search_fields(published, module.name):
            rows = context.rows(context.begin(), program, ids)
            index_rows(context.connection, published, module.name, rows)
            remove_former_parts(context.connection, published, module.name, ids)
        else:
            remove_rows(context.connection, published, module.name, ids)
        return Chunk(rows=len(ids), last_id=ids[-1])
