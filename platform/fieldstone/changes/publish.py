"""Publishing a plan: DDL, catalogue, revision, row work and version in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import sqlalchemy as sa

from fieldstone.changes.plan import Plan
from fieldstone.changes.renaming import rename_kept
from fieldstone.changes.steps.run import run_whole
from fieldstone.changes.steps.step_kind import StepContext
from fieldstone.changes.upgrade.record import record_conflicts
from fieldstone.kernel.actors import Actor
from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import ConflictError, InvalidInputError
from fieldstone.records.save.environment import SaveEnvironment
from fieldstone.storage.catalogue import store_catalogue
from fieldstone.storage.database import Database
from fieldstone.storage.ddl import Operation, execute_operations
from fieldstone.storage.locks import publish_lock, require_lock
from fieldstone.storage.published import PublishedModel
from fieldstone.storage.revisions import Revision, describe_winner, hold_version, store_revision
from fieldstone.storage.steps import drop_steps, store_step

declare(
    "publish.E002",
    "Something else was published since this plan was made: revision {revision}, by {by_label}, at {at}.",
    "Make the plan again, read it, and publish that one.",
)
declare(
    "publish.E003",
    "This would lose data, so nothing was published: {changes}.",
    "Keep what is named there, empty it first, or allow it (--allow-destructive).",
)
declare(
    "publish.E005",
    "The values of {columns} in {table} are not unique yet, so nothing was published.",
    "Find the records with the same value, change or delete them, and publish again.",
)
declare(
    "publish.E006",
    "Records would break the new definition, so nothing was published: {changes}.",
    "Mend the records that the plan names, or give a backfill in metadata/moves.yaml.",
)
declare(
    "publish.E011",
    "After the backfill of {field} {count} records would still break its definition, so nothing was published.",
    "Look at its `value` and `if`, and at these records: {records}.",
)

LOCK_TIMEOUT = "100ms"
"""How long one attempt may hold others up while it waits for a table (PostgreSQL)."""

ATTEMPTS = 150
"""About half a minute of attempts: an export that reads a table in one go may hold it that long."""

_NAMED = 10


def publish(
    database: Database,
    plan: Plan,
    actor: Actor,
    *,
    message: str = "",
    plugins: dict[str, str] | None = None,
    allow_destructive: bool = False,
    past: Callable[[int], PublishedModel] | None = None,
    environment: SaveEnvironment | None = None,
    finish: Callable[[sa.Connection, int], None] | None = None,
) -> int:
    """Apply a plan and return the new version; an empty plan changes nothing and returns the present one.

    `past` gives the models of revisions, for row work; `environment` is that of saves. `finish` is called at the end
    of the transaction with the new version, to enqueue jobs in it.

    Raises ConflictError publish.E001 (somebody publishes now), publish.E002 (the base has moved),
    InvalidInputError publish.E003 (destructive changes that nobody allowed), publish.E005 (values that are to be
    unique are not yet), publish.E006 (records would break a stricter definition), publish.E011 (a backfill that does
    not give values). Whenever it raises, nothing was changed.
    """
    _require_allowed(plan, allow_destructive=allow_destructive)
    if plan.is_empty:
        return plan.version
    new = Revision(
        id=plan.version + 1,
        at=datetime.now(UTC),
        by=actor.user_id,
        by_label=actor.name,
        kind=plan.proposal.kind,
        message=message,
        model_hash=plan.model.hash,
        plugins=plugins or {},
    )
    with publish_lock(database, actor.name or actor.kind) as token:
        publisher = _Publisher(plan, new, token, past, environment or SaveEnvironment(), finish)
        database.transact(publisher.apply, attempts=ATTEMPTS)
    return new.id


def _require_allowed(plan: Plan, *, allow_destructive: bool) -> None:
    if plan.breaches:
        named = ", ".join(
            f"{change.kind} {change.target} ({change.breach.count})" for change in plan.breaches if change.breach
        )
        raise InvalidInputError("publish.E006", changes=named)
    # Whoever goes back has said so: what is hidden then is shown again by publishing it again.
    if plan.destructive and not allow_destructive and plan.proposal.kind != "rollback":
        named = ", ".join(
            f"{change.kind} {change.target} ({change.lost})" for change in plan.changes if change.destructive
        )
        raise InvalidInputError("publish.E003", changes=named)


class _Publisher:
    def __init__(
        self,
        plan: Plan,
        new: Revision,
        token: str,
        past: Callable[[int], PublishedModel] | None,
        environment: SaveEnvironment,
        finish: Callable[[sa.Connection, int], None] | None,
    ) -> None:
        self._plan = plan
        self._new = new
        self._token = token
        self._past = past
        self._environment = environment
        self._finish = finish

    def apply(self, conn: sa.Connection) -> None:
        plan, version = self._plan, self._new.id
        if conn.dialect.name == "postgresql":
            conn.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
        # Writers are let finish first: from here on no write can start on the old model.
        if (current := hold_version(conn, exclusive=True)) != plan.version:
            raise ConflictError("publish.E002", **describe_winner(conn, current))
        # Only now: what was written until here, waited for, was written on the old model, and is older.
        begun = datetime.now(UTC)
        require_lock(conn, self._token)
        execute_operations(conn, (operation for operation in plan.operations if not operation.index))
        drop_steps(conn, plan.dropped)
        self._run_steps(conn)
        _create_indexes(conn, [operation for operation in plan.operations if operation.index])
        rename_kept(conn, plan)
        store_catalogue(conn, plan.proposed.catalogue, version)
        store_revision(conn, replace(self._new, at=begun), plan.proposal.layers)
        record_conflicts(conn, plan.proposal.layers, plan.proposal.conflicts, version)
        if self._finish:
            self._finish(conn, version)

    def _run_steps(self, conn: sa.Connection) -> None:
        """What is small is done now, with the model that comes into force; the rest is left to a job."""
        for planned in self._plan.steps:
            if planned.background:
                store_step(conn, self._new.id, planned.step)
                continue
            assert self._past is not None
            context = StepContext(
                connection=conn,
                published=self._plan.proposed,
                version=self._new.id,
                past=self._past,
                environment=self._environment,
            )
            problems = run_whole(context, planned.step)
            if problems and planned.step.kind == "fill":
                named = ", ".join(str(problem["id"]) for problem in problems[:_NAMED])
                field = self._path_of(planned.step.module, planned.step.field)
                raise InvalidInputError("publish.E011", field=field, count=len(problems), records=named)

    def _path_of(self, module: str, field: str) -> str:
        for item in self._plan.model.modules.values():
            for known in item.fields.values():
                if (item.identity, known.identity) == (module, field):
                    return f"{item.name}.{known.name}"
        return field


def _create_indexes(conn: sa.Connection, operations: list[Operation]) -> None:
    for operation in operations:
        try:
            execute_operations(conn, [operation])
        except sa.exc.IntegrityError as error:
            columns = ", ".join(operation.columns)
            raise InvalidInputError("publish.E005", table=operation.table, columns=columns) from error
