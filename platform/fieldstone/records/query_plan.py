"""A query prepared: what is selected, how rows become values, one statement per part of the order."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from fieldstone.expressions.compiled import CompiledExpression
from fieldstone.expressions.sql import column_keys
from fieldstone.kernel.actors import Actor
from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import InvalidInputError
from fieldstone.kernel.stored_keys import StoredKeys
from fieldstone.records.access import access_profile, readable_names, require, row_condition
from fieldstone.records.access.paths import readable_path
from fieldstone.records.columns import Columns
from fieldstone.records.cursors import query_digest
from fieldstone.records.filled import filled_paths
from fieldstone.records.filters import ask, compile_where, extra_conditions, filter_condition
from fieldstone.records.live_values import LivePlan, plan_live
from fieldstone.records.paging import SortTerm
from fieldstone.records.plan_cache import plans_of
from fieldstone.records.query_types import MAX_LIMIT, Query
from fieldstone.records.row_loader import RowLoader, build_row_loader
from fieldstone.records.sorting import Sorting, build_sorting
from fieldstone.records.walks import can_walk
from fieldstone.storage.published import PublishedModel

MAX_FIELDS = 300

BAD_LIMIT = declare("query.E008", "A page cannot have {limit} records.", "Ask for 1 to {most}.")
TOO_MANY_FIELDS = declare("query.E009", "At most {limit} fields can be read at once.", "Ask for fewer.")


Join = Callable[[sa.FromClause], sa.FromClause]


@dataclass(frozen=True, kw_only=True)
class Restriction:
    """A condition from outside the query, such as "linked to this record". `key` stands for its text;
    what varies is in `parameters`. `apply` gives the joins (`Columns.join_to`, or more) and the condition."""

    key: Hashable
    apply: Callable[[Columns], tuple[Join, sa.ColumnElement[bool]]]
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(kw_only=True)
class QueryPlan:
    """`version` and `keys` are where the version and the values of the sort terms stand in a row.

    `base` has no FROM; `join_to` gives it, begun with something that contains `root`. `walks`: a filter
    stands between the order and the page (`records.walks`). `extra`: conditions that follow from the
    filter, for statements that do not walk. `kept`: statements made from it, by what
    they are for.
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
) -> QueryPlan:
    """The plan, kept with the model. `whole`: without a limit, for restrictions that are one themselves.

    Raises ForbiddenError, NotFoundError (access), InvalidInputError query.E0xx, ExpressionError.
    """
    require(published, actor, module, right)
    if not whole and not 1 <= query.limit <= MAX_LIMIT:
        raise InvalidInputError(BAD_LIMIT, limit=query.limit, most=MAX_LIMIT)
    where = compile_where(published, actor, module, query.where)
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
    visible = row_condition(published, columns.actor, module, columns.root, right)
    if visible is not None:
        statement = statement.where(visible)
    join_to: Join = columns.join_to
    if restriction is not None:
        join_to, condition = restriction.apply(columns)
        statement = statement.where(condition)
    filled = frozenset() if where is None else filled_paths(where.root)
    lead = query.sort[0].removeprefix("-") if query.sort else "id"
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
            columns.dialect == "sqlite"
            and (where is not None or visible is not None)
            and not _reads(where, lead)
            and restriction is None
            and not query.deleted
            and can_walk(published, module, columns.root, sorting.terms)
        ),
    )


def _key_mappings(sorting: Sorting) -> list[StoredKeys]:
    """A cursor from before the key of a value was renamed stands nowhere in the order after it."""
    return [keys for term in sorting.terms if (keys := column_keys(term.column)) is not None]


def _reads(where: CompiledExpression | None, name: str) -> bool:
    """Whether the filter is about the field that the rows are ordered by: then its index serves both."""
    return where is not None and (name,) in where.paths
