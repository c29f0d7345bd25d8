"""Running a workflow for given records outside of a save: by a button or at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from fieldstone.kernel.actors import Actor
from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import NotFoundError
from fieldstone.records import codes
from fieldstone.records.save.begin import begin
from fieldstone.records.save.load import read_rows
from fieldstone.records.save.program import program_for
from fieldstone.records.service import Records
from fieldstone.records.stages import SaveRow
from fieldstone.records.writing import write
from fieldstone.storage.published import PublishedModel
from fieldstone.workflows.compiled import CompiledWorkflow, WorkflowCompiler
from fieldstone.workflows.runner import Runner
from fieldstone.workflows.tables import fs_fired

declare("workflow.E140", "{module} has no workflow {workflow} that can be run like this.")


@dataclass(frozen=True, kw_only=True)
class DirectResult:
    """The ids of the records it ran for, and of those for which its condition does not hold (or it ran before)."""

    ran: tuple[int, ...]
    skipped: tuple[int, ...]


class DirectRuns:
    """Each call is one transaction, with the rights of the actor."""

    def __init__(self, records: Records, compiler: WorkflowCompiler, runner: Runner) -> None:
        self._records = records
        self._compiler = compiler
        self._runner = runner

    def run(
        self,
        actor: Actor,
        workflow: str,
        module: str,
        ids: Sequence[int],
        *,
        trigger: str,
        strict: bool = False,
        slots: Mapping[int, datetime] | None = None,
    ) -> DirectResult:
        """Run for the records of `ids` that the actor may edit and for which the condition holds.

        `strict`: a record that is not there is an error. `slots`: record id → the moment it stands for; a
        record runs once for each. Raises NotFoundError workflow.E140, record.E010.
        """

        return write(
            self._records.models,
            lambda conn, published: self.run_in(
                conn, published, actor, workflow, module, ids, trigger=trigger, strict=strict, slots=slots
            ),
        )

    def run_in(
        self,
        conn: sa.Connection,
        published: PublishedModel,
        actor: Actor,
        workflow: str,
        module: str,
        ids: Sequence[int],
        *,
        trigger: str,
        strict: bool = False,
        slots: Mapping[int, datetime] | None = None,
    ) -> DirectResult:
        """`run` in a transaction of the caller, so that more can commit with it."""
        compiled = self._compiled(published, module, workflow, trigger)
        save_work = begin(conn, published, actor, self._records.environment)
        stored = read_rows(save_work, program_for(save_work, module), ids, right="edit")
        if strict and len(stored) < len(set(ids)):
            raise NotFoundError(codes.NOT_FOUND)
        rows = [SaveRow(module=module, id=id, old=dict(values), values=values) for id, values in stored.items()]
        if compiled.condition is not None:
            rows = self._runner.holding(save_work, compiled, compiled.condition, rows)
        if slots is not None:
            rows = _first_times(conn, f"{compiled.module.identity}.{workflow}", rows, slots)
        self._runner.run(save_work, compiled, rows, trigger=trigger)
        ran = tuple(row.id for row in rows)
        return DirectResult(ran=ran, skipped=tuple(id for id in dict.fromkeys(ids) if id not in set(ran)))

    def _compiled(self, published: PublishedModel, module: str, name: str, trigger: str) -> CompiledWorkflow:
        if module in published.model.modules:
            found = self._compiler.of_module(published, module).by_name.get(name)
            if found is not None and found.definition.on == trigger:
                return found
        raise NotFoundError("workflow.E140", module=module, workflow=name)


def _first_times(
    conn: sa.Connection, workflow: str, rows: Sequence[SaveRow], slots: Mapping[int, datetime]
) -> list[SaveRow]:
    """The rows that the workflow has not run for at their slot; it counts as run when this commits."""
    if not rows:
        return []
    insert = sqlite_insert if conn.dialect.name == "sqlite" else postgresql_insert
    statement = insert(fs_fired).on_conflict_do_nothing().returning(fs_fired.c.record_id)
    claims = [{"workflow": workflow, "record_id": row.id, "slot": slots[row.id]} for row in rows]
    new = set(conn.execute(statement, claims).scalars())
    return [row for row in rows if row.id in new]
