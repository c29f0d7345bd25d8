"""Mass actions of a site: begun at once or as a job, watched, cancelled, taken up again, undone."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from fieldstone.jobs.context import JobContext
from fieldstone.jobs.errors import JobInterruptedError, JobStateError, PermanentJobError
from fieldstone.jobs.kinds import JobKind
from fieldstone.jobs.queue import JobQueue
from fieldstone.kernel.actors import Actor
from fieldstone.kernel.errors import ConflictError, FieldstoneError, InvalidInputError, NotFoundError
from fieldstone.records.access import require
from fieldstone.records.count import count_records
from fieldstone.records.filters import compile_where
from fieldstone.records.labels import collect_labels
from fieldstone.records.mass import codes
from fieldstone.records.mass.actions import MassAction, MassActions
from fieldstone.records.mass.order import (
    CANCELLED,
    DONE,
    FAILED,
    QUEUED,
    RUNNING,
    UNDONE,
    MassOrder,
    MassProblem,
    StoredMass,
)
from fieldstone.records.mass.run import Cancelled, MassRun
from fieldstone.records.mass.store import (
    forget_old,
    get_mass,
    insert_mass,
    list_masses,
    load_problems,
    update_mass,
)
from fieldstone.records.service import Records
from fieldstone.records.undo_batch import UndoneBatch
from fieldstone.storage.published import PublishedModel

KIND = "records.mass"
AT_ONCE = 200
"""Records that are done while the person waits."""
MOST_IDS = 10_000
"""Records that may be named one by one."""
KEPT = timedelta(days=90)
"""How long an action is listed and can be undone, after its end."""


class Masses:
    """Registers its kind of job. `actor_of` gives the actor of a user, with the rights of the moment; `actions` may be
    added to. Only who began an action sees it."""

    def __init__(
        self, *, records: Records, jobs: JobQueue, actions: MassActions, actor_of: Callable[[int | None], Actor]
    ) -> None:
        self._records, self._jobs, self._actor_of = records, jobs, actor_of
        self.actions = actions
        jobs.kinds.register(
            JobKind(name=KIND, run=self._run_job, label="Mass action", lease=timedelta(seconds=30), max_attempts=10)
        )

    def start(self, actor: Actor, order: MassOrder) -> StoredMass:
        """Do it: at once when the records are named and few, else by a job; the answer tells how it stands.

        Raises ForbiddenError without the right, InvalidInputError mass.E002 to mass.E004, mass.E008, mass.E009,
        ExpressionError.
        """
        action = self._action(order.kind)
        ids = None if order.ids is None else sorted(set(order.ids))
        if ids is not None and not 0 < len(ids) <= MOST_IDS:
            raise InvalidInputError(codes.NOTHING_ASKED)
        at_once = ids is not None and len(ids) <= AT_ONCE

        def work(conn: sa.Connection, published: PublishedModel) -> int:
            require(published, actor, order.module, action.right)
            options = action.check(published, actor, order.module, order.options)
            compile_where(published, actor, order.module, order.where)
            table = published.tables.module(order.module).table
            forget_old(conn, actor.user_id, self._records.clock() - KEPT)
            id = insert_mass(
                conn,
                module=published.model.modules[order.module].identity,
                kind=order.kind,
                options=json.dumps(options, ensure_ascii=False, default=str),
                where=order.where,
                ids=json.dumps(ids),
                state=RUNNING if at_once else QUEUED,
                last_id=0,
                most_id=conn.execute(sa.select(sa.func.coalesce(sa.func.max(table.c.id), 0))).scalar_one(),
                total=len(ids) if ids is not None else self._count(conn, published, actor, order, action),
                done=0,
                changed=0,
                failed=0,
                message="",
                begun_via=actor.via,
                created_by=actor.user_id,
                created_at=self._records.clock(),
            )
            if not at_once:
                self._enqueue(conn, id, actor.user_id)
            return id

        id = self._records.models.write(work)
        if at_once:
            self._run(id, actor, lambda done, total: None, lambda: False)
        return self.get(actor, id)

    def get(self, actor: Actor, id: int) -> StoredMass:
        """Raises NotFoundError mass.E001 also for the action of somebody else."""
        stored = self._load(id)
        if stored.created_by != actor.user_id:
            raise NotFoundError(codes.NO_MASS, id=id)
        return stored

    def list(self, actor: Actor, limit: int = 50) -> Sequence[StoredMass]:
        """The actor's own, newest first."""
        with self._records.models.read() as (conn, published):
            return list_masses(conn, published.model, actor.user_id, limit)

    def problems(self, actor: Actor, id: int, limit: int = 200) -> Sequence[MassProblem]:
        """Why records were left as they were, with the names of those that the actor may see."""
        stored = self.get(actor, id)
        with self._records.models.read() as (conn, published):
            found = load_problems(conn, id, limit)
            if not stored.module:
                return found
            ids = {each.record for each in found}
            labels = collect_labels(conn, published, actor, {stored.module: ids})
        return [replace(each, label=labels.get((stored.module, each.record), "")) for each in found]

    def cancel(self, actor: Actor, id: int) -> None:
        """Stop it after the chunk it is at. Raises NotFoundError mass.E001."""
        stored = self.get(actor, id)
        job = self._jobs.find(stored.job_id) if stored.job_id is not None else None
        stopping = [QUEUED]
        if job is None or not job.is_open:  # whoever ran it died with it, or has just ended
            stopping.append(RUNNING)
        else:
            with suppress(JobStateError):
                self._jobs.cancel(job.id)
        values = {"state": CANCELLED, "finished_at": self._records.clock()}
        self._records.models.database.transact(lambda conn: update_mass(conn, id, *stopping, **values))

    def resume(self, actor: Actor, id: int) -> None:
        """Go on where it stopped. Raises ConflictError mass.E007."""
        stored = self.get(actor, id)

        def work(conn: sa.Connection) -> None:
            if not update_mass(conn, id, CANCELLED, FAILED, RUNNING, state=QUEUED, message="", finished_at=None):
                raise ConflictError(codes.NOT_RUNNABLE, id=id, state=stored.state)
            self._enqueue(conn, id, actor.user_id)

        self._records.models.database.transact(work)

    def undo(self, actor: Actor, id: int) -> UndoneBatch:
        """Put the records back as they were before. Raises UndoRefusedError when some were changed since, ConflictError
        mass.E006."""
        stored = self.get(actor, id)
        if stored.state not in (DONE, CANCELLED) or not self._action(stored.kind).undoable:
            raise ConflictError(codes.CANNOT_UNDO, id=id)
        removed = reverted = 0
        while True:
            part = self._records.undo_batch(actor, stored.via)
            removed, reverted = removed + part.removed, reverted + part.reverted
            if not part.remaining:
                break
        self._set(id, state=UNDONE)
        return UndoneBatch(removed=removed, reverted=reverted, remaining=False)

    def _enqueue(self, conn: sa.Connection, id: int, by: int | None) -> None:
        job = self._jobs.enqueue(conn, KIND, {"mass": id}, key=f"mass:{id}", created_by=by)
        update_mass(conn, id, job_id=job)

    def _run_job(self, context: JobContext, payload: Mapping[str, Any]) -> None:
        id = int(payload["mass"])
        stored = self._load(id)
        if not stored.is_open:
            return
        try:
            actor = self._actor_of(stored.created_by)
            self._run(id, actor, context.progress, lambda: context.stopping() or context.cancelled())
        except Cancelled:
            if not context.saw_cancel:  # the worker shuts down, and another one goes on
                raise JobInterruptedError from None
            self._set(id, state=CANCELLED, finished_at=self._records.clock())
        except FieldstoneError as error:
            raise PermanentJobError(error.message) from error

    def _run(
        self, id: int, actor: Actor, on_progress: Callable[[int, int], None], cancelled: Callable[[], bool]
    ) -> None:
        self._set(id, state=RUNNING)
        stored = self._load(id)
        run = MassRun(
            records=self._records,
            load=lambda: self._load(id),
            action=self._action(stored.kind),
            actor=actor.through(f"{stored.via} {stored.begun_via}".strip()),
            on_progress=on_progress,
            cancelled=cancelled,
        )
        try:
            run.run()
        except FieldstoneError as error:
            self._set(id, state=FAILED, message=error.message, finished_at=self._records.clock())
            raise
        self._set(id, state=DONE, finished_at=self._records.clock())

    def _count(
        self, conn: sa.Connection, published: PublishedModel, actor: Actor, order: MassOrder, action: MassAction
    ) -> int:
        now, deleted = self._records.clock(), action.in_bin
        found = count_records(conn, published, actor, order.module, order.where, now=now, cap=None, deleted=deleted)
        return found.value

    def _action(self, kind: str) -> MassAction:
        """Raises InvalidInputError mass.E003."""
        found = self.actions.find(kind)
        if found is None:
            raise InvalidInputError(codes.NO_KIND, kind=kind)
        return found

    def _load(self, id: int) -> StoredMass:
        with self._records.models.read() as (conn, published):
            return get_mass(conn, published.model, id)

    def _set(self, id: int, **values: Any) -> None:
        self._records.models.database.transact(lambda conn: update_mass(conn, id, **values))
