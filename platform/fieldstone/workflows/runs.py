"""The stored runs of all workflows, for whoever looks after the site. Those of one record: `workflows.trace`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from fieldstone.workflows.tables import fs_run
from fieldstone.workflows.trace import FAILED, Run


@dataclass(frozen=True, kw_only=True)
class SiteRun(Run):
    """`module` is the identity of the module, which outlives its name."""

    module: str


_COLUMNS = tuple(fs_run.c[name] for name in SiteRun.__dataclass_fields__)


def list_site_runs(
    conn: sa.Connection,
    *,
    module: str = "",
    workflow: str = "",
    outcome: str = "",
    limit: int = 50,
    before: int | None = None,
) -> list[SiteRun]:
    """The newest first. `module` is an identity; `before` is the id to go on from."""
    query = sa.select(*_COLUMNS).order_by(fs_run.c.id.desc()).limit(limit)
    if module:
        query = query.where(fs_run.c.module == module)
    if workflow:
        query = query.where(fs_run.c.workflow == workflow)
    if outcome:
        query = query.where(fs_run.c.outcome == outcome)
    if before is not None:
        query = query.where(fs_run.c.id < before)
    return [_run(row) for row in conn.execute(query)]


@dataclass(frozen=True, kw_only=True)
class RunCount:
    """How often a workflow has run since a time, how many of these runs failed, and the newest of them."""

    runs: int
    failures: int
    last_id: int
    last_at: datetime


def count_runs(conn: sa.Connection, since: datetime) -> dict[tuple[str, str], RunCount]:
    """(identity of the module, workflow) → its runs since then; without those that had none."""
    c = fs_run.c
    failed = sa.func.sum(sa.case((c.outcome == FAILED, 1), else_=0))
    query = sa.select(
        c.module, c.workflow, sa.func.count().label("runs"), failed.label("failures"),
        sa.func.max(c.id).label("last_id"), sa.func.max(c.at).label("last_at"),
    ).where(c.at > since).group_by(c.module, c.workflow)  # fmt: skip
    return {
        (row.module, row.workflow): RunCount(
            runs=row.runs, failures=int(row.failures), last_id=row.last_id, last_at=row.last_at
        )
        for row in conn.execute(query)
    }


def find_run(conn: sa.Connection, run_id: int) -> SiteRun | None:
    row = conn.execute(sa.select(*_COLUMNS).where(fs_run.c.id == run_id)).one_or_none()
    return None if row is None else _run(row)


def _run(row: sa.Row[Any]) -> SiteRun:
    return SiteRun(**{**row._mapping, "trace": json.loads(row.trace)})
