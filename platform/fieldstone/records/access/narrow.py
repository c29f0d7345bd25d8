"""A reach of few records, found before it is asked what else they are.

The order of a list is often given by an index, and a database that does not know how few records somebody reaches
follows that index to its end. So for people who reach few, the statement finds the records of their owners first, in
the index of owners, and looks at everything else in these only. Who reaches few is counted now and then. It decides
about speed alone: the condition of the reach is in every statement.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.records.access.owners import Owners
from fieldstone.records.access.parameters import access_profile, scope_parameters
from fieldstone.records.access.reach import Reach, find_reach
from fieldstone.records.access.rows import Rows
from fieldstone.records.access.tables import share
from fieldstone.records.id_lists import in_selected
from fieldstone.records.plan_cache import plans_of
from fieldstone.records.walks import CrossJoin
from fieldstone.storage.archive import PastModel
from fieldstone.storage.published import PublishedModel

MOST = 5_000
"""More records than this are not few: a page of them is found soon along any order."""

SMALL = 10_000
"""A module that never had more records than this is gone through soon enough as it is."""

_PATIENCE = 50
"""How many requests of somebody go by before it is counted again."""

_REMEMBERED = 10_000


def is_narrow(conn: sa.Connection, published: PublishedModel, actor: Actor, module: str) -> bool:
    """Whether the actor, who may view the module, reaches at most MOST records, and by their owners and manual shares
    alone."""
    if isinstance(published, PastModel):
        return False
    reach = find_reach(published, actor, module, "view")
    if reach.everything or not _goes_by_owner(reach):
        return False
    known: dict[tuple[int | None, str], tuple[bool, int]] = published.cache.setdefault("access.narrow", {})
    key = (actor.user_id, module)
    narrow, left = known.get(key, (False, 0))
    if not left:
        narrow, left = _count(conn, published, actor, module) <= MOST, _PATIENCE
        if len(known) >= _REMEMBERED:
            known.clear()
    known[key] = (narrow, left - 1)
    return narrow


def among_owned(published: PublishedModel, actor: Actor, module: str, table: sa.FromClause) -> sa.ColumnElement[bool]:
    """A record is one of those of the owners that count for the actor, or shared by hand: true of all that the actor
    reaches, if `is_narrow`."""
    ids = sa.select(_owned(published, actor, module).subquery().c.id)
    return in_selected(table.c.id, ids, published.tables.dialect)


def _goes_by_owner(reach: Reach) -> bool:
    return not (reach.portal or reach.parents or any(rule.owners is None for rule in reach.rules))


def _count(conn: sa.Connection, published: PublishedModel, actor: Actor, module: str) -> int:
    """At most one more than MOST, as for a small module."""

    def build() -> sa.Select[Any]:
        found = _owned(published, actor, module, limit=MOST + 1).subquery()
        return sa.select(sa.func.count()).select_from(found)

    table = published.tables.module(module).table
    if (conn.execute(sa.select(sa.func.max(table.c.id))).scalar_one() or 0) < SMALL:
        return MOST + 1

    statement = plans_of(published).get(("access.narrow", module, access_profile(actor)), build)
    return int(conn.execute(statement, scope_parameters(actor, published.tables.dialect)).scalar_one())


def _owned(
    published: PublishedModel, actor: Actor, module: str, limit: int | None = None
) -> sa.Select[Any] | sa.CompoundSelect[Any]:
    """The ids. The owners are the outer loop, whatever the database thinks of how many there are."""
    rows, reach = Rows(published, actor), find_reach(published, actor, module, "view")
    shared = rows.shared_ids(module, "view").with_only_columns(share.c.record_id.label("id"))
    owners: list[Owners] = rows.owned_by_reach(reach, conditional=True)
    if not owners:
        return shared
    table = published.tables.module(module).table.alias()
    listed = (owners[0] if len(owners) == 1 else sa.union(*owners)).subquery()
    theirs = table.c.owner_id == listed.c[0]
    if published.tables.dialect == "postgresql":
        # An offset or a limit keeps the subquery one: else it would be joined in any order.
        each = sa.select(table.c.id).where(theirs)
        each = each.offset(sa.literal_column("0")) if limit is None else each.limit(sa.literal_column(str(limit)))
        one = each.lateral()
        own = sa.select(one.c.id).select_from(listed.join(one, sa.true()))
    else:
        own = sa.select(table.c.id).select_from(CrossJoin(listed, table, theirs))
    if limit is not None:
        own = own.limit(sa.literal_column(str(limit)))
    return sa.union_all(sa.select(own.subquery().c.id), shared)
