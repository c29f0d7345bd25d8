"""A query prepared: what is selected, how rows become values, one statement per part of the order."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from fieldstone.expressions.compiled import CompiledExpression
from fieldstone.expressions.nodes import Call
from fieldstone.expressions.sql import column_keys
from fieldstone.kernel.actors import Actor
from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import InvalidInputError
from fieldstone.kernel.stored_keys import StoredKeys
from fieldstone.records.access import access_profile, readable_names, require, row_condition
from fieldstone.records.access.paths import readable_path
from fieldstone.records.columns import Columns
from fieldstone.records.cursors import query_digest
from fieldstone.records.filled import conjuncts, filled_paths
from fieldstone.records.filters import ask, compile_where, extra_conditions, filter_condition
from fieldstone.records.listed_reach import ListedReach
from fieldstone.records.live_values import LivePlan, plan_live
from fieldstone.records.marks import MARKS
from fieldstone.records.paging import SortTerm
from fieldstone.records.plan_cache import plans_of
from fieldstone.records.query_types import MAX_LIMIT, Query
from fieldstone.records.restrictions import Join, Restriction
from fieldstone.records.row_loader import RowLoader, build_row_loader
from fieldstone.records.sorting import Sorting, build_sorting
from fieldstone.records.walks import Bounds, can_walk
from fieldstone.storage.published import PublishedModel

MAX_FIELDS = 300

BAD_LIMIT = declare("query.E008", "A page cannot have {limit} records.", "Ask for 1 to {most}.")
TOO_MANY_FIELDS = declare("query.E009", "At most {limit} fields can be read at once.", "Ask for fewer.")


@dataclass(kw_only=True)
class QueryPlan:
    """`version` and `keys` are where the version and the values of the sort terms stand in a row.

    `base` has no FROM; `join_to` gives it, begun with something that contains `root`. `walks`: a filter
    stands between the order and the page (`records.walks`), within `bounds`; `follows`: the bounds alone do;
    `gathers`: there are few records, found first and ordered then. `narrow`: the restriction is. `extra`: conditions
    that follow from the filter, for statements that do not walk. `kept`: statements made from it, by what they are for.
    """

    base: sa.Select[Any]
    root: sa.FromClause
    join_to: Join
    loader: RowLoader
    live: LivePlan | None
    sorting: Sorting
    version: int
    keys: tuple[int, ...]
    limit: int | None
    digest: str
    dialect: str
    walks: bool
    follows: bool
    gathers: bool
    narrow: bool
    bounds: Bounds | None = None
    extra: tuple[sa.ColumnElement[bool], ...] = ()
    kept: dict[Hashable, sa.Select[Any]] = field(default_factory=dict)

    @property
    def statement(self) -> sa.Select[Any]:
        """All records, in no order."""
        return self.base.select_from(self.join_to(self.root)).where(*self.extra)

    def terms(self, backward: bool) -> tuple[SortTerm, ...]:
        terms = self.sorting.terms
        return tuple(term.turned() for term in terms) if backward else terms


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
    reach: ListedReach | None = None,
) -> QueryPlan:
    """The plan, kept with the model. `whole`: without a limit, for restrictions that are one themselves. `reach`: that
    of the right to view, read already.

    Raises ForbiddenError, NotFoundError (access), InvalidInputError query.E0xx, ExpressionError.
    """
    require(published, actor, module, right)
    if not whole and not 1 <= query.limit <= MAX_LIMIT:
        raise InvalidInputError(BAD_LIMIT, limit=query.limit, most=MAX_LIMIT)
    where = compile_where(published, actor, module, query.where)
    expressions = () if where is None else (where,)
    asker = ask(conn, published, actor, module, expressions, tuple(text.removeprefix("-") for text in query.sort), now)

    def build() -> QueryPlan:
        return _build(asker.columns, where, query, right, restriction, whole, reach)

    if not asker.keep:
        return build()
    limit = None if whole else query.limit
    text = (query.where, query.sort, query.fields, query.deleted, limit)
    outside = (restriction.key if restriction else None, reach.key if reach else None)
    return plans_of(published).get(("query", module, right, *text, *outside, access_profile(actor), asker.key), build)


def _build(
    columns: Columns,
    where: CompiledExpression | None,
    query: Query,
    right: str,
    restriction: Restriction | None,
    whole: bool,
    reach: ListedReach | None,
) -> QueryPlan:
    published, module = columns.published, columns.module
    names = query.fields or tuple(readable_names(published, columns.actor, module))
    if len(names) > MAX_FIELDS:
        raise InvalidInputError(TOO_MANY_FIELDS, limit=MAX_FIELDS)
    live = plan_live(
        published, [readable_path(published, columns.actor, module, name) for name in dict.fromkeys(names)]
    )
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
    statement = sa.select(*selected)
    if where is not None:
        statement = statement.where(filter_condition(where, columns))
    gone = columns.root.c.deleted_at
    statement = statement.where(gone.is_not(None) if query.deleted else gone.is_(None))
    join_to: Join = columns.join_to
    if restriction is not None:
        join_to, condition = restriction.apply(columns)
        statement = statement.where(condition)
    lead = query.sort[0].removeprefix("-") if query.sort else "id"
    plain = restriction is None and not query.deleted
    ordered = plain and can_walk(published, module, columns.root, sorting.terms)
    bounds = reach.bounds if reach is not None and ordered else None
    gathers = plain and ((reach is not None and reach.gathers) or _is_marked(where))
    follows = bounds is not None and where is None and not gathers
    by_order = follows or (ordered and _reads(where, lead))
    visible = (
        row_condition(published, columns.actor, module, columns.root, right)
        if reach is None
        else reach.condition(columns.root, leading=plain and reach.size == "some" and not by_order)
    )
    if visible is not None:
        statement = statement.where(visible)
    filled = frozenset() if where is None else filled_paths(where.root)
    if tuple(lead.split(".")) in filled:
        sorting = sorting.without_empties()
    return QueryPlan(
        base=statement,
        root=columns.root,
        join_to=join_to,
        loader=loader,
        live=live if live.steps else None,
        sorting=sorting,
        version=version,
        keys=keys,
        limit=None if whole else query.limit,
        digest=query_digest(module, query.sort, query.where, query.deleted, *_key_mappings(sorting)),
        dialect=columns.dialect,
        extra=tuple(extra_conditions(where, columns)),
        walks=(
            ordered
            and not follows
            and (where is not None or visible is not None)
            and not _reads(where, lead)
            and (bounds is not None or columns.dialect == "sqlite")
        ),
        follows=follows,
        gathers=gathers,
        narrow=restriction is not None and restriction.narrow,
        bounds=bounds,
    )


def _key_mappings(sorting: Sorting) -> list[StoredKeys]:
    """A cursor from before the key of a value was renamed stands nowhere in the order after it."""
    return [keys for term in sorting.terms if (keys := column_keys(term.column)) is not None]


def _reads(where: CompiledExpression | None, name: str) -> bool:
    """Whether the filter is about the field that the rows are ordered by: then its index serves both."""
    return where is not None and (name,) in where.paths


def _is_marked(where: CompiledExpression | None) -> bool:
    """Whether the filter leaves only records that the user has marked: few, that an index of theirs finds."""
    if where is None or where.functions.isdisjoint(MARKS):
        return False
    return any(isinstance(part, Call) and part.function.name in MARKS for part in conjuncts(where.root))
