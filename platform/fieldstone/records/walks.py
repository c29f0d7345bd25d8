"""Filtered pages on SQLite, whose planner does not reckon with how few rows a page needs.

Left alone it takes the index of a filter that half the table passes and sorts what it finds, or follows
the index of the sort order to the end of the table for a filter that hardly anything passes. So the order
is followed first, for a bounded number of rows; that answers whenever the filter is not selective. What
is left are filters that few rows pass: these are looked up by the filter's own index, or in the one quick
pass over the table, and then sorted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.operators import custom_op

from fieldstone.records.paging import Segment, SortTerm, cut, order_by
from fieldstone.storage.archive import PastModel
from fieldstone.storage.published import PublishedModel
from fieldstone.storage.shapes import module_shape

Bounds = Callable[[sa.FromClause], sa.ColumnElement[bool]]
"""A condition on `id` and `owner_id` of a table that holds of all rows that count."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """How far the order is followed before it is given up. `entries` of the index are passed over, which costs
    little, and `rows` within the bounds looked at."""

    entries: int
    rows: int


STEPS = (Step(entries=1_000, rows=1_000), Step(entries=8_000, rows=8_000))
BOUNDED_STEPS = (Step(entries=40_000, rows=4_000),)


def can_walk(published: PublishedModel, module: str, root: sa.FromClause, terms: Sequence[SortTerm]) -> bool:
    """Whether one index gives the order of the terms. The tables of the past have none."""
    if isinstance(published, PastModel):
        return False
    lead = terms[0].column
    if len(terms) != 2 or not isinstance(lead, sa.Column) or lead.table is not root:
        return False
    shape = module_shape(published.model, published.model.modules[module])
    return any(index.columns == (lead.name,) and (index.sorts or not index.where) for index in shape.indexes)


@dataclass(frozen=True, kw_only=True)
class Walk:
    """Along the index that gives an order, two terms of `root`, within a segment of it."""

    root: sa.FromClause
    terms: Sequence[SortTerm]
    segment: Segment
    dialect: str
    bounds: Bounds | None = None

    def walked(
        self, base: sa.Select[Any], join_to: Callable[[sa.FromClause], sa.FromClause], step: Step | None
    ) -> sa.Select[Any]:
        """`base` (a statement without FROM) over the next rows of the order only, in that order; without a step over
        all within the bounds."""
        ids = self._ids(step).subquery()
        here = ids.c.id == self.root.c.id
        if self.dialect == "sqlite":
            # CROSS JOIN makes the list of ids the outer loop, so rows come in its order.
            return base.select_from(join_to(CrossJoin(ids, self.root, here)))
        return base.select_from(join_to(ids.join(self.root, here))).order_by(*self._order(ids))

    def counted(self, step: Step) -> sa.Select[Any]:
        """How many entries there were to walk, up to the rows of the step: fewer when it came to the end."""
        entries = self._entries().limit(sa.literal_column(str(step.rows)))
        return sa.select(sa.func.count()).select_from(entries.subquery())

    def gathered(self, statement: sa.Select[Any]) -> sa.Select[Any]:
        """The statement with an order that no index is used for."""
        lead = self.terms[0]
        hidden = replace(lead, column=_without_index(lead.column, self.dialect))
        return cut(statement, (hidden, *self.terms[1:]), self.segment, self.dialect)

    def _ids(self, step: Step | None) -> sa.Select[Any]:
        entries = self._entries()
        if step is None:
            assert self.bounds is not None
            # An offset keeps it a query of its own, which the index answers alone.
            return entries.where(self.bounds(self.root)).offset(sa.literal_column("0"))
        entries = entries.limit(sa.literal_column(str(step.entries)))
        if self.bounds is None:
            return entries
        seen = entries.subquery()
        within = sa.select(seen.c.id, seen.c.lead).where(self.bounds(seen))
        if self.dialect == "postgresql":
            within = within.order_by(*self._order(seen))
        return within.limit(sa.literal_column(str(step.rows)))

    def _entries(self) -> sa.Select[Any]:
        columns = (self.root.c.id, self.root.c.owner_id, self.terms[0].column.label("lead"))
        return cut(sa.select(*columns), self.terms, self.segment, self.dialect)

    def _order(self, ids: sa.Subquery) -> list[sa.ColumnElement[Any]]:
        lead, last = self.terms
        wanted = (replace(lead, column=ids.c.lead), replace(last, column=ids.c.id))
        return [order_by(term, self.dialect) for term in wanted]


def unindexed(condition: sa.ColumnElement[bool], dialect: str) -> sa.ColumnElement[bool]:
    """A condition that is only to be looked at in rows found otherwise."""
    return _without_index(condition, dialect) if dialect == "sqlite" else condition


def _without_index(column: sa.ColumnElement[Any], dialect: str) -> sa.ColumnElement[Any]:
    """The same value, in a form that is looked for in no index."""
    if dialect == "postgresql":
        return sa.func.coalesce(column, column, type_=column.type)
    return sa.sql.elements.UnaryExpression(column.self_group(), operator=custom_op("+"), type_=column.type)


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
