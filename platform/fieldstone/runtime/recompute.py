"""The job that recomputes stored formulas and rollups that depend on a save but are too many for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from fieldstone.jobs.context import JobContext
from fieldstone.jobs.kinds import JobKind
from fieldstone.jobs.queue import JobQueue
from fieldstone.kernel.actors import SYSTEM
from fieldstone.records.service import Records
from fieldstone.storage.published import PublishedModel

KIND = "records.recompute"

UNIT = 500
"""Records recomputed in one transaction: others write in between."""


class Recompute:
    """Enqueues the job and runs it. `records` and `past`, the models of revisions, are set once they exist."""

    def __init__(self, queue: JobQueue) -> None:
        self._queue = queue
        self.records: Records | None = None
        self.past: Callable[[int], PublishedModel] | None = None
        queue.kinds.register(JobKind(name=KIND, run=self._run, label="Recompute values", max_attempts=10))

    def defer(self, conn: sa.Connection, module: str, fields: Sequence[str], ids: Sequence[int]) -> None:
        """These records, in the caller's transaction. See `records.save.environment.DeferRecompute`."""
        version = self.records.models.current.version if self.records else 0
        payload = {"module": module, "fields": list(fields), "ids": list(ids), "version": version}
        self._queue.enqueue(conn, KIND, payload)

    def _run(self, context: JobContext, payload: Mapping[str, Any]) -> None:
        assert self.records
        ids, done = payload["ids"], 0
        for start in range(0, len(ids), UNIT):
            module, fields = self._present_names(payload)
            if fields:
                self.records.recompute(SYSTEM, module, fields, ids[start : start + UNIT])
            done += len(ids[start : start + UNIT])
            context.progress(done, len(ids))

    def _present_names(self, payload: Mapping[str, Any]) -> tuple[str, list[str]]:
        """What the module and the fields are called now; those that are gone are left out."""
        assert self.records
        assert self.past
        now = self.records.models.current.model
        module, fields = payload["module"], payload["fields"]
        version = payload.get("version", 0)
        if version and version != self.records.models.current.version:
            then = self.past(version).model.modules.get(module)
            present = next((item for item in now.modules.values() if then and item.identity == then.identity), None)
            if then is not None and present is not None:
                wanted = {then.fields[name].identity for name in fields if name in then.fields}
                return present.name, [name for name, item in present.fields.items() if item.identity in wanted]
        known = now.modules[module].fields if module in now.modules else {}
        return module, [name for name in fields if name in known]
