"""The records before and after one in a list, as the list is now."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.records.access import scope_parameters
from fieldstone.records.columns import Columns
from fieldstone.records.cursors import Cursor, write_cursor
from fieldstone.records.id_lists import bind_ids, in_ids
from fieldstone.records.query import query_records
from fieldstone.records.query_plan import prepare_query
from fieldstone.records.query_types import Query
from fieldstone.records.restrictions import Join, Restriction
from fieldstone.storage.published import PublishedModel


@dataclass(frozen=True, kw_only=True)
class Neighbours:
    """None at either end, and on both sides of a record that is no longer in the list."""

    previous: int | None = None
    following: int | None = None


def find_neighbours(
    conn: sa.Connection, published: PublishedModel, actor: Actor, module: str, id: int, query: Query, *, now: datetime
) -> Neighbours:
    """By filter and order of the query; its fields, page and limit do not count. Raises as `query_records`."""
    query = replace(query, fields=("id",), limit=1, cursor="")
    wanted = Restriction(key="ids", apply=_only, parameters={"ids": bind_ids([id], published.tables.dialect)})
    plan = prepare_query(conn, published, actor, module, query, now=now, restriction=wanted, whole=True)
    parameters = {**scope_parameters(actor, plan.dialect), **wanted.parameters}
    row = conn.execute(plan.statement, parameters).one_or_none()
    if row is None:
        return Neighbours()

    def beside(backward: bool) -> int | None:
        cursor = write_cursor(Cursor(tuple(row[place] for place in plan.keys), backward), plan.digest)
        found = query_records(conn, published, actor, module, replace(query, cursor=cursor), now=now).records
        return found[0].id if found else None

    return Neighbours(previous=beside(True), following=beside(False))


def _only(columns: Columns) -> tuple[Join, sa.ColumnElement[bool]]:
    return columns.join_to, in_ids(columns.root.c.id, "ids", columns.dialect)
