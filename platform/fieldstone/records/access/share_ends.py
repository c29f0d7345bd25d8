"""When shares by hand end: what counts at the moment, and how what is over is cleared away."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

import sqlalchemy as sa

from fieldstone.jobs.context import JobContext
from fieldstone.jobs.kinds import JobKind
from fieldstone.jobs.queue import JobQueue
from fieldstone.jobs.schedule import Recurring
from fieldstone.kernel.actors import SYSTEM
from fieldstone.records.access.tables import share
from fieldstone.records.accounts.audit import record_audit
from fieldstone.storage.columns import UtcDateTime
from fieldstone.storage.published import ModelSource, PublishedModel

KIND = "shares.end"
UNIT = 500

_NOW = "share_now"


def lasts(published: PublishedModel) -> sa.ColumnElement[bool]:
    """A row of fs_share has not ended. The clock is asked whenever a statement with it runs, kept or not."""
    now = sa.bindparam(_NOW, callable_=published.clock, type_=UtcDateTime)
    return sa.or_(share.c.until.is_(None), share.c.until > now)


def told_share(principal_id: int | None, role: str, access: str, until: datetime | None) -> dict[str, object]:
    """A share as the history and the audit log keep it."""
    told: dict[str, object] = {"principal": principal_id, "role": role, "access": access}
    return told if until is None else {**told, "until": until.isoformat()}


def clear_ended(
    conn: sa.Connection,
    published: PublishedModel,
    now: datetime,
    *,
    limit: int = UNIT,
    only: sa.ColumnElement[bool] | None = None,
) -> int:
    """Delete shares that have ended (of those that `only` is about), each with an entry in the audit log. Gives how
    many, at most `limit`. The history of a record says until when it was shared, and needs no entry more."""
    over = sa.select(share).where(share.c.until <= now)
    if only is not None:
        over = over.where(only)
    rows = conn.execute(over.order_by(share.c.id).limit(limit).with_for_update(skip_locked=True)).all()
    if not rows:
        return 0
    conn.execute(sa.delete(share).where(share.c.id.in_([row.id for row in rows])))
    names = {module.identity: module.name for module in published.model.modules.values()}
    for row in rows:
        record_audit(
            conn,
            "record.share_ended",
            by=SYSTEM,
            now=now,
            target=f"{names.get(row.module, row.module)}:{row.record_id}",
            details={"before": told_share(row.principal_id, row.role or "", row.access, row.until)},
        )
    return len(rows)


class EndedShares:
    """Registers the job kind `shares.end`, which clears away what has ended. Nobody reaches anything by it before."""

    def __init__(self, models: ModelSource, jobs: JobQueue) -> None:
        self._models = models
        jobs.kinds.register(JobKind(name=KIND, label="Clear away shares that have ended", run=self._run))

    def recurring(self) -> list[Recurring]:
        return [Recurring(key=KIND, kind=KIND, cron="*/10 * * * *")]

    def _run(self, context: JobContext, payload: Mapping[str, Any]) -> None:
        done, cleared = 0, UNIT
        while cleared == UNIT and not context.cancelled():
            cleared = self._models.write(partial(clear_ended, now=context.now()))
            done += cleared
            context.progress(done)
