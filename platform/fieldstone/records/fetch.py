"""The rows of a page, by the statements of a prepared query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from fieldstone.records.paging import Segment, SortTerm, cut
from fieldstone.records.query_plan import QueryPlan
from fieldstone.records.walks import STEPS, count_walked, gathered, walked


def fetch_rows(
    conn: sa.Connection,
    plan: QueryPlan,
    segment: Segment,
    backward: bool,
    parameters: Mapping[str, Any],
    wanted: int,
) -> list[sa.Row[Any]]:
    """The first rows of a segment, `wanted` of them or more, fewer only at its end."""

    def run(way: str, steps: int = 0) -> sa.CursorResult[Any]:
        key = (way, steps, segment, backward)
        statement = plan.kept.get(key)
        if statement is None:
            statement = plan.kept[key] = _build(plan, plan.terms(backward), segment, way, steps)
        return conn.execute(statement, parameters)

    if not plan.walks or segment.empties:
        return list(run("plain").all())
    for steps in STEPS:
        rows = run("walked", steps).all()
        if len(rows) >= wanted or run("count", steps).scalar_one() < steps:
            return list(rows)
    return list(run("gathered").all())


def _build(plan: QueryPlan, terms: Sequence[SortTerm], segment: Segment, way: str, steps: int) -> sa.Select[Any]:
    if way == "count":
        return count_walked(plan.root, terms, segment, steps)
    if way == "walked":
        found = walked(plan.base, plan.join_to, plan.root, terms, segment, steps)
    elif way == "gathered":
        found = gathered(plan.statement, terms, segment)
    else:
        found = cut(plan.statement, terms, segment, plan.dialect)
    # One row more than the page has, to know whether there is another. Written out: a database that does
    # not know how few rows are wanted plans for many.
    return found if plan.limit is None else found.limit(sa.literal_column(str(plan.limit + 1)))
