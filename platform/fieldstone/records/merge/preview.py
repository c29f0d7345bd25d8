"""What a merge would move, as far as somebody may see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.records.access import can_read_field, has_right, visible_ids
from fieldstone.records.id_lists import bind_ids, in_ids
from fieldstone.records.referrers import referrers_to
from fieldstone.storage.published import PublishedModel


def count_moving(
    conn: sa.Connection, published: PublishedModel, actor: Actor, module: str, record_id: int, others: Sequence[int]
) -> Mapping[str, int]:
    """Module → how many of its live records refer or are linked to this one, without those it is merged with. Raises
    ForbiddenError without the right to view the module; what the actor may not see is not counted."""
    reached = visible_ids(conn, published, actor, module, [record_id], "view")
    found: dict[str, set[int]] = {}
    for referrer in referrers_to(published, module):
        if can_read_field(published, actor, referrer.module, referrer.field.name):
            rows = referrer.find(conn, published, reached)
            found.setdefault(referrer.module, set()).update(referring for referring, _ in rows)
    for relation in published.model.modules[module].relations.values():
        if relation.kind == "many_to_many":
            table = published.tables.link(module, relation.name)
            here, there = ("right_id", "left_id") if relation.inverse_of else ("left_id", "right_id")
            query = sa.select(table.c[there]).where(in_ids(table.c[here], "ids", conn.dialect.name))
            ends = conn.scalars(query, {"ids": bind_ids(reached, conn.dialect.name)})
            found.setdefault(relation.to, set()).update(ends)
    counts = {}
    for name in published.model.modules:
        records = found.get(name, set()) - ({record_id, *others} if name == module else set())
        if records and has_right(published, actor, name, "view"):
            counts[name] = len(visible_ids(conn, published, actor, name, records, "view"))
    return {name: count for name, count in counts.items() if count}
