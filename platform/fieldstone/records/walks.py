"""Filtered pages on SQLite, whose planner does not reckon with how few rows a page needs.

Left alone it takes the index of a filter that half the table passes and sorts what it finds, or follows
the index of the sort order to the end of the table for a filter that hardly anything passes. So the order
is followed first, for a bounded number of rows; that answers whenever the filter is not selective. What
is left are filters that few rows pass: these are looked up by the filter's own index, or in the one quick
pass over the table, and then sorted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.operators import custom_op

from fieldstone.records.paging import Segment, SortTerm, cut
from fieldstone.storage.archive import PastModel
from fieldstone.storage.published import PublishedModel
from fieldstone.storage.shapes import module_shape

STEPS = (1_000, 8_000)
"""How many rows of the order are looked at before it is given up."""


def can_walk(published: PublishedModel, module: str, root: sa.FromClause, terms: Sequence[SortTerm]) -> bool:
    """Whether one index gives the order of the terms. The tables of the past have none."""
    if isinstance(published, PastModel):
        return False
    lead = terms[0].column
    if len(terms) != 2 or not isinstance(lead, sa.Column) or lead.table is not root:
        return False
    shape = module_shape(published.model, published.model.modules[module])
    return any(index.columns == (lead.name,) and (index.sorts or not index.where) for index in shape.indexes)


def walked(
    base: sa.Select[Any],
    join_to: Callable[[sa.FromClause], sa.FromClause],
    root: sa.FromClause,
    terms: Sequence[SortTerm],
    segment: Segment,
    rows: int,
) -> sa.Select[Any]:
    """`base` (a statement without FROM) over the next `rows` of the order only. They come in that order,
    since CROSS JOIN makes the list of their ids the outer loop."""
    ids = _next_ids(root, terms, segment, rows).subquery()
    return base.select_from(join_to(CrossJoin(ids, root, ids.c.id == root.c.id)))


def count_walked(root: sa.FromClause, terms: Sequence[SortTerm], segment: Segment, rows: int) -> sa.Select[Any]:
    """How many rows there were to walk: fewer than `rows` at the end of the segment."""
    return sa.select(sa.func.count()).select_from(_next_ids(root, terms, segment, rows).subquery())


def gathered(base: sa.Select[Any], terms: Sequence[SortTerm], segment: Segment) -> sa.Select[Any]:
    """The statement with an order that no index is used for."""
    lead = terms[0]
    return cut(base, (replace(lead, column=_without_index(lead.column)), *terms[1:]), segment, "sqlite")


def unindexed(condition: sa.ColumnElement[bool], dialect: str) -> sa.ColumnElement[bool]:
    """A condition that is only to be looked at in rows found otherwise."""
    return _without_index(condition) if dialect == "sqlite" else condition


def _without_index(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """The same value, in a form that SQLite looks for in no index."""
    return sa.sql.elements.UnaryExpression(column.self_group(), operator=custom_op("+"), type_=column.type)


def _next_ids(root: sa.FromClause, terms: Sequence[SortTerm], segment: Segment, rows: int) -> sa.Select[Any]:
    return cut(sa.select(root.c.id), terms, segment, "sqlite").limit(sa.literal_column(str(rows)))


class CrossJoin(sa.Join):
    """A join that SQLite's planner may not turn round."""

    inherit_cache = True


@compiles(CrossJoin)
def _write_cross_join(join: CrossJoin, compiler: SQLCompiler, **options: Any) -> str:
    options["asfrom"] = True
    assert join.onclause is not None
    left, right = (compiler.process(side, **options) for side in (join.left, join.right))
    condition = compiler.process(join.onclause, **{**options, "asfrom": False})
    return f"{left} CROSS JOIN {right} ON {condition}"
