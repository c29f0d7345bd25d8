"""What was answered, for the run that waits for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from fieldstone.storage.principals import principal
from fieldstone.workflows.approvals.tables import fs_approval, fs_approver
from fieldstone.workflows.waiting.pause import Woken

WAITING, APPROVED, REJECTED, ENDED = "waiting", "approved", "rejected", "ended"


def read_answers(conn: sa.Connection, runs: Sequence[int]) -> dict[int, Woken]:
    """Run id → who answered the newest of its questions, and how; without runs that have asked nobody."""
    newest = (
        sa.select(sa.func.max(fs_approval.c.id)).where(fs_approval.c.run_id.in_(runs)).group_by(fs_approval.c.run_id)
    )
    query = (
        sa.select(
            fs_approval.c.run_id,
            fs_approval.c.escalated,
            principal.c.label,
            fs_approver.c.answer,
            fs_approver.c.comment,
        )
        .join(fs_approver, fs_approver.c.approval_id == fs_approval.c.id)
        .join(principal, principal.c.id == fs_approver.c.user_id)
        .where(fs_approval.c.id.in_(newest))
        .order_by(fs_approver.c.at, fs_approver.c.user_id)
    )
    found: dict[int, Woken] = {}
    for row in conn.execute(query):
        before = found.get(row.run_id, Woken(escalated=row.escalated))
        given = ((row.label, row.answer, row.comment),) if row.answer else ()
        found[row.run_id] = Woken(escalated=row.escalated, answers=(*before.answers, *given))
    return found


def close_questions(conn: sa.Connection, states: Mapping[int, str], now: datetime) -> None:
    """Nobody needs to answer for these runs any more; run id → approved, rejected, or "" for ended. Those that were
    answered keep what they came to."""
    if not states:
        return
    statement = (
        sa.update(fs_approval)
        .where(fs_approval.c.run_id == sa.bindparam("run"), fs_approval.c.state == WAITING)
        .values(state=sa.bindparam("came_to"), ended_at=now)
    )
    conn.execute(statement, [{"run": run, "came_to": state or ENDED} for run, state in states.items()])
