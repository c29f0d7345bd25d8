"""How many records somebody reaches, and those of a reach of few, found before it is asked what else they are.

The order of a list is often given by an index, and a database that does not know how few records somebody reaches
follows that index to its end. So for people who reach few, the statement finds the records of their owners first, in
the index of owners, and looks at everything else in these only. Who reaches few is counted now and then. It decides
about speed alone: the condition of the reach is in every statement.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import isqrt
from typing import Any, Literal

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.records.access.parameters import access_profile, scope_parameters
from fieldstone.records.access.present import RIGHT, Present
from fieldstone.records.access.tables import share
from fieldstone.records.id_lists import in_selected
from fieldstone.records.plan_cache import plans_of
from fieldstone.storage.kept_plans import planned_anew
from fieldstone.storage.published import PublishedModel
from fieldstone.storage.rule_indexes import compared_field

Size = Literal["small", "few", "some", "many"]

FEW = 5
"""Times the root of how many records there are: up to here they are few. A page of more is found sooner along the
order: to pass over n / r entries of an index for each of its rows costs less than to look at all r records."""

SOME = 50_000
"""Up to here it is sooner to look at all of them than at a large table."""

SMALL = 10_000
"""A module that never had more records than this is gone through soon enough as it is."""

_PATIENCE = 50
"""How many requests of somebody go by before it is counted again."""

_REMEMBERED = 10_000


def size_of_reach(
    conn: sa.Connection, published: PublishedModel, actor: Actor, module: str, present: Present | None
) -> Size:
    """Few: see FEW; some: at most SOME; by owners and manual shares alone. Many: more, or it is not known. Small: the
    module is."""
    if present is None or not present.reach.goes_by_owner:
        return "many"
    known: dict[tuple[int | None, str], tuple[Size, int]] = published.cache.setdefault("access.narrow", {})
    key = (actor.user_id, module)
    size, left = known.get(key, ("many", 0))
    if not left:
        size, left = _measure(conn, published, actor, present), _PATIENCE
        if len(known) >= _REMEMBERED:
            known.clear()
    known[key] = (size, left - 1)
    return size


def among_few(present: Present, table: sa.FromClause) -> sa.ColumnElement[bool]:
    """A record is one of the few: true of all that the actor reaches, when the size is that."""
    published = present.rows.published
    dialect = published.tables.dialect
    if dialect == "postgresql":
        other = published.tables.module(present.module).table.alias()
        # An offset keeps the subquery one: else it would be joined in any order.
        ids: sa.Select[Any] = sa.select(other.c.id).where(present.condition(other)).offset(sa.literal_column("0"))
    else:
        ids = sa.select((_each_way(present) if _finds_conditions(present) else _concerned(present)).subquery().c.id)
    return in_selected(table.c.id, ids, dialect)


def _measure(conn: sa.Connection, published: PublishedModel, actor: Actor, present: Present) -> Size:
    table = published.tables.module(present.module).table
    newest = conn.execute(sa.select(sa.func.max(table.c.id))).scalar_one() or 0
    if newest < SMALL:
        return "small"
    few = FEW * isqrt(newest)
    bound = {**scope_parameters(actor, published.tables.dialect), **present.parameters}
    count = _count(conn, published, actor, present, bound, exact=False)
    if few < count <= SOME and present.conditional and _finds_conditions(present):
        count = _count(conn, published, actor, present, bound, exact=True)
        return "few" if count <= few else "some"
    return "few" if count <= few else "some" if count <= SOME else "many"


def _count(
    conn: sa.Connection,
    published: PublishedModel,
    actor: Actor,
    present: Present,
    bound: Mapping[str, object],
    *,
    exact: bool,
) -> int:
    """How many are within reach, or (not `exact`) of the owners that are concerned: at most one more than SOME."""

    def build() -> sa.Select[Any]:
        if exact:
            found = _each_way(present).subquery()
            return planned_anew(sa.select(sa.func.count(found.c.id.distinct())))
        found = _concerned(present).limit(sa.literal_column(str(SOME + 1))).subquery()
        return planned_anew(sa.select(sa.func.count()).select_from(found))

    key = ("access.narrow", present.module, present.key, exact, access_profile(actor))
    return int(conn.execute(plans_of(published).get(key, build), bound).scalar_one())


def _concerned(present: Present) -> sa.Select[Any] | sa.CompoundSelect[Any]:
    """The ids of the records that owners and shares bring into reach, and of others of the same owners."""
    table = present.rows.published.tables.module(present.module).table.alias()
    own = sa.select(table.c.id).where(present.owners_concerned(table))
    if not present.shared:
        return own
    shared = present.rows.shared_ids(present.module, RIGHT).with_only_columns(share.c.record_id.label("id"))
    return sa.union_all(own, shared)


def _finds_conditions(present: Present) -> bool:
    """Whether those that the conditions of rules leave are found without looking at all of the owners' records.

    PostgreSQL combines indexes, SQLite needs one that holds both (`storage.rule_indexes`)."""
    model = present.rows.published.model
    if present.rows.published.tables.dialect == "postgresql":
        return True
    module = model.modules[present.module]
    return all(compared_field(model, module, present.reach.rules[place]) for place in present.rules)


def _each_way(present: Present) -> sa.CompoundSelect[Any]:
    """The ids of what is within reach, some more than once: every way by its own index."""
    table = present.rows.published.tables.module(present.module).table.alias()
    return sa.union_all(*(sa.select(table.c.id).where(way) for way in present.ways(table)))
