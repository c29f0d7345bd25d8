"""A user leaves: the records go to somebody else, at once when they are few, by a job when they are many."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from fieldstone.jobs.context import JobContext
from fieldstone.jobs.errors import JobInterruptedError
from fieldstone.jobs.kinds import JobKind
from fieldstone.jobs.queue import JobQueue
from fieldstone.kernel.actors import SYSTEM, Actor
from fieldstone.kernel.errors import InvalidInputError, NotFoundError
from fieldstone.records.accounts import codes
from fieldstone.records.service import Records
from fieldstone.storage.principals import principal

KIND = "accounts.hand_over"
AT_ONCE = 500
"""Records that are handed over without a job."""
UNIT = 500
"""Records in one transaction: others write in between."""


@dataclass(frozen=True, kw_only=True)
class HandedOver:
    """`records` were given away already; `job` gives the others (None: that was all)."""

    records: int
    job: int | None = None


class HandOver:
    """Registers the job kind `accounts.hand_over`. `actor_of` gives the actor of a user."""

    def __init__(self, records: Records, jobs: JobQueue, actor_of: Callable[[int | None], Actor]) -> None:
        self._records = records
        self._jobs = jobs
        self._actor_of = actor_of
        jobs.kinds.register(JobKind(name=KIND, label="Hand records over", run=self._run, max_attempts=10))

    def count(self, owner: int) -> int:
        return sum(self.owned(owner).values())

    def owned(self, owner: int) -> Mapping[str, int]:
        return self._records.count_owned(owner)

    def start(self, owner: int, to: int, by: Actor | None) -> HandedOver:
        """Give what `owner` owns to another user or team. Raises InvalidInputError account.E042."""
        self.check(owner, to)
        if self.count(owner) <= AT_ONCE:
            return HandedOver(records=self._work(_through(by or SYSTEM, owner), owner, to))
        created_by = by.user_id if by is not None else None
        payload = {"owner": owner, "to": to, "by": created_by}
        job = self._records.models.database.transact(
            lambda conn: self._jobs.enqueue(conn, KIND, payload, key=f"{owner}", created_by=created_by)
        )
        return HandedOver(records=0, job=job)

    def check(self, owner: int, to: int) -> None:
        """That `to` is somebody else who is active. Raises InvalidInputError account.E042."""
        with self._records.models.database.read() as conn:
            row = conn.execute(sa.select(principal).where(principal.c.id == to)).one_or_none()
        if row is None or not row.active or to == owner:
            raise InvalidInputError(codes.CANNOT_TAKE_OVER, name=row.label if row is not None else str(to))

    def _run(self, context: JobContext, payload: Mapping[str, Any]) -> None:
        try:
            by = self._actor_of(payload["by"])
        except NotFoundError:  # whoever began it has left too
            by = SYSTEM
        self._work(_through(by, payload["owner"]), payload["owner"], payload["to"], context)

    def _work(self, actor: Actor, owner: int, to: int, context: JobContext | None = None) -> int:
        """Module by module until nothing is left; running it again goes on with what is left."""
        waiting = self._records.count_owned(owner)
        done, total = 0, sum(waiting.values())
        for module in waiting:
            while given := self._records.hand_over(actor, module, owner, to, limit=UNIT):
                done += given
                if context is not None:
                    if context.stopping():
                        raise JobInterruptedError
                    context.progress(done, max(done, total))
                    if context.cancelled():
                        return done
        return done


def _through(actor: Actor, owner: int) -> Actor:
    return actor.through(f"hand_over:{owner}")
