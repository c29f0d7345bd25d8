"""How many records there are: exactly up to a cap, beyond it only that there are more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.records.access import access_profile, require, row_condition, scope_parameters
from fieldstone.records.filters import ask, compile_where, extra_conditions, filter_condition
from fieldstone.records.listed_reach import read_listed_reach
from fieldstone.records.plan_cache import plans_of
from fieldstone.records.query_types import COUNT_CAP, Count
from fieldstone.records.restrictions import Join, Restriction
from fieldstone.records.sampled_count import sampled_count
from fieldstone.storage.kept_plans import planned_anew
from fieldstone.storage.published import PublishedModel


def count_records(
    conn: sa.Connection,
    published: PublishedModel,
    actor: Actor,
    module: str,
    where: str = "",
    *,
    now: datetime,
    cap: int | None = COUNT_CAP,
    deleted: bool = False,
    restriction: Restriction | None = None,
    quick: bool = False,
) -> Count:
    """The records of a module within reach for which `where` holds; `cap` None counts all of them.

    `quick`: with no more effort than a page of them takes, so that it may be told only that there are more than some.
    """
    require(published, actor, module, "view")
    reach = None if deleted else read_listed_reach(conn, published, actor, module)
    if restriction is None and reach is not None:
        restriction = reach.restriction
    compiled = compile_where(published, actor, module, where)
    asker = ask(conn, published, actor, module, () if compiled is None else (compiled,), (), now)

    def begin() -> sa.Select[Any]:
        columns = asker.columns
        statement: sa.Select[Any] = sa.select(sa.literal_column("1").label("one"))
        if compiled is not None:
            statement = statement.where(filter_condition(compiled, columns), *extra_conditions(compiled, columns))
        gone = columns.root.c.deleted_at
        return statement.where(gone.is_not(None) if deleted else gone.is_(None))

    def build() -> sa.Select[Any]:
        columns, statement = asker.columns, begin()
        if reach is None:
            visible = row_condition(published, actor, module, columns.root)
        else:
            leading = restriction is None and (compiled is None or reach.size == "some")
            visible = reach.condition(columns.root, leading=leading)
        if visible is not None:
            statement = statement.where(visible)
        join_to: Join = columns.join_to
        if restriction is not None:
            join_to, condition = restriction.apply(columns)
            statement = statement.where(condition)
        statement = statement.select_from(join_to(columns.root))
        if cap is None:
            return statement.with_only_columns(sa.func.count(), maintain_column_froms=True)
        found = statement.limit(sa.literal_column(str(cap + 1))).subquery()
        return sa.select(sa.func.count()).select_from(found)

    def run(way: str, build: Callable[[], sa.Select[Any]]) -> int:
        outside = (restriction.key if restriction else None, reach.key if reach else None)
        key = ("count", way, module, where, cap, deleted, *outside, access_profile(actor), asker.key)
        make = build if restriction is not None and restriction.narrow else lambda: planned_anew(build())
        statement = plans_of(published).get(key, make) if asker.keep else make()
        return int(conn.execute(statement, parameters).scalar_one())

    parameters = {
        **scope_parameters(actor, published.tables.dialect),
        **(restriction.parameters if restriction else {}),
        **(reach.parameters if reach else {}),
    }
    if quick and cap is not None and reach is not None and restriction is None:
        least = sampled_count(reach, begin, asker.columns, compiled is not None, run)
        if least is not None:
            return Count(value=min(least, cap), exact=False)
    found = run("all", build)
    return Count(value=found, exact=True) if cap is None or found <= cap else Count(value=cap, exact=False)
