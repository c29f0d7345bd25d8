"""A lower bound of how many records somebody reaches that a filter leaves, for the price of a page of them.

The indexes that lists follow tell whose a record is, but not what else it is. So to count what a filter leaves, all
records within reach are looked at; for a page, as many as there are rows on it and as the filter leaves out between
them. A count that stands beside a page looks at SAMPLE of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from fieldstone.records.columns import Columns
from fieldstone.records.listed_reach import ListedReach
from fieldstone.records.walks import CrossJoin

SAMPLE = 500

DENSE = 7
"""Where so many of the sample match, a page is found along its order. Of fewer the page may have to gather all there
are, and to count them costs no more."""

Run = Callable[[str, Callable[[], sa.Select[Any]]], int]
"""Executes a statement, kept under its name, that gives one number."""


def sampled_count(
    reach: ListedReach, begin: Callable[[], sa.Select[Any]], columns: Columns, filtered: bool, run: Run
) -> int | None:
    """How many records of the sample `begin` (a statement without FROM) selects; None when it is as well to count all,
    since there are few, or the indexes tell all that is asked."""
    if reach.bounds is None or reach.size not in ("some", "many") or not (filtered or reach.present.conditional):
        return None
    if run("bounds", lambda: _counted(_sample(reach))) < SAMPLE:
        return None
    found = run("sample", lambda: _counted(_matching(reach, begin(), columns)))
    return found if found >= DENSE else None


def _sample(reach: ListedReach) -> sa.Select[Any]:
    present = reach.present
    table = present.rows.published.tables.module(present.module).table.alias()
    within = sa.select(table.c.id).where(present.bounds(table), table.c.deleted_at.is_(None))
    return within.limit(sa.literal_column(str(SAMPLE)))


def _matching(reach: ListedReach, statement: sa.Select[Any], columns: Columns) -> sa.Select[Any]:
    ids, root = _sample(reach).subquery(), columns.root
    here = ids.c.id == root.c.id
    both = CrossJoin(ids, root, here) if columns.dialect == "sqlite" else ids.join(root, here)
    return statement.where(reach.condition(root, leading=False)).select_from(columns.join_to(both))


def _counted(found: sa.Select[Any]) -> sa.Select[Any]:
    return sa.select(sa.func.count()).select_from(found.subquery())
