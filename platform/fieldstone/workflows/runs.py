"""The stored runs of all workflows, for whoever looks after the site. Those of one record: `workflows.trace`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from fieldstone.workflows.tables import fs_run
from fieldstone.workflows.trace import Run


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


def find_run(conn: sa.Connection, run_id: int) -> SiteRun | None:
    row = conn.execute(sa.select(*_COLUMNS).where(fs_run.c.id == run_id)).one_or_none()
    return None if row is None else _run(row)


def _run(row: sa.Row[Any]) -> SiteRun:
    return SiteRun(**{**row._mapping, "trace": json.loads(row.trace)})
