"""What becomes of runs that waited: claimed, stored again, ended."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from fieldstone.records.id_lists import bind_ids, in_ids
from fieldstone.workflows.approvals.answers import close_questions
from fieldstone.workflows.tables import fs_run
from fieldstone.workflows.trace import RunTrace
from fieldstone.workflows.waiting.tables import fs_waiting


def claim(conn: sa.Connection, runs: Sequence[int]) -> list[sa.Row[Any]]:
    """Take runs out of those that wait: whoever gets their rows (with the stored `trace`), and nobody else, may go on
    with them or end them."""
    dialect = conn.dialect.name
    bound = {"ids": bind_ids(runs, dialect)}
    statement = sa.delete(fs_waiting).where(in_ids(fs_waiting.c.run_id, "ids", dialect)).returning(fs_waiting.c.run_id)
    # PostgreSQL: the lock comes first, so that what is read below is what is deleted.
    waiting = sa.select(*fs_waiting.c, fs_run.c.trace).join(fs_run, fs_run.c.id == fs_waiting.c.run_id)
    waiting = waiting.where(in_ids(fs_waiting.c.run_id, "ids", dialect)).order_by(fs_waiting.c.run_id)
    found: Sequence[Any] = conn.execute(waiting.with_for_update(of=fs_waiting), bound).all()
    taken = set(conn.execute(statement, bound).scalars())
    return [row for row in found if row.run_id in taken]


def store_again(conn: sa.Connection, runs: Sequence[tuple[sa.Row[Any], RunTrace]]) -> None:
    """Write what has become of claimed runs."""
    _write(conn, [(row, trace.outcome, trace.steps) for row, trace in runs])


def end_runs(conn: sa.Connection, rows: Sequence[sa.Row[Any]], outcome: str, reason: str, now: datetime) -> None:
    """End claimed runs where they stand, and say why; nobody is asked for them any more."""
    ended = []
    for row in rows:
        steps = list(json.loads(row.trace)["steps"])
        steps[-1] = {**steps[-1], "outcome": outcome, "reason": reason}
        ended.append((row, outcome, steps))
    _write(conn, ended)
    close_questions(conn, {row.run_id: "" for row in rows}, now)


def _write(conn: sa.Connection, runs: Sequence[tuple[sa.Row[Any], str, list[dict[str, Any]]]]) -> None:
    if not runs:
        return
    statement = (
        sa.update(fs_run)
        .where(fs_run.c.id == sa.bindparam("run"))
        .values(outcome=sa.bindparam("came_to"), trace=sa.bindparam("told"))
    )
    conn.execute(
        statement,
        [
            {
                "run": row.run_id,
                "came_to": outcome,
                "told": json.dumps({**json.loads(row.trace), "steps": steps}, ensure_ascii=False, default=str),
            }
            for row, outcome, steps in runs
        ],
    )
