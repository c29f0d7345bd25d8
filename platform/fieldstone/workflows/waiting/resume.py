"""Runs that come back: each once, whatever becomes of the worker."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from fieldstone.jobs.context import JobContext
from fieldstone.jobs.errors import LeaseLostError
from fieldstone.jobs.kinds import JobKind
from fieldstone.jobs.queue import JobQueue
from fieldstone.kernel.actors import SYSTEM, Actor
from fieldstone.kernel.errors import FieldstoneError
from fieldstone.records.accounts.actors import Surroundings, find_actor
from fieldstone.records.save.begin import begin
from fieldstone.records.save.load import read_rows
from fieldstone.records.save.program import program_for
from fieldstone.records.service import Records
from fieldstone.records.stages import SaveRow
from fieldstone.records.writing import write
from fieldstone.storage.published import PublishedModel
from fieldstone.workflows.approvals.answers import close_questions, read_answers
from fieldstone.workflows.compiled import WorkflowCompiler
from fieldstone.workflows.runner import Runner
from fieldstone.workflows.trace import CANCELLED, DONE, FAILED, RunTrace
from fieldstone.workflows.waiting.definitions import RunEndedError, find_definition
from fieldstone.workflows.waiting.ending import claim, end_runs, store_again
from fieldstone.workflows.waiting.pause import Woken
from fieldstone.workflows.waiting.room import RESUME_KIND, WaitingRoom
from fieldstone.workflows.waiting.tables import fs_waiting

CHUNK = 100

_Row = sa.Row[Any]


class Resumption:
    """Registers the job kind `workflow.resume`.

    A run is claimed, done and stored in one transaction: a worker that dies has done nothing or all of it.
    """

    def __init__(
        self, records: Records, jobs: JobQueue, compiler: WorkflowCompiler, runner: Runner, room: WaitingRoom
    ) -> None:
        self._records = records
        self._compiler = compiler
        self._runner = runner
        self._room = room
        jobs.kinds.register(
            JobKind(
                name=RESUME_KIND, label="Go on with workflows that waited", run=self._run, lease=timedelta(minutes=5)
            )
        )

    def _run(self, context: JobContext, payload: Mapping[str, Any]) -> None:
        key, at_once, done = str(payload["key"]), bool(payload.get("at_once")), 0
        self._records.models.refresh()
        while not context.cancelled():
            with self._records.models.database.read() as conn:
                query = sa.select(fs_waiting.c.run_id).where(fs_waiting.c.key == key)
                runs = conn.execute(query.order_by(fs_waiting.c.run_id).limit(CHUNK)).scalars().all()
            if not runs:
                return
            try:
                self._go_on(context, runs, at_once)
            except FieldstoneError as error:
                if error.status >= 500 or isinstance(error, LeaseLostError):
                    raise
                for run in runs:  # one is refused: the others need not suffer from it
                    self._go_on_alone(context, run, at_once)
            done += len(runs)
            context.progress(done)

    def _go_on_alone(self, context: JobContext, run: int, at_once: bool) -> None:
        try:
            self._go_on(context, [run], at_once)
        except FieldstoneError as error:
            if error.status >= 500 or isinstance(error, LeaseLostError):
                raise
            reason = error.message

            def end(conn: sa.Connection, published: PublishedModel) -> None:
                context.hold(conn)
                end_runs(conn, claim(conn, [run]), FAILED, reason, context.now())

            write(self._records.models, end)

    def _go_on(self, context: JobContext, runs: Sequence[int], at_once: bool) -> None:
        def work(conn: sa.Connection, published: PublishedModel) -> None:
            context.hold(conn)
            claimed = sorted(claim(conn, runs), key=_alike)
            for _alike_key, rows in groupby(claimed, key=_alike):
                self._group(conn, published, list(rows), at_once)

        write(self._records.models, work)

    def _group(self, conn: sa.Connection, published: PublishedModel, rows: list[_Row], at_once: bool) -> None:
        """Runs of one workflow that wait at one step, set off by one person."""
        first, now = rows[0], self._records.environment.clock()
        try:
            workflow = find_definition(conn, published, self._compiler, first.module, first.workflow, first.definition)
            actor = self._actor(conn, published, first)
        except RunEndedError as end:
            end_runs(conn, rows, end.outcome, end.reason, now)
            return
        work = begin(conn, published, actor, self._records.environment)
        work.path = tuple(json.loads(first.trace)["path"][:-1])
        module = workflow.module.name
        stored = read_rows(work, program_for(work, module), {row.record_id for row in rows})
        end_runs(
            conn,
            [row for row in rows if row.record_id not in stored],
            CANCELLED,
            "the record was deleted meanwhile",
            now,
        )
        known = read_answers(conn, [row.run_id for row in rows])
        left = [row for row in rows if row.record_id in stored]
        while left:
            # A merge may have brought two runs to one record: they go on one after the other.
            mine = {row.record_id: row for row in reversed(left)}
            left = [row for row in left if mine[row.record_id] is not row]
            records = [SaveRow(module=module, id=id, old=dict(stored[id]), values=stored[id]) for id in sorted(mine)]
            traces = {id: _trace(row) for id, row in mine.items()}
            woken = {
                id: replace(known.get(row.run_id, Woken()), at_once=at_once, answer=row.answer)
                for id, row in mine.items()
            }
            self._runner.wake(work, workflow, first.position, records, traces, woken)
            runs = {id: row.run_id for id, row in mine.items()}
            store_again(conn, [(row, traces[id]) for id, row in mine.items()])
            close_questions(conn, {runs[id]: "" if each.pause else each.answer for id, each in traces.items()}, now)
            self._room.admit(work, workflow, list(traces.values()), runs)

    def _actor(self, conn: sa.Connection, published: PublishedModel, row: _Row) -> Actor:
        """Whoever set the run off, with the rights of now; a token goes no further than it did then. Raises
        RunEndedError."""
        if row.actor is None:
            return SYSTEM
        app = published.model.app
        found = find_actor(conn, row.actor, Surroundings(language=app.language, zone=app.zone))
        if found is None:
            raise RunEndedError(CANCELLED, "whoever set it off is no longer active")
        return replace(found, scopes=tuple(json.loads(row.trace).get("rights", {}).get("scopes", ())))


def _alike(row: _Row) -> tuple[Any, ...]:
    rights = json.loads(row.trace).get("rights", {})
    scopes = ",".join(rights.get("scopes", ()))
    return row.module, row.workflow, row.definition, row.position, row.actor or 0, scopes


def _trace(row: _Row) -> RunTrace:
    """The trace as it was when the run began to wait, which is over now."""
    steps = list(json.loads(row.trace)["steps"])
    steps[-1] = {**steps[-1], "outcome": DONE}
    return RunTrace(record_id=row.record_id, steps=steps, positions=[0] * len(steps), answer=row.answer)
