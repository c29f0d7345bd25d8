"""Which of some records are within reach."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.records.access.parameters import access_profile, scope_parameters
from fieldstone.records.access.rights import require
from fieldstone.records.access.rows import row_condition
from fieldstone.records.id_lists import bind_ids, in_ids
from fieldstone.storage.published import PublishedModel


def visible_ids(
    conn: sa.Connection,
    published: PublishedModel,
    actor: Actor,
    module: str,
    ids: Collection[int],
    right: str,
    *,
    deleted: bool = False,
) -> set[int]:
    """Those of `ids` that exist (outside the recycle bin, or in it) and for which the actor has the right.

    Raises as `require` does. One query for all of them.
    """
    require(published, actor, module, right)
    if not ids:
        return set()
    dialect = published.tables.dialect
    key = ("access.visible_ids", module, right, deleted, access_profile(actor))
    statement = published.cache.get(key)
    if statement is None:
        table = published.tables.module(module).table
        gone = table.c.deleted_at.is_not(None) if deleted else table.c.deleted_at.is_(None)
        statement = sa.select(table.c.id).where(in_ids(table.c.id, "ids", dialect), gone)
        condition = row_condition(published, actor, module, table, right)
        if condition is not None:
            statement = statement.where(condition)
        published.cache[key] = statement
    parameters = {"ids": bind_ids(ids, dialect), **scope_parameters(actor, dialect)}
    return set(conn.execute(statement, parameters).scalars())
