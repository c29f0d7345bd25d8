"""How far the right to create reaches: for whom somebody may make new records."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.kernel.codes import declare
from fieldstone.records.access.owners import scope_owners
from fieldstone.records.access.rights import scopes_of
from fieldstone.records.id_lists import bind_ids, listed_ids
from fieldstone.storage.published import PublishedModel

FOREIGN_OWNER = declare(
    "access.E021",
    "You may not make records for this owner.",
    "Leave the owner out, or ask for a wider right.",
)


def foreign_owners(
    conn: sa.Connection, published: PublishedModel, actor: Actor, module: str, owners: Collection[int | None]
) -> set[int | None]:
    """Those of the owners for whom the actor, who has the right, may not create records: with the scope `own` all but
    the user, the user's teams and the members of the teams the user leads; `team` and `subtree` as for any right;
    with `all` none. A portal (`related`) makes records for its user. No owner (None) is within `all` alone."""
    scopes = scopes_of(published, actor, module, "create")
    foreign = set(owners) - {actor.user_id}
    if "all" in scopes or not foreign:
        return set()
    mine = scope_owners(published, actor, scopes)
    if mine:
        dialect = published.tables.dialect
        known = sa.union(*mine).subquery()
        asked = listed_ids("owners", dialect, bind_ids([id for id in foreign if id is not None], dialect)).subquery()
        found = sa.select(asked.c.id).where(asked.c.id.in_(sa.select(known.c[0])))
        foreign -= set(conn.scalars(found))
    return foreign
