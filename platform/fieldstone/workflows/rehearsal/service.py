"""Rehearsals as they are asked for: at once where they are short, else by a job; kept for whoever asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from fieldstone.jobs.context import JobContext
from fieldstone.jobs.errors import PermanentJobError
from fieldstone.jobs.kinds import JobKind
from fieldstone.jobs.queue import JobQueue
from fieldstone.kernel.actors import SYSTEM, Actor
from fieldstone.kernel.errors import FieldstoneError
from fieldstone.records.service import Records
from fieldstone.records.tables import history
from fieldstone.workflows.compiled import CompiledWorkflow, WorkflowCompiler
from fieldstone.workflows.mail import Mail
from fieldstone.workflows.rehearsal.drafted import compile_drafted, definition_of
from fieldstone.workflows.rehearsal.letters import write_letter
from fieldstone.workflows.rehearsal.rehearse import MOST_EXAMINED, Rehearsal
from fieldstone.workflows.rehearsal.trial import Trial, Tryout
from fieldstone.workflows.runner import Runner
from fieldstone.workflows.settings import WorkflowSettings
from fieldstone.workflows.tables import fs_rehearsal

KIND = "workflow.rehearse"
AT_ONCE = 500
"""How many saves are gone through while the page waits."""
MOST_DAYS = 90


@dataclass(frozen=True, kw_only=True)
class StoredRehearsal:
    """`entry` is the workflow as it was rehearsed, `result` what `Rehearsal.run` gives; None until `job` is done."""

    id: int
    module: str
    workflow: str
    at: datetime
    by: int | None
    days: int
    entry: Mapping[str, Any]
    result: Mapping[str, Any] | None
    job: int | None


class Rehearsals:
    """Registers the job kind `workflow.rehearse`. `actor_of` gives the actor of a user; set by the composition."""

    def __init__(
        self,
        records: Records,
        jobs: JobQueue,
        settings: WorkflowSettings,
        compiler: WorkflowCompiler,
        runner: Runner,
    ) -> None:
        self._records = records
        self._settings = settings
        self._jobs = jobs
        self._compiler = compiler
        self._tryout = Tryout(records, runner)
        self._rehearsal = Rehearsal(records, runner, self._tryout)
        self.actor_of: Callable[[int | None], Actor] = lambda user_id: SYSTEM
        jobs.kinds.register(
            JobKind(name=KIND, label="Rehearse a workflow", run=self._run, max_attempts=2, lease=timedelta(minutes=5))
        )

    def compile(self, module: str, name: str, entry: Mapping[str, Any]) -> CompiledWorkflow:
        """A drafted workflow, with what is published. Raises UnfinishedWorkflowError."""
        published = self._records.models.reading
        return compile_drafted(self._compiler, published.model, definition_of(module, name, entry))

    def try_record(self, actor: Actor, module: str, name: str, entry: Mapping[str, Any], record_id: int) -> Trial:
        """Raises UnfinishedWorkflowError, NotFoundError record.E010."""
        return self._tryout.try_record(actor, self.compile(module, name, entry), record_id)

    def write_letter(
        self, actor: Actor, module: str, record_id: int, subject: str, body: str, *, language: str = ""
    ) -> Mail:
        """A mail as it would be for a record; see `letters.write_letter`."""
        return write_letter(self._records, self._settings, actor, module, record_id, subject, body, language=language)

    def rehearse(self, actor: Actor, module: str, name: str, entry: Mapping[str, Any], days: int) -> int:
        """The id of the rehearsal; its result is there, or a job makes it. `days` is between 1 and MOST_DAYS.

        Raises UnfinishedWorkflowError, InvalidInputError workflow.E162.
        """
        workflow = self.compile(module, name, entry)
        days = max(1, min(days, MOST_DAYS))
        now = self._jobs.clock()
        result = None
        saves = workflow.trigger.picks is not None or workflow.trigger.links
        long = saves and self._count(workflow, now - timedelta(days=days)) > AT_ONCE
        if not long:
            result = json.dumps(
                self._rehearsal.run(actor, workflow, days, now, lambda done, total: True),
                ensure_ascii=False,
                default=str,
            )
        values = {
            "module": workflow.module.identity, "workflow": name, "at": now, "by": actor.user_id, "days": days,
            "entry": json.dumps(dict(entry), ensure_ascii=False), "result": result,
        }  # fmt: skip

        def work(conn: sa.Connection) -> int:
            made: int = conn.execute(sa.insert(fs_rehearsal).values(**values).returning(fs_rehearsal.c.id)).scalar_one()
            if long:
                job = self._jobs.enqueue(conn, KIND, {"rehearsal": made}, created_by=actor.user_id)
                conn.execute(sa.update(fs_rehearsal).where(fs_rehearsal.c.id == made).values(job=job))
            return made

        return self._records.models.database.transact(work)

    def find(self, rehearsal: int) -> StoredRehearsal | None:
        with self._records.models.database.read() as conn:
            row = conn.execute(sa.select(fs_rehearsal).where(fs_rehearsal.c.id == rehearsal)).one_or_none()
        if row is None:
            return None
        result = None if row.result is None else json.loads(row.result)
        return StoredRehearsal(**{**row._mapping, "entry": json.loads(row.entry), "result": result})

    def _count(self, workflow: CompiledWorkflow, since: datetime) -> int:
        some = sa.select(sa.literal(1)).where(history.c.module == workflow.module.identity, history.c.at > since)
        with self._records.models.database.read() as conn:
            counted = sa.select(sa.func.count()).select_from(some.limit(MOST_EXAMINED).subquery())
            return int(conn.execute(counted).scalar_one())

    def _run(self, context: JobContext, payload: Mapping[str, Any]) -> None:
        self._records.models.refresh()
        found = self.find(int(payload["rehearsal"]))
        if found is None:
            return  # tidied away
        module = next(
            (
                each.name
                for each in self._records.models.current.model.modules.values()
                if each.identity == found.module
            ),
            "",
        )

        def progress(done: int, total: int) -> bool:
            context.progress(done, total)
            return not context.cancelled()

        try:
            workflow = self.compile(module, found.workflow, found.entry)
            result = self._rehearsal.run(self.actor_of(found.by), workflow, found.days, found.at, progress)
        except FieldstoneError as error:
            if error.status >= 500:
                raise
            raise PermanentJobError(error.message) from error
        text = json.dumps(result, ensure_ascii=False, default=str)
        self._records.models.database.transact(
            lambda conn: conn.execute(sa.update(fs_rehearsal).where(fs_rehearsal.c.id == found.id).values(result=text))
        )
