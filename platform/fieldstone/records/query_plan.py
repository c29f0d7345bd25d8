"""A query prepared: what is selected, how rows become values, one statement per part of the order."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from fieldstone.expressions.compiled import CompiledExpression
from fieldstone.kernel.actors import Actor
from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import InvalidInputError
from fieldstone.metadata.system_fields import any_field_names
from fieldstone.records.access import access_profile, get_module, require, row_condition
from fieldstone.records.columns import Columns
from fieldstone.records.cursors import query_digest
from fieldstone.records.filters import apply_filter, ask, compile_where
from fieldstone.records.live_values import LivePlan, plan_live
from fieldstone.records.paging import Segment, SortTerm, cut
from fieldstone.records.paths import get_path
from fieldstone.records.plan_cache import plans_of
from fieldstone.records.query_types import MAX_LIMIT, Query
from fieldstone.records.row_loader import RowLoader, build_row_loader
from fieldstone.records.sorting import Sorting, build_sorting
from fieldstone.storage.published import PublishedModel

MAX_FIELDS = 300

BAD_LIMIT = declare("query.E008", "A page cannot have {limit} records.", "Ask for 1 to {most}.")
TOO_MANY_FIELDS = declare("query.E009", "At most {limit} fields can be read at once.", "Ask for fewer.")


@dataclass(frozen=True, kw_only=True)
class Restriction:
    """A condition from outside the query, such as "linked to this record". `key` stands for its text;
    what varies is in `parameters`."""

    key: Hashable
    apply: Callable[[Columns, sa.FromClause], tuple[sa.FromClause, sa.ColumnElement[bool]]]
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(kw_only=True)
class QueryPlan:
    """`version` and `keys` are where the version and the values of the sort terms stand in a row."""

    base: sa.Select[Any]
    loader: RowLoader
    live: LivePlan | None
    sorting: Sorting
    version: int
    keys: tuple[int, ...]
    limit: int | None
    digest: str
    dialect: str
    statements: dict[tuple[Segment, bool], sa.Select[Any]] = field(default_factory=dict)

    def terms(self, backward: bool) -> tuple[SortTerm, ...]:
        terms = self.sorting.terms
        return tuple(term.turned() for term in terms) if backward else terms

    def statement(self, segment: Segment, backward: bool) -> sa.Select[Any]:
        """One row more than the page has, to know whether there is another."""
        found = self.statements.get((segment, backward))
        if found is None:
            found = cut(self.base, self.terms(backward), segment, self.dialect)
            if self.limit is not None:
                # Written out: a database that does not know how few rows are wanted plans for many.
                found = found.limit(sa.literal_column(str(self.limit + 1)))
            self.statements[segment, backward] = found
        return found


def prepare_query(
    conn: sa.Connection,
    published: PublishedModel,
    actor: Actor,
    module: str,
    query: Query,
    *,
    now: datetime,
    right: str = "view",
    restriction: Restriction | None = None,
    whole: bool = False,
) -> QueryPlan:
    """The plan, kept with the model. `whole`: without a limit, for restrictions that are one themselves.

    Raises ForbiddenError, NotFoundError (access), InvalidInputError query.E0xx, ExpressionError.
    """
    require(published, actor, module, right)
    if not whole and not 1 <= query.limit <= MAX_LIMIT:
        raise InvalidInputError(BAD_LIMIT, limit=query.limit, most=MAX_LIMIT)
    where = compile_where(published, module, query.where)
    expressions = () if where is None else (where,)
    asker = ask(conn, published, actor, module, expressions, tuple(text.removeprefix("-") for text in query.sort), now)

    def build() -> QueryPlan:
        return _build(asker.columns, where, query, right, restriction, whole)

    if not asker.keep:
        return build()
    limit = None if whole else query.limit
    text = (query.where, query.sort, query.fields, query.deleted, limit, restriction.key if restriction else None)
    return plans_of(published).get(("query", module, right, *text, access_profile(actor), asker.key), build)


def _build(
    columns: Columns,
    where: CompiledExpression | None,
    query: Query,
    right: str,
    restriction: Restriction | None,
    whole: bool,
) -> QueryPlan:
    published, module = columns.published, columns.module
    names = query.fields or tuple(any_field_names(get_module(published, module)))
    if len(names) > MAX_FIELDS:
        raise InvalidInputError(TOO_MANY_FIELDS, limit=MAX_FIELDS)
    live = plan_live(published, [get_path(published, module, name) for name in dict.fromkeys(names)])
    loader = build_row_loader(columns, live.read)
    sorting = build_sorting(columns, query.sort)
    selected = list(loader.columns)

    def place(column: sa.ColumnElement[Any]) -> int:
        for index, other in enumerate(selected):
            if other is column:
                return index
        selected.append(column)
        return len(selected) - 1

    version = place(columns.root.c.version)
    keys = tuple(place(term.column) for term in sorting.terms)
    statement = apply_filter(sa.select(*selected), where, columns)
    gone = columns.root.c.deleted_at
    statement = statement.where(gone.is_not(None) if query.deleted else gone.is_(None))
    visible = row_condition(published, columns.actor, module, columns.root, right)
    if visible is not None:
        statement = statement.where(visible)
    source = columns.from_clause
    if restriction is not None:
        source, condition = restriction.apply(columns, source)
        statement = statement.where(condition)
    return QueryPlan(
        base=statement.select_from(source),
        loader=loader,
        live=live if live.steps else None,
        sorting=sorting,
        version=version,
        keys=keys,
        limit=None if whole else query.limit,
        digest=query_digest(module, query.sort, query.where, query.deleted),
        dialect=columns.dialect,
    )
