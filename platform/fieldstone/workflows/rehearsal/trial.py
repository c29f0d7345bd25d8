"""A workflow tried on one record: whether it would run, why, and what it would do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.kernel.errors import FieldstoneError, NotFoundError
from fieldstone.records import codes
from fieldstone.records.save.begin import begin
from fieldstone.records.save.load import read_rows
from fieldstone.records.save.program import program_for
from fieldstone.records.service import Records
from fieldstone.records.stages import SaveRow, SaveWork
from fieldstone.storage.published import PublishedModel
from fieldstone.workflows.approvals.answers import APPROVED, REJECTED
from fieldstone.workflows.compiled import CompiledWorkflow
from fieldstone.workflows.date_rule import date_rule_of
from fieldstone.workflows.rehearsal.parts import TriedPart, try_parts
from fieldstone.workflows.rehearsal.past_links import find_past_links
from fieldstone.workflows.rehearsal.past_saves import PastSave, find_past_saves
from fieldstone.workflows.rehearsal.undone import undone
from fieldstone.workflows.runner import Runner
from fieldstone.workflows.step_scope import StepScope
from fieldstone.workflows.trace import RunTrace

MOST_LINKS = 1_000
"""Entries of the history among which the last link of a record is looked for."""


@dataclass(frozen=True, kw_only=True)
class Trial:
    """`last` is the record's last recorded save, and `picked` whether that set the workflow off (None: saves do not);
    `due`: when a date rule is due for it. The rest is as if the workflow were set off now, on the record as it is.

    `held_before`: the condition held before that save, so that it did not become true. `steps` are those of a trace,
    () where the condition does not hold, and `positions` say of which step of the workflow each tells. `changes`:
    field → (value before, after) of the record. `refused`: why a step, and with it everything, could not be done.
    """

    record_id: int
    holds: bool
    last: PastSave | None = None
    picked: bool | None = None
    due: datetime | None = None
    held_before: bool = False
    parts: Sequence[TriedPart] = ()
    steps: Sequence[Mapping[str, Any]] = ()
    positions: Sequence[int] = ()
    changes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    refused: FieldstoneError | None = None


@dataclass(frozen=True, kw_only=True)
class Acted:
    """What the steps did with one record; `positions`: of which step of the workflow each tells. `values`: the record's
    afterwards, had everything been approved."""

    steps: Sequence[Mapping[str, Any]] = ()
    positions: Sequence[int] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    refused: FieldstoneError | None = None


class Tryout:
    """Everything with the rights of the actor, as if it were the actor who saved."""

    def __init__(self, records: Records, runner: Runner) -> None:
        self._records = records
        self._runner = runner

    def begin(self, conn: sa.Connection, published: PublishedModel, actor: Actor) -> SaveWork:
        return begin(conn, published, actor, self._records.environment)

    def try_record(self, actor: Actor, workflow: CompiledWorkflow, record_id: int) -> Trial:
        """Raises NotFoundError record.E010 for a record that is not there, or out of the actor's reach."""
        with self._records.models.read() as (conn, published):
            work = self.begin(conn, published, actor)
            trial, row = self._look(work, workflow, record_id)
        if not trial.holds:
            return trial
        acted = self.act(actor, workflow, row)
        changes = {
            name: (value, acted.values[name])
            for name, value in row.values.items()
            if name in acted.values and acted.values[name] != value and name in workflow.module.fields
        }
        return Trial(
            **{**{name: getattr(trial, name) for name in Trial.__dataclass_fields__},
               "steps": acted.steps, "positions": acted.positions, "changes": changes, "refused": acted.refused}
        )  # fmt: skip

    def act(self, actor: Actor, workflow: CompiledWorkflow, row: SaveRow) -> Acted:
        """Run the steps for one row, and take everything back. Waits hold nothing up; steps for one answer of an
        approval say so in `if_answer`."""
        approved = self._act(actor, workflow, row, APPROVED)
        if approved.refused is not None or all(step.answer != REJECTED for step in workflow.steps):
            return _told(workflow, approved, approved)
        return _told(workflow, approved, self._act(actor, workflow, row, REJECTED))

    def _act(self, actor: Actor, workflow: CompiledWorkflow, row: SaveRow, answer: str) -> Acted:
        """`answer`: what every approval comes to."""

        def work(conn: sa.Connection, published: PublishedModel) -> Acted:
            begun = self.begin(conn, published, actor)
            mine = _copy(row)
            begun.rows = [mine]
            try:
                early = workflow.definition.before_save
                traces = {mine.id: RunTrace(record_id=mine.id, answer=answer)}
                self._runner.act(begun, workflow, [mine], traces, before_save=early, rehearsing=True)
            except FieldstoneError as error:
                if error.status >= 500:
                    raise
                return Acted(refused=error)
            trace = traces[mine.id]
            return Acted(steps=tuple(trace.steps), positions=tuple(trace.positions), values=dict(mine.values))

        return undone(self._records.models, work)

    def _look(self, work: SaveWork, workflow: CompiledWorkflow, record_id: int) -> tuple[Trial, SaveRow]:
        definition, module = workflow.definition, workflow.module.name
        program = program_for(work, module)
        values = read_rows(work, program, [record_id], right="view", lock=False).get(record_id)
        if values is None:
            raise NotFoundError(codes.NOT_FOUND, module=module, id=record_id)
        if workflow.trigger.links:
            saves, _examined = find_past_links(work, workflow, record_id=record_id, limit=MOST_LINKS)
        else:
            saves = find_past_saves(work, module, record_id=record_id, limit=1)
        last = saves[0] if saves else None
        picked = due = None
        if workflow.trigger.links:
            picked = True if saves else None
        elif workflow.trigger.picks is not None and last is not None:
            picked = bool(workflow.trigger.pick(definition, [last.row]))
        if "field" in definition.schedule:
            rule = date_rule_of(work.published, definition)
            moment = values.get(rule.field)
            due = None if moment is None else rule.due(moment)
        row = _as_set_off(workflow, values, last)
        condition = workflow.condition
        parts: Sequence[TriedPart] = ()
        holds, before = True, False
        if condition is not None:
            holds = bool(self._runner.holding(work, workflow, condition, [row]))
            relation = workflow.module.relations.get(definition.relation)
            other = relation.to if relation else ""
            scope = StepScope(model=work.published.model, module=workflow.module, action="", other=other)
            parts = try_parts(work, scope, definition.condition, row, work.context)
            if workflow.trigger.becoming and row.old is not None:
                earlier = SaveRow(module=module, id=record_id, values=dict(row.old))
                before = bool(self._runner.holding(work, workflow, condition, [earlier]))
        trial = Trial(
            record_id=record_id, holds=holds, last=last, picked=picked, due=due, held_before=before, parts=parts
        )
        return trial, row


def _as_set_off(workflow: CompiledWorkflow, values: Mapping[str, Any], last: PastSave | None) -> SaveRow:
    """The record as it is, in a save that the trigger picks."""
    row = SaveRow(module=workflow.module.name, id=values["id"], values=dict(values), old=dict(values))
    on = workflow.definition.on
    if on == "created" or (last is not None and last.kind == "created" and on in ("saved", "becomes_true")):
        row.created, row.old = True, None
    elif on == "deleted":
        row.deleted = True
    elif workflow.trigger.links:
        row.other = last.row.other if last is not None else None
    elif last is not None and last.row.old is not None and on != "restored":
        row.old, row.changed = last.row.old, set(last.row.changed)
    return row


def _told(workflow: CompiledWorkflow, approved: Acted, rejected: Acted) -> Acted:
    """One account of both: of each step what it did when it was its turn."""
    told = []
    for acted, branch in ((approved, APPROVED), (rejected, REJECTED)):
        for step, position in zip(acted.steps, acted.positions, strict=True):
            answer = workflow.steps[position].answer
            if (answer or APPROVED) == branch:
                told.append((position, {**step, "if_answer": answer} if answer else step))
    told.sort(key=lambda each: each[0])
    return Acted(
        steps=tuple(step for _position, step in told),
        positions=tuple(position for position, _step in told),
        values=approved.values,
        refused=approved.refused or rejected.refused,
    )


def _copy(row: SaveRow) -> SaveRow:
    return SaveRow(
        module=row.module, id=row.id, created=row.created, deleted=row.deleted, old=row.old, values=dict(row.values),
        changed=set(row.changed), other=row.other,
    )  # fmt: skip
