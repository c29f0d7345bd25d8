"""Notifications in the application."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from fieldstone.storage.database import Database
from fieldstone.storage.published import ModelSource
from fieldstone.workflows.glance import glance
from fieldstone.workflows.tables import fs_notification

MESSAGE_LENGTH = 500


@dataclass(frozen=True, kw_only=True)
class NewNotification:
    """`module` is the name of the record's module, or "". `entry`: module and id of a comment on it. `link`: a page of
    the application, for what is about no record."""

    user_id: int
    message: str
    module: str = ""
    record_id: int | None = None
    kind: str = "workflow"
    by: int | None = None
    entry: tuple[str, int] | None = None
    link: str = ""


@dataclass(frozen=True, kw_only=True)
class Notification:
    """`module` is the module's present name, "" when the notification is about no record; `entry` as in
    NewNotification, with the present name too."""

    id: int
    at: datetime
    message: str
    module: str
    record_id: int | None
    read_at: datetime | None
    kind: str = "workflow"
    by: int | None = None
    entry: tuple[str, int] | None = None
    link: str = ""


class Notifications:
    """What users are told. Each user sees and marks only their own."""

    def __init__(self, models: ModelSource, database: Database, clock: Callable[[], datetime]) -> None:
        self._models = models
        self._database = database
        self._clock = clock

    def notify(self, conn: sa.Connection, notifications: Sequence[NewNotification]) -> None:
        """Tell users something, in the caller's transaction."""
        if not notifications:
            return
        modules, now = self._models.current.model.modules, self._clock()
        rows = [
            {
                "user_id": item.user_id,
                "at": now,
                "message": item.message[:MESSAGE_LENGTH],
                "module": modules[item.module].identity if item.module in modules else None,
                "record_id": item.record_id,
                "kind": item.kind,
                "by": item.by,
                "entry_module": modules[item.entry[0]].identity if item.entry else None,
                "entry_id": item.entry[1] if item.entry else None,
                "link": item.link or None,
            }
            for item in notifications
        ]
        conn.execute(sa.insert(fs_notification), rows)

    def list(
        self, user_id: int, *, unread: bool = False, kind: str = "", limit: int = 30, before: int | None = None
    ) -> Sequence[Notification]:
        """The newest first; `kind` "" all; `before` is the id to go on from."""
        table = fs_notification
        query = sa.select(table).where(table.c.user_id == user_id).order_by(table.c.id.desc()).limit(limit)
        if unread:
            query = query.where(table.c.read_at.is_(None))
        if kind:
            query = query.where(table.c.kind == kind)
        if before is not None:
            query = query.where(table.c.id < before)
        with self._database.read() as conn:
            rows = conn.execute(query).all()
        names = {item.identity: item.name for item in self._models.reading.model.modules.values()}
        return [
            Notification(
                id=row.id,
                at=row.at,
                message=row.message,
                module=names.get(row.module, ""),
                record_id=row.record_id if row.module in names else None,
                read_at=row.read_at,
                kind=row.kind,
                by=row.by,
                entry=(names[row.entry_module], row.entry_id) if row.entry_module in names else None,
                link=row.link or "",
            )
            for row in rows
        ]

    def unread_count(self, user_id: int, *, cap: int = 100) -> int:
        """How many are unread, counted no further than `cap`."""
        return glance(self._database, user_id, cap=cap).unread

    def mark_read(self, user_id: int, ids: Sequence[int] | None = None) -> int:
        """Mark some of a user's own notifications, or all, as read. Returns how many were unread."""
        table = fs_notification
        statement = sa.update(table).where(table.c.user_id == user_id, table.c.read_at.is_(None))
        if ids is not None:
            statement = statement.where(table.c.id.in_(ids))
        marked = statement.values(read_at=self._clock())
        return self._database.transact(lambda conn: conn.execute(marked).rowcount)

    def mark_record_read(self, user_id: int, module: str, record_id: int) -> int:
        """Mark what a user was told about a record as read: the user is looking at it."""
        table, found = fs_notification, self._models.reading.model.modules.get(module)
        if found is None or not self.unread_count(user_id):  # the page asks for that anyway
            return 0
        mine = (table.c.user_id == user_id, table.c.read_at.is_(None))
        about = (table.c.module == found.identity, table.c.record_id == record_id)
        with self._database.read() as conn:  # most records have none, and a look is cheaper than a write
            ids = conn.execute(sa.select(table.c.id).where(*mine, *about).limit(200)).scalars().all()
        return self.mark_read(user_id, ids) if ids else 0

    def forget(self, user_id: int, link: str) -> None:
        """Take back what a user was told about a page and has not read yet: the user is looking at it."""
        table = fs_notification
        mine = (table.c.user_id == user_id, table.c.read_at.is_(None), table.c.link == link)
        with self._database.read() as conn:  # mostly there is nothing, and a look is cheaper than a write
            told = conn.execute(sa.select(table.c.id).where(*mine).limit(1)).first() is not None
        if told:
            self._database.transact(lambda conn: conn.execute(sa.delete(table).where(*mine)))

    def mark_unread(self, user_id: int, ids: Sequence[int]) -> int:
        """Mark some of a user's own notifications as unread. Returns how many were read."""
        table = fs_notification
        mine = (table.c.user_id == user_id, table.c.read_at.is_not(None), table.c.id.in_(ids))
        statement = sa.update(table).where(*mine).values(read_at=None)
        return self._database.transact(lambda conn: conn.execute(statement).rowcount)
