"""Runs workflows over the records of a save: pick, ask the condition, run the steps, keep the trace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from fieldstone.expressions.compiled import CompiledExpression
from fieldstone.expressions.evaluate import EvaluationContext, holds
from fieldstone.records.names import bind
from fieldstone.records.stages import SaveRow, SaveWork
from fieldstone.workflows.batch import Batch
from fieldstone.workflows.compiled import CompiledStep, CompiledWorkflow
from fieldstone.workflows.services import Services
from fieldstone.workflows.trace import SKIPPED, RunTrace, store_runs
from fieldstone.workflows.waiting.pause import PausingAction, Woken


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
        traces = {row.id: RunTrace(record_id=row.id) for row in rows}
        self.act(work, workflow, rows, traces, before_save=before_save)
        # Before a save, one that changed nothing is not worth a row for every record imported.
        kept = [trace for trace in traces.values() if not before_save or trace.has_effect]
        waiting = store_runs(
            work.connection,
            kept,
            module=workflow.module.identity,
            workflow=workflow.definition.name,
            condition=workflow.definition.condition,
            trigger=trigger,
            path=(*work.path, workflow.name),
            actor=work.actor,
            at=work.now,
        )
        self._services.waiting_room.admit(work, workflow, [trace for trace in kept if trace.pause], waiting)

    def act(
        self,
        work: SaveWork,
        workflow: CompiledWorkflow,
        rows: Sequence[SaveRow],
        traces: Mapping[int, RunTrace],
        *,
        start: int = 0,
        before_save: bool = False,
        rehearsing: bool = False,
    ) -> None:
        """Run the steps from `start` on for rows whose condition holds, and say in `traces` (one for each row's id)
        what became of each, up to where it pauses. Raises what `Batch.save` does."""
        for position, step in enumerate(workflow.steps[start:], start):
            going = [row for row in rows if traces[row.id].goes_on]
            chosen = self._rows_of_step(work, workflow, position, going, traces)
            if chosen:
                batch = self.batch(work, workflow, position, chosen, traces, before_save, rehearsing)
                step.action.run(batch, step.plan)

    def wake(
        self,
        work: SaveWork,
        workflow: CompiledWorkflow,
        position: int,
        rows: Sequence[SaveRow],
        traces: Mapping[int, RunTrace],
        woken: Mapping[int, Woken],
    ) -> None:
        """Go on with runs that wait at the step at `position`. Raises what `act` does."""
        step = workflow.steps[position]
        assert isinstance(step.action, PausingAction), "nothing else pauses"
        step.action.wake(self.batch(work, workflow, position, rows, traces), step.plan, woken)
        self.act(work, workflow, rows, traces, start=position + 1)

    def batch(
        self,
        work: SaveWork,
        workflow: CompiledWorkflow,
        position: int,
        rows: Sequence[SaveRow],
        traces: Mapping[int, RunTrace],
        before_save: bool = False,
        rehearsing: bool = False,
    ) -> Batch:
        return Batch(
            work=work,
            workflow=workflow,
            action=workflow.steps[position].action.name,
            rows=rows,
            traces=traces,
            services=self._services,
            before_save=before_save,
            position=position,
            rehearsing=rehearsing,
        )

    def _rows_of_step(
        self,
        work: SaveWork,
        workflow: CompiledWorkflow,
        position: int,
        rows: Sequence[SaveRow],
        traces: Mapping[int, RunTrace],
    ) -> Sequence[SaveRow]:
        step, chosen = workflow.steps[position], rows
        if step.answer:
            chosen = [row for row in rows if traces[row.id].answer == step.answer]
            _skip(step, position, rows, chosen, traces, f"it is for what was {step.answer}")
        if step.condition is None or not chosen:
            return chosen
        holding = self.holding(work, workflow, step.condition, chosen)
        _skip(step, position, chosen, holding, traces, "its condition does not hold")
        return holding


def _skip(
    step: CompiledStep,
    position: int,
    rows: Sequence[SaveRow],
    chosen: Sequence[SaveRow],
    traces: Mapping[int, RunTrace],
    reason: str,
) -> None:
    for record_id in {row.id for row in rows} - {row.id for row in chosen}:
        traces[record_id].add(step.action.name, SKIPPED, {"reason": reason}, position=position)


def _context(work: SaveWork, condition: CompiledExpression) -> EvaluationContext:
    """Stored expressions know no roles; a workflow may ask for those of whoever saved."""
    return replace(work.context, roles=work.actor.roles) if condition.uses_user else work.context
