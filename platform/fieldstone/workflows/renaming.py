"""What is kept of a workflow by its name follows when that is changed: runs, those that wait, the address of calls."""

from __future__ import annotations

import sqlalchemy as sa

from fieldstone.workflows.approvals.tables import fs_approval
from fieldstone.workflows.tables import fs_fired, fs_hook, fs_rehearsal, fs_run, fs_turn
from fieldstone.workflows.waiting.tables import fs_waiting


def rename_workflow(conn: sa.Connection, identity: str, module: str, old: str, new: str) -> None:
    """`identity` and `module` are those of its module."""
    for table in (fs_run, fs_rehearsal, fs_hook, fs_waiting, fs_approval):
        mine = sa.update(table).where(table.c.module == identity, table.c.workflow == old)
        conn.execute(mine.values(workflow=new))
    fired = sa.update(fs_fired).where(fs_fired.c.workflow == f"{identity}.{old}")
    conn.execute(fired.values(workflow=f"{identity}.{new}"))
    turns = sa.update(fs_turn).where(fs_turn.c.key == f"workflow:{module}.{old}")
    conn.execute(turns.values(key=f"workflow:{module}.{new}"))
