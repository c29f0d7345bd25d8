"""Runs workflows over the records of a save: pick, ask the condition, run the steps, keep the trace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from fieldstone.expressions.compiled import CompiledExpression
from fieldstone.expressions.evaluate import EvaluationContext, holds
from fieldstone.records.names import bind
from fieldstone.records.stages import SaveRow, SaveWork
from fieldstone.workflows.batch import Batch
from fieldstone.workflows.compiled import CompiledStep, CompiledWorkflow
from fieldstone.workflows.services import Services
from fieldstone.workflows.trace import SKIPPED, RunTrace, store_runs


class Runner:
    """Stateless but for its services; safe to share between threads."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def matching(self, work: SaveWork, workflow: CompiledWorkflow, rows: Sequence[SaveRow]) -> list[SaveRow]:
        """The rows of the workflow's module that its trigger picks and its condition holds for.

        Names are bound only for rows that a trigger picked, and only those the condition reads.
        """
        picked = workflow.trigger.pick(workflow.definition, rows)
        condition = workflow.condition
        if not picked or condition is None:
            return picked
        if not workflow.trigger.becoming:
            return self.holding(work, workflow, condition, picked)
        # What a condition does not read cannot make it true.
        moved = [row for row in picked if row.created or not row.changed.isdisjoint(workflow.reads)]
        now_true = self.holding(work, workflow, condition, moved)
        before = [
            SaveRow(module=row.module, id=row.id, values=dict(row.old)) for row in now_true if row.old is not None
        ]
        was_true = {row.id for row in self.holding(work, workflow, condition, before)}
        return [row for row in now_true if row.created or row.id not in was_true]

    def holding(
        self, work: SaveWork, workflow: CompiledWorkflow, condition: CompiledExpression, rows: Sequence[SaveRow]
    ) -> list[SaveRow]:
        """The rows for which a condition holds."""
        if not rows:
            return []
        bound = bind(work, workflow.module.name, rows, [condition])
        context = _context(work, condition)
        return [row for row, names in zip(rows, bound, strict=True) if holds(condition, names, context)]

    def run(
        self,
        work: SaveWork,
        workflow: CompiledWorkflow,
        rows: Sequence[SaveRow],
        *,
        trigger: str,
        before_save: bool = False,
    ) -> None:
        """Run the steps for rows whose condition holds and store their runs. Raises what `Batch.save` does."""
        if not rows:
            return
        traces = self.act(work, workflow, rows, before_save=before_save)
        store_runs(
            work.connection,
            # Before a save, one that changed nothing is not worth a row for every record imported.
            [trace for trace in traces.values() if not before_save or trace.has_effect],
            module=workflow.module.identity,
            workflow=workflow.definition.name,
            condition=workflow.definition.condition,
            trigger=trigger,
            path=(*work.path, workflow.name),
            actor=work.actor,
            at=work.now,
        )

    def act(
        self, work: SaveWork, workflow: CompiledWorkflow, rows: Sequence[SaveRow], *, before_save: bool = False
    ) -> dict[int, RunTrace]:
        """Run the steps for rows whose condition holds; id → what became of each. Raises what `Batch.save` does."""
        traces = {row.id: RunTrace(record_id=row.id) for row in rows}
        for step in workflow.steps:
            chosen = self._rows_of_step(work, workflow, step, rows, traces)
            if chosen:
                batch = Batch(
                    work=work,
                    workflow=workflow,
                    action=step.action.name,
                    rows=chosen,
                    traces=traces,
                    services=self._services,
                    before_save=before_save,
                )
                step.action.run(batch, step.plan)
        return traces

    def _rows_of_step(
        self,
        work: SaveWork,
        workflow: CompiledWorkflow,
        step: CompiledStep,
        rows: Sequence[SaveRow],
        traces: dict[int, RunTrace],
    ) -> Sequence[SaveRow]:
        if step.condition is None:
            return rows
        chosen = self.holding(work, workflow, step.condition, rows)
        left = {row.id for row in rows} - {row.id for row in chosen}
        for record_id in left:
            traces[record_id].add(step.action.name, SKIPPED, {"reason": "its condition does not hold"})
        return chosen


def _context(work: SaveWork, condition: CompiledExpression) -> EvaluationContext:
    """Stored expressions know no roles; a workflow may ask for those of whoever saved."""
    return replace(work.context, roles=work.actor.roles) if condition.uses_user else work.context
