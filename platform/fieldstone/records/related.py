"""The records of a related list: the far side of a lookup, or of a many-to-many relation."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.kernel.errors import NotFoundError
from fieldstone.metadata.definitions import RelationDef
from fieldstone.records import codes
from fieldstone.records.access import get_module, visible_ids
from fieldstone.records.access.fields import can_follow
from fieldstone.records.columns import Columns
from fieldstone.records.count import count_records
from fieldstone.records.field_columns import join_relation
from fieldstone.records.query import query_records
from fieldstone.records.query_types import COUNT_CAP, Count, Page, Query
from fieldstone.records.restrictions import Join, Restriction
from fieldstone.storage.published import PublishedModel


def related_records(
    conn: sa.Connection,
    published: PublishedModel,
    actor: Actor,
    module: str,
    id: int,
    relation: str,
    query: Query,
    *,
    now: datetime,
    reached: bool = False,
) -> Page:
    """A page of the records that a record is related to, as `query_records` gives it. `reached`: the caller has
    found the record within reach.

    Raises NotFoundError record.E010 (no such record within reach), record.E031 (no such relation, or one by
    a hidden field).
    """
    found, restriction = _restrict(conn, published, actor, module, id, relation, reached=reached)
    return query_records(conn, published, actor, found.to, query, now=now, restriction=restriction)


def count_related(
    conn: sa.Connection,
    published: PublishedModel,
    actor: Actor,
    module: str,
    id: int,
    relation: str,
    where: str = "",
    *,
    now: datetime,
    cap: int | None = COUNT_CAP,
) -> Count:
    found, restriction = _restrict(conn, published, actor, module, id, relation)
    return count_records(conn, published, actor, found.to, where, cap=cap, now=now, restriction=restriction)


def _restrict(
    conn: sa.Connection,
    published: PublishedModel,
    actor: Actor,
    module: str,
    id: int,
    relation: str,
    *,
    reached: bool = False,
) -> tuple[RelationDef, Restriction]:
    definition = get_module(published, module).relations.get(relation)
    if definition is None or not can_follow(published, actor, definition):
        raise NotFoundError(codes.NO_RELATION, module=module, relation=relation)
    if not reached and not visible_ids(conn, published, actor, module, [id], "view"):
        raise NotFoundError(codes.NOT_FOUND)

    def apply(columns: Columns) -> tuple[Join, sa.ColumnElement[bool]]:
        joined = join_relation(published, module, definition, columns.root)
        condition = joined.parent == sa.bindparam("parent", None, type_=joined.parent.type)
        if joined.condition is not None:
            condition = sa.and_(condition, joined.condition)
        return lambda start: joined.extend(columns.join_to(start)), condition

    return definition, Restriction(
        key=("related", module, relation), apply=apply, parameters={"parent": id}, narrow=True
    )
