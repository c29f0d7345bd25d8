"""The job that recomputes stored formulas and rollups: those that depend on a save but are too many for it, and
those that a publish brings to records there are already."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from fieldstone.changes.plan import Plan
from fieldstone.jobs.context import JobContext
from fieldstone.jobs.kinds import JobKind
from fieldstone.jobs.queue import JobQueue
from fieldstone.kernel.actors import SYSTEM
from fieldstone.metadata.dependencies import build_dependencies
from fieldstone.records.service import Records

KIND = "records.recompute"

UNIT = 500
"""Records recomputed in one transaction: others write in between."""

_CHANGES = ("add_field", "change_field", "change_type")


class Recompute:
    """Enqueues the job and runs it. `records` is set once it exists: the two need each other."""

    def __init__(self, queue: JobQueue) -> None:
        self._queue = queue
        self.records: Records | None = None
        queue.kinds.register(JobKind(name=KIND, run=self._run, label="Recompute values", max_attempts=10))

    def defer(self, conn: sa.Connection, module: str, fields: Sequence[str], ids: Sequence[int]) -> None:
        """These records, in the caller's transaction. See `records.save.environment.DeferRecompute`."""
        self._queue.enqueue(conn, KIND, {"module": module, "fields": list(fields), "ids": list(ids)})

    def defer_for(self, conn: sa.Connection, plan: Plan) -> None:
        """All records of modules to which a plan brings stored computed fields, in the publish's transaction."""
        for module, fields in computed_fields(plan).items():
            self._queue.enqueue(conn, KIND, {"module": module, "fields": fields, "ids": None})

    def _run(self, context: JobContext, payload: Mapping[str, Any]) -> None:
        assert self.records
        module, done = payload["module"], 0
        for ids in self._units(module, payload["ids"]):
            self.records.recompute(SYSTEM, module, payload["fields"], ids)
            done += len(ids)
            context.progress(done)

    def _units(self, module: str, ids: Sequence[int] | None) -> Iterator[Sequence[int]]:
        if ids is not None:
            yield from (ids[start : start + UNIT] for start in range(0, len(ids), UNIT))
            return
        assert self.records
        last = 0
        while True:
            with self.records.models.read() as (conn, published):
                if module not in published.model.modules:
                    return
                key = published.tables.module(module).table.c.id
                found = conn.scalars(sa.select(key).where(key > last).order_by(key).limit(UNIT)).all()
            if not found:
                return
            yield found
            last = found[-1]


def computed_fields(plan: Plan) -> dict[str, list[str]]:
    """Module → stored formulas and rollups that are new or different for records there are already."""
    volatile = {(ref.module, ref.field) for ref in build_dependencies(plan.model).volatile}
    found: dict[str, list[str]] = {}
    for change in plan.changes:
        module, _, name = change.target.partition(".")
        field = plan.model.find_field(module, name)
        if change.kind in _CHANGES and change.rows and field and (module, name) not in volatile:
            names = found.setdefault(module, [])
            if field.type in ("formula", "rollup") and name not in names:
                names.append(name)
    return {module: names for module, names in found.items() if names}
