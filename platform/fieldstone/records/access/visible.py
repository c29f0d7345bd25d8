"""Which of some records are within reach."""

from __future__ import annotations

from collections.abc import Collection, Hashable
from typing import Any

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.records.access.parameters import access_profile, scope_parameters
from fieldstone.records.access.rights import require
from fieldstone.records.access.rows import is_limited, row_condition
from fieldstone.records.id_lists import bind_ids, in_ids
from fieldstone.storage.published import PublishedModel
from fieldstone.storage.shared_snapshot import memory_of

_ANY = ""
"""In place of a right that reaches all records: it finds what every such right finds."""


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

    Raises as `require` does. One query for all of them; in a read snapshot, for those that were not asked for before.
    """
    require(published, actor, module, right)
    memory = memory_of(conn)
    if memory is None:
        return _ask(conn, published, actor, module, ids, right, deleted)
    named = right if is_limited(published, actor, module, right) else _ANY
    known: dict[int, bool] = memory.setdefault(_key(published, actor, module, named, deleted), {})
    asked = [id for id in ids if id not in known]
    found = _ask(conn, published, actor, module, asked, right, deleted)
    known.update((id, id in found) for id in asked)
    return {id for id in ids if known[id]}


def note_visible(
    conn: sa.Connection, published: PublishedModel, actor: Actor, module: str, ids: Collection[int], right: str
) -> None:
    """Records outside the recycle bin that another statement of the snapshot has found within reach."""
    memory = memory_of(conn)
    if memory is not None:
        for named in (right, _ANY):
            memory.setdefault(_key(published, actor, module, named, False), {}).update(dict.fromkeys(ids, True))


def _key(published: PublishedModel, actor: Actor, module: str, right: str, deleted: bool) -> Hashable:
    return ("access.visible", published.version, actor, module, right, deleted)


def _ask(
    conn: sa.Connection,
    published: PublishedModel,
    actor: Actor,
    module: str,
    ids: Collection[int],
    right: str,
    deleted: bool,
) -> set[int]:
    if not ids:
        return set()
    dialect = published.tables.dialect
    key = ("access.visible_ids", module, right, deleted, access_profile(actor))
    statement: sa.Select[Any] | None = published.cache.get(key)
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
