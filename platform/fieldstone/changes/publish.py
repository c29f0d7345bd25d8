"""Publishing a plan: DDL, catalogue, revision and version in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import sqlalchemy as sa

from fieldstone.changes.plan import Plan
from fieldstone.kernel.actors import Actor
from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import ConflictError, InvalidInputError
from fieldstone.storage.catalogue import store_catalogue
from fieldstone.storage.database import Database
from fieldstone.storage.ddl import Operation, execute_operations
from fieldstone.storage.locks import publish_lock, require_lock
from fieldstone.storage.revisions import Revision, hold_version, store_revision

declare(
    "publish.E002",
    "Something else was published since this plan was made.",
    "Make the plan again, read it, and publish that one.",
)
declare(
    "publish.E003",
    "This would lose data, so nothing was published: {changes}.",
    "Keep what is named there, or empty it first.",
)

declare(
    "publish.E005",
    "The values of {columns} in {table} are not unique yet, so nothing was published.",
    "Find the records with the same value, change or delete them, and publish again.",
)

LOCK_TIMEOUT = "100ms"
"""How long one attempt may hold others up while it waits for a table (PostgreSQL)."""

ATTEMPTS = 150
"""About half a minute of attempts: an export that reads a table in one go may hold it that long."""


def publish(
    database: Database,
    plan: Plan,
    actor: Actor,
    *,
    message: str = "",
    kind: str = "publish",
    plugins: dict[str, str] | None = None,
    finish: Callable[[sa.Connection], None] | None = None,
) -> int:
    """Apply a plan and return the new version; an empty plan changes nothing and returns the present one.

    `finish` is called at the end of the transaction, to enqueue jobs in it.

    Raises ConflictError publish.E001 (somebody publishes now), publish.E002 (the base has moved),
    InvalidInputError publish.E003 (destructive changes), publish.E005 (values that are to be unique are not
    yet). Whenever it raises, nothing was changed.
    """
    if plan.destructive:
        named = ", ".join(
            f"{change.kind} {change.target} ({change.lost})" for change in plan.changes if change.destructive
        )
        raise InvalidInputError("publish.E003", changes=named)
    if plan.is_empty:
        return plan.version
    new = Revision(
        id=plan.version + 1,
        at=datetime.now(UTC),
        by=actor.user_id,
        by_label=actor.name,
        kind=kind,
        message=message,
        model_hash=plan.model.hash,
        plugins=plugins or {},
    )
    with publish_lock(database, actor.name or actor.kind) as token:
        database.transact(lambda conn: _apply(conn, plan, new, token, finish), attempts=ATTEMPTS)
    return new.id


def _apply(
    conn: sa.Connection, plan: Plan, new: Revision, token: str, finish: Callable[[sa.Connection], None] | None
) -> None:
    if conn.dialect.name == "postgresql":
        conn.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
    # Writers are let finish first: from here on no write can start on the old model.
    if hold_version(conn, exclusive=True) != plan.version:
        raise ConflictError("publish.E002")
    require_lock(conn, token)
    execute_operations(conn, (operation for operation in plan.operations if not operation.index))
    for backfill in plan.backfills:
        backfill.run(conn)
    _create_indexes(conn, [operation for operation in plan.operations if operation.index])
    store_catalogue(conn, plan.catalogue)
    store_revision(conn, new, plan.layers)
    if finish:
        finish(conn)


def _create_indexes(conn: sa.Connection, operations: list[Operation]) -> None:
    for operation in operations:
        try:
            execute_operations(conn, [operation])
        except sa.exc.IntegrityError as error:
            columns = ", ".join(operation.columns)
            raise InvalidInputError("publish.E005", table=operation.table, columns=columns) from error
