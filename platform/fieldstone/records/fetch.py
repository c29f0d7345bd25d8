"""The rows of a page, by the statements of a prepared query."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from fieldstone.records.paging import Segment, cut
from fieldstone.records.query_plan import QueryPlan
from fieldstone.records.walks import BOUNDED_STEPS, STEPS, Step, Walk
from fieldstone.storage.kept_plans import planned_anew


def fetch_rows(
    conn: sa.Connection,
    plan: QueryPlan,
    segment: Segment,
    backward: bool,
    parameters: Mapping[str, Any],
    wanted: int,
) -> list[sa.Row[Any]]:
    """The first rows of a segment, `wanted` of them or more, fewer only at its end."""

    def run(way: str, step: Step | None = None) -> sa.CursorResult[Any]:
        key = (way, step, segment, backward)
        statement = plan.kept.get(key)
        if statement is None:
            statement = plan.kept[key] = _build(plan, segment, backward, way, step)
        return conn.execute(statement, parameters)

    if plan.gathers:
        return list(run("gathered").all())
    if segment.empties or not (plan.walks or plan.follows):
        return list(run("plain").all())
    if plan.follows and plan.dialect == "sqlite":
        return list(run("followed").all())
    for step in STEPS if plan.bounds is None else BOUNDED_STEPS:
        rows = run("walked", step).all()
        if len(rows) >= wanted or run("count", step).scalar_one() < step.rows:
            return list(rows)
    return list(run("followed" if plan.follows else "gathered").all())


def _build(plan: QueryPlan, segment: Segment, backward: bool, way: str, step: Step | None) -> sa.Select[Any]:
    terms = plan.terms(backward)
    walk = Walk(root=plan.root, terms=terms, segment=segment, dialect=plan.dialect, bounds=plan.bounds)
    if step is not None and way == "count":
        return planned_anew(walk.counted(step))
    if way == "gathered":
        found = walk.gathered(plan.statement)
    elif step is not None or (way == "followed" and plan.dialect == "postgresql"):
        found = walk.walked(plan.base, plan.join_to, step)
    else:
        # SQLite follows the index by itself, and looks at rows only where it has to.
        found = cut(plan.statement, terms, segment, plan.dialect)
    # One row more than the page has, to know whether there is another. Written out: a database that does
    # not know how few rows are wanted plans for many.
    found = found if plan.limit is None else found.limit(sa.literal_column(str(plan.limit + 1)))
    return found if plan.narrow else planned_anew(found)
