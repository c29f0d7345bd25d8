"""A reach of few records, found before it is asked what else they are.

The order of a list is often given by an index, and a database that does not know how few records somebody reaches
follows that index to its end. So the owners' records are looked up first, in the index of owners: when there are few,
their ids stand in the statement, and everything else is looked at in these records only. Whoever reaches many is
remembered for a while; that decides about speed alone, the condition of the reach is in every statement.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.records.access.owners import Owners
from fieldstone.records.access.parameters import access_profile, scope_parameters
from fieldstone.records.access.reach import Reach, find_reach
from fieldstone.records.access.rows import Rows
from fieldstone.records.id_lists import bind_ids, in_ids
from fieldstone.records.plan_cache import plans_of
from fieldstone.records.walks import CrossJoin
from fieldstone.storage.archive import PastModel
from fieldstone.storage.published import PublishedModel

MOST = 5_000
"""More records than this are not narrow: a page of them is found soon along any order."""

_PATIENCE = 50
"""How many requests of somebody who reaches many go by before it is looked again."""

_REMEMBERED = 10_000
_REACHED = "reached_ids"


def narrow_ids(conn: sa.Connection, published: PublishedModel, actor: Actor, module: str) -> list[int] | None:
    """The ids of at most MOST records, among which are all that the actor may view; None when there may be more, or
    something else than owners and manual shares brings records into reach."""
    if isinstance(published, PastModel):
        return None
    reach = find_reach(published, actor, module, "view")
    if reach.everything or not _goes_by_owner(reach):
        return None
    wide: dict[tuple[int | None, str], int] = published.cache.setdefault("access.wide", {})
    key = (actor.user_id, module)
    left = wide.get(key, 0)
    if left:
        wide[key] = left - 1
        return None
    rows = Rows(published, actor)
    statement = plans_of(published).get(
        ("access.narrow", module, access_profile(actor)), lambda: _statement(published, rows, reach, module)
    )
    found = list(conn.execute(statement, scope_parameters(actor, published.tables.dialect)).scalars())
    if len(found) <= MOST:
        return found
    if len(wide) >= _REMEMBERED:
        wide.clear()
    wide[key] = _PATIENCE
    return None


def _goes_by_owner(reach: Reach) -> bool:
    return not (reach.portal or reach.parents or any(rule.owners is None for rule in reach.rules))


def narrow_condition(column: sa.ColumnElement[int], dialect: str) -> sa.ColumnElement[bool]:
    """The column is one of the ids bound by `narrow_parameters`."""
    return in_ids(column, _REACHED, dialect)


def narrow_parameters(ids: list[int], dialect: str) -> dict[str, object]:
    return {_REACHED: bind_ids(ids, dialect)}


def _statement(
    published: PublishedModel, rows: Rows, reach: Reach, module: str
) -> sa.Select[Any] | sa.CompoundSelect[Any]:
    """The owners are the outer loop, whatever the database thinks of how many there are."""
    table = published.tables.module(module).table
    owners: list[Owners] = rows.owned_by_reach(reach, conditional=True)
    if not owners:
        return rows.shared_ids(module, "view")
    listed = (owners[0] if len(owners) == 1 else sa.union(*owners)).subquery()
    owner = listed.c[0]
    limit = sa.literal_column(str(MOST + 1))
    theirs: sa.Select[Any]
    if published.tables.dialect == "postgresql":
        own = sa.select(table.c.id).where(table.c.owner_id == owner).limit(limit).lateral()
        theirs = sa.select(own.c.id).select_from(listed.join(own, sa.true())).limit(limit)
    else:
        own_ids = sa.select(table.c.id).select_from(CrossJoin(listed, table, table.c.owner_id == owner))
        theirs = own_ids.limit(limit)
    found = theirs.subquery()
    return sa.union_all(sa.select(found.c.id), rows.shared_ids(module, "view"))
