"""What every page asks about what waits for its reader, in one statement."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from fieldstone.storage.database import Database
from fieldstone.storage.shared_snapshot import once
from fieldstone.workflows.approvals.tables import fs_approval, fs_approver
from fieldstone.workflows.tables import fs_notification

CAP = 100


@dataclass(frozen=True, kw_only=True)
class Glance:
    """`unread` notifications and approvals `asked` of the user, each counted no further than the cap; `is_open`: some
    approval waits for somebody."""

    unread: int
    asked: int
    is_open: bool


_UNREAD = (
    sa.select(fs_notification.c.id)
    .where(fs_notification.c.user_id == sa.bindparam("reader"), fs_notification.c.read_at.is_(None))
    .limit(sa.bindparam("most"))
)
_WAITS = fs_approval.c.state == "waiting"
_ASKED = (
    sa.select(fs_approval.c.id)
    .join(fs_approver, fs_approver.c.approval_id == fs_approval.c.id)
    .where(_WAITS, fs_approver.c.user_id == sa.bindparam("reader"), fs_approver.c.answer == "")
    .limit(sa.bindparam("most"))
)
_GLANCE = sa.select(
    sa.select(sa.func.count()).select_from(_UNREAD.subquery()).scalar_subquery().label("unread"),
    sa.select(sa.func.count()).select_from(_ASKED.subquery()).scalar_subquery().label("asked"),
    sa.exists().where(_WAITS).label("is_open"),
)
"""Worded once: every page asks it."""


def glance(database: Database, user_id: int, *, cap: int = CAP) -> Glance:
    bound = {"reader": user_id, "most": cap}
    with database.read() as conn:
        return once(conn, ("glance", user_id, cap), lambda: Glance(**conn.execute(_GLANCE, bound).one()._mapping))
