"""Keyset paging: where a page begins and ends, and the conditions that say so.

Rows are ordered by the sort terms, empties first ascending and last descending, then by id in the
direction of the last term. The rows whose leading term is empty are a segment with a statement of their
own, and every statement repeats a bound on the leading term that the rest implies: both keep an index on
it usable. Going back is the same with every direction turned.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa


@dataclass(frozen=True, slots=True)
class SortTerm:
    """`nullable` False: never empty, so that there is no segment of empties. `filled`: not empty in any
    row that passes the filter, so that this segment need not be asked."""

    column: sa.ColumnElement[Any]
    ascending: bool
    nullable: bool
    filled: bool = False

    def turned(self) -> SortTerm:
        return replace(self, ascending=not self.ascending)


@dataclass(frozen=True, slots=True)
class Segment:
    """Part of the order. `empties`: True the rows whose leading term is empty, False the others, None all.

    `nulls` tells which terms are empty in the row after which it starts; None: it starts at its beginning.
    """

    empties: bool | None
    nulls: tuple[bool, ...] | None = None


def segments(terms: Sequence[SortTerm], after: Sequence[Any] | None) -> list[Segment]:
    """The segments that follow a position, in order. `after`: the values of the terms there, None: the start."""
    lead = terms[0]
    order: list[bool | None] = [True, False] if lead.ascending else [False, True]
    if lead.filled or not lead.nullable:
        order = [False if lead.nullable else None]
    if after is None:
        return [Segment(empties) for empties in order]
    nulls = tuple(value is None for value in after)
    at = order.index(nulls[0]) if len(order) > 1 else 0
    return [Segment(order[at], nulls), *(Segment(empties) for empties in order[at + 1 :])]


def cut(statement: sa.Select[Any], terms: Sequence[SortTerm], segment: Segment, dialect: str) -> sa.Select[Any]:
    """The statement, limited to a segment and ordered. The position is bound by `position_parameters`."""
    lead = terms[0]
    if segment.empties is not None:
        is_empty = lead.column.is_(None) if segment.empties else lead.column.is_not(None)
        statement = statement.where(is_empty)
    if segment.nulls is not None:
        statement = statement.where(*_after(terms, segment))
    ordering = terms[1:] if segment.empties else terms
    return statement.order_by(*(order_by(term, dialect) for term in ordering))


def position_parameters(values: Sequence[Any]) -> Mapping[str, Any]:
    return {_name(index): value for index, value in enumerate(values) if value is not None}


def _name(index: int) -> str:
    return f"after_{index}"


def _bound(terms: Sequence[SortTerm], index: int) -> sa.BindParameter[Any]:
    return sa.bindparam(_name(index), None, type_=terms[index].column.type)


def _after(terms: Sequence[SortTerm], segment: Segment) -> list[sa.ColumnElement[bool]]:
    assert segment.nulls is not None
    first = 1 if segment.empties else 0
    ways: list[sa.ColumnElement[bool]] = []
    same: list[sa.ColumnElement[bool]] = []
    for index in range(first, len(terms)):
        beyond = _beyond(terms, index, segment.nulls[index])
        if beyond is not None:
            ways.append(sa.and_(*same, beyond))
        same.append(_equal(terms, index, segment.nulls[index]))
    conditions: list[sa.ColumnElement[bool]] = [sa.or_(*ways)] if len(ways) > 1 else ways
    if not segment.empties and len(terms) > 1:
        lead, bound = terms[0], _bound(terms, 0)
        conditions.insert(0, lead.column >= bound if lead.ascending else lead.column <= bound)
    return conditions


def _beyond(terms: Sequence[SortTerm], index: int, null: bool) -> sa.ColumnElement[bool] | None:
    """After the position by this term alone; None when nothing is."""
    term = terms[index]
    if null:
        return term.column.is_not(None) if term.ascending else None
    if term.ascending:
        return term.column > _bound(terms, index)
    below = term.column < _bound(terms, index)
    return sa.or_(below, term.column.is_(None)) if term.nullable and index > 0 else below


def _equal(terms: Sequence[SortTerm], index: int, null: bool) -> sa.ColumnElement[bool]:
    return terms[index].column.is_(None) if null else terms[index].column == _bound(terms, index)


def order_by(term: SortTerm, dialect: str) -> sa.ColumnElement[Any]:
    """The order of one term, as the indexes have it."""
    ordered = term.column.asc() if term.ascending else term.column.desc()
    if dialect == "sqlite" or (isinstance(term.column, sa.Column) and term.column.primary_key):
        return ordered  # SQLite has empties first ascending by nature
    # Said of columns that are never empty too: PostgreSQL takes an index only when it says the same.
    return ordered.nulls_first() if term.ascending else ordered.nulls_last()
