"""What whoever looks after the site may do with runs that wait: look, end, not wait any longer."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from fieldstone.jobs.queue import JobQueue
from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import ConflictError
from fieldstone.workflows.approvals.tables import fs_approval
from fieldstone.workflows.trace import CANCELLED
from fieldstone.workflows.waiting.ending import claim, end_runs
from fieldstone.workflows.waiting.room import RESUME_KIND
from fieldstone.workflows.waiting.tables import fs_waiting

NOT_WAITING = declare("workflow.E170", "The run does not wait any more.", "Look at it again: it has gone on, or ended.")
NEEDS_ANSWER = declare(
    "workflow.E171", "The run waits for an answer, which only those who were asked can give.", "Cancel it instead."
)


class NotWaitingError(ConflictError):
    """What was asked of a run that waits came too late, or does not fit."""


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """`until` None: for people alone. `is_asked`: it waits for an approval."""

    run_id: int
    until: datetime | None
    is_asked: bool


class WaitingRuns:
    """The runs of all workflows that wait. Asks for no rights: that is up to whoever calls."""

    def __init__(self, jobs: JobQueue) -> None:
        self._jobs = jobs

    def find(self, runs: Sequence[int]) -> dict[int, Waiting]:
        """Run id → what it waits for; without those that do not."""
        asked = sa.exists().where(fs_approval.c.run_id == fs_waiting.c.run_id, fs_approval.c.state == "waiting")
        query = sa.select(fs_waiting.c.run_id, fs_waiting.c.until, asked.label("is_asked"))
        with self._jobs.database.read() as conn:
            rows = conn.execute(query.where(fs_waiting.c.run_id.in_(runs))).all()
        return {row.run_id: Waiting(run_id=row.run_id, until=row.until, is_asked=row.is_asked) for row in rows}

    def cancel(self, run: int, by: str) -> None:
        """End a run where it stands. `by` is who does. Raises NotWaitingError workflow.E170."""

        def work(conn: sa.Connection) -> None:
            claimed = claim(conn, [run])
            if not claimed:
                raise NotWaitingError(NOT_WAITING)
            end_runs(conn, claimed, CANCELLED, f"cancelled by {by}", self._jobs.clock())

        self._jobs.database.transact(work)

    def continue_now(self, run: int, by: int | None) -> None:
        """Let a run go on at once. `by` is the user who does. Raises NotWaitingError workflow.E170; workflow.E171 for
        one that waits for an answer."""
        found = self.find([run]).get(run)
        if found is not None and found.is_asked:
            raise NotWaitingError(NEEDS_ANSWER)
        key = secrets.token_hex(12)

        def work(conn: sa.Connection) -> None:
            moved = conn.execute(sa.update(fs_waiting).where(fs_waiting.c.run_id == run).values(key=key))
            if not moved.rowcount:
                raise NotWaitingError(NOT_WAITING)
            self._jobs.enqueue(conn, RESUME_KIND, {"key": key, "at_once": True}, key=key, created_by=by)

        self._jobs.database.transact(work)
