"""Reminders that people set for themselves, of any record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from fieldstone.activity.tables import fs_reminder
from fieldstone.kernel.actors import Actor
from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import InvalidInputError, NotFoundError
from fieldstone.records import codes
from fieldstone.records.access import visible_ids
from fieldstone.records.labels import collect_labels
from fieldstone.records.writing import write
from fieldstone.storage.published import ModelSource, PublishedModel
from fieldstone.workflows.tables import fs_notification

IN_PAST = declare("activity.E002", "A reminder must lie ahead.", "Choose a later time.")
NO_REMINDER = declare("activity.E003", "There is no such reminder.", "It may have been delivered already.")
TOO_LONG = declare("activity.E004", "The note of a reminder has at most {most} characters.", "Shorten it.")
TOO_MANY = declare("activity.E005", "You have {most} reminders waiting.", "Delete some first.")

NOTE_LENGTH = 300
MOST = 1_000
_FURTHEST = timedelta(days=3660)


@dataclass(frozen=True, kw_only=True)
class Reminder:
    """One that somebody has set. `label` "": the record is out of reach by now."""

    id: int
    due_at: datetime
    module: str
    record_id: int
    note: str
    label: str = ""


class Reminders:
    """People see and change their own reminders only."""

    def __init__(self, models: ModelSource, clock: Callable[[], datetime]) -> None:
        self._models = models
        self._clock = clock

    def add(self, actor: Actor, module: str, record_id: int, due_at: datetime, note: str = "") -> int:
        """Remind the actor of a record; gives the id. Raises NotFoundError record.E010, InvalidInputError
        activity.E002, activity.E004, activity.E005."""
        if len(note) > NOTE_LENGTH:
            raise InvalidInputError(TOO_LONG, most=NOTE_LENGTH)
        now = self._clock()
        if not now < due_at < now + _FURTHEST:
            raise InvalidInputError(IN_PAST)

        def work(conn: sa.Connection, published: PublishedModel) -> int:
            if actor.user_id is None or not visible_ids(conn, published, actor, module, [record_id], "view"):
                raise NotFoundError(codes.NOT_FOUND)
            waiting = sa.select(sa.func.count()).where(_mine(actor), fs_reminder.c.fired_at.is_(None))
            if conn.execute(waiting).scalar_one() >= MOST:
                raise InvalidInputError(TOO_MANY, most=MOST)
            row = {
                "due_at": due_at,
                "module": published.model.modules[module].identity,
                "record_id": record_id,
                "user_id": actor.user_id,
                "note": note.strip(),
            }
            made: int = conn.execute(sa.insert(fs_reminder).returning(fs_reminder.c.id), row).scalar_one()
            return made

        return write(self._models, work)

    def list(self, actor: Actor, module: str = "", record_id: int | None = None) -> Sequence[Reminder]:
        """The actor's own that are to come, of one record or of all, the next first."""
        table = fs_reminder
        with self._models.read() as (conn, published):
            query = (
                sa.select(table).where(_mine(actor), table.c.fired_at.is_(None)).order_by(table.c.due_at, table.c.id)
            )
            if module:
                identity = published.model.modules[module].identity
                query = query.where(table.c.module == identity, table.c.record_id == record_id)
            names = {item.identity: item.name for item in published.model.modules.values()}
            rows = [row for row in conn.execute(query.limit(MOST)) if row.module in names]
            wanted: dict[str, set[int]] = {}
            for row in rows:
                wanted.setdefault(names[row.module], set()).add(row.record_id)
            labels = collect_labels(conn, published, actor, wanted)
        return [
            Reminder(
                id=row.id,
                due_at=row.due_at,
                module=names[row.module],
                record_id=row.record_id,
                note=row.note,
                label=labels.get((names[row.module], row.record_id), ""),
            )
            for row in rows
        ]

    def cancel(self, actor: Actor, reminder_id: int) -> None:
        """Raises NotFoundError activity.E003."""
        gone = sa.delete(fs_reminder).where(
            fs_reminder.c.id == reminder_id, _mine(actor), fs_reminder.c.fired_at.is_(None)
        )
        if not self._models.database.transact(lambda conn: conn.execute(gone).rowcount):
            raise NotFoundError(NO_REMINDER)

    def snooze(self, actor: Actor, notification_id: int, until: datetime) -> int:
        """Remind once more of what a notification of the actor's reminded of, and mark it as read. Raises
        NotFoundError activity.E003, and as `add`."""
        told, table = fs_notification, fs_reminder
        with self._models.read() as (conn, published):
            mine = (told.c.id == notification_id, told.c.user_id == actor.user_id, told.c.kind == "reminder")
            row = conn.execute(sa.select(told).where(*mine)).one_or_none()
            names = {item.identity: item.name for item in published.model.modules.values()}
            if row is None or row.module not in names:
                raise NotFoundError(NO_REMINDER)
            about = (table.c.module == row.module, table.c.record_id == row.record_id, table.c.fired_at == row.at)
            whose = sa.or_(table.c.user_id == actor.user_id, table.c.user_id.is_(None))
            note = conn.execute(sa.select(table.c.note).where(*about, whose).limit(1)).scalar_one_or_none() or ""
        made = self.add(actor, names[row.module], row.record_id, until, note)
        read = sa.update(told).where(*mine).values(read_at=self._clock())
        self._models.database.transact(lambda conn: conn.execute(read))
        return made


def _mine(actor: Actor) -> sa.ColumnElement[bool]:
    return fs_reminder.c.user_id == actor.user_id
