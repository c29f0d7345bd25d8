"""Where it is owners alone that decide what is within reach, which owners: the search index knows them."""

from __future__ import annotations

from collections.abc import Collection, Hashable

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.records.access.reach import Reach, find_reach
from fieldstone.records.access.rows import Rows
from fieldstone.records.access.tables import share
from fieldstone.storage.published import PublishedModel

Owners = tuple[int, ...] | None


def owner_reaches(
    conn: sa.Connection, published: PublishedModel, actor: Actor, modules: Collection[str]
) -> dict[str, Owners]:
    """Module, among those that the actor may view some records of → the owners all of whose records these are; None
    when something else than the owner counts too."""
    rows = Rows(published, actor)
    shared: set[str] | None = None
    known: dict[Hashable, Owners] = {}
    found: dict[str, Owners] = {}
    for module in modules:
        reach = find_reach(published, actor, module, "view")
        if not _goes_by_owner(reach):
            found[module] = None
            continue
        if shared is None:
            shared = set(conn.scalars(sa.select(share.c.module).where(rows.receives()).distinct()))
        if published.model.modules[module].identity in shared:
            found[module] = None
            continue
        key = (reach.scopes, tuple(rule.name for rule in reach.rules))
        if key not in known:
            ids: set[int] = set()
            for owners in rows.owned_by_reach(reach):
                ids.update(conn.scalars(owners))
            known[key] = tuple(sorted(ids))
        found[module] = known[key]
    return found


def _goes_by_owner(reach: Reach) -> bool:
    return reach.goes_by_owner and not any(rule.where for rule in reach.rules)
