"""Lists of records: filter, order, page, values and labels.

A query is prepared once per model, text of the query and kind of actor; what differs from one request
to the next (who asks, where the page begins) is bound.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import partial
from typing import Any

import sqlalchemy as sa

from fieldstone.kernel.actors import SYSTEM, Actor
from fieldstone.records.access import scope_parameters
from fieldstone.records.access.visible import note_visible
from fieldstone.records.columns import Columns
from fieldstone.records.cursors import Cursor, read_cursor, write_cursor
from fieldstone.records.fetch import fetch_rows
from fieldstone.records.id_lists import bind_ids, in_ids
from fieldstone.records.labels import collect_labels
from fieldstone.records.listed_reach import read_listed_reach
from fieldstone.records.live_values import fill_live
from fieldstone.records.paging import position_parameters, segments
from fieldstone.records.query_plan import QueryPlan, prepare_query
from fieldstone.records.query_types import Labels, Page, Query, Record
from fieldstone.records.restrictions import Join, Restriction
from fieldstone.storage.published import PublishedModel


def query_records(
    conn: sa.Connection,
    published: PublishedModel,
    actor: Actor,
    module: str,
    query: Query,
    *,
    now: datetime,
    right: str = "view",
    restriction: Restriction | None = None,
) -> Page:
    """One page. Raises ForbiddenError, NotFoundError record.E011, InvalidInputError query.E0xx, ExpressionError."""
    reach = None
    if right == "view" and not query.deleted:
        reach = read_listed_reach(conn, published, actor, module)
        if restriction is None and reach is not None:
            restriction = reach.restriction
    plan = prepare_query(
        conn, published, actor, module, query, now=now, right=right, restriction=restriction, reach=reach
    )
    cursor = read_cursor(query.cursor, plan.digest, plan.sorting.kinds) if query.cursor else None
    backward = cursor is not None and cursor.backward
    parameters: dict[str, Any] = scope_parameters(actor, plan.dialect)
    if restriction is not None:
        parameters.update(restriction.parameters)
    if reach is not None:
        parameters.update(reach.parameters)
    if cursor is not None:
        parameters.update(position_parameters(cursor.values))
    rows: list[sa.Row[Any]] = []
    for segment in segments(plan.terms(backward), cursor.values if cursor else None):
        rows += fetch_rows(conn, plan, segment, backward, parameters, query.limit + 1 - len(rows))
        if len(rows) > query.limit:
            break
    more = len(rows) > query.limit
    del rows[query.limit :]
    if backward:
        rows.reverse()
    records, labels = _read(conn, published, actor, module, plan, rows, now)
    return Page(
        records=records,
        next_cursor=_cursor(plan, rows[-1], False) if rows and (more or backward) else "",
        previous_cursor=_cursor(plan, rows[0], True) if rows and (more if backward else cursor is not None) else "",
        has_more=bool(rows) and (more or backward),
        labels=labels,
    )


def get_records(
    conn: sa.Connection,
    published: PublishedModel,
    actor: Actor,
    module: str,
    ids: Sequence[int],
    fields: Sequence[str] = (),
    *,
    now: datetime,
    deleted: bool = False,
    right: str = "view",
) -> list[Record]:
    """The records of these ids that exist and are within reach, in the order of `ids`.

    `fields` () reads every field; `deleted` looks in the recycle bin instead.
    """
    query = Query(fields=tuple(fields), deleted=deleted)
    dialect = published.tables.dialect
    wanted = among(ids, dialect)
    plan = prepare_query(conn, published, actor, module, query, now=now, right=right, restriction=wanted, whole=True)
    parameters = {**scope_parameters(actor, dialect), **wanted.parameters}
    rows = conn.execute(plan.statement, parameters).all()
    records, _ = _read(conn, published, actor, module, plan, rows, now)
    found = {record.id: record for record in records}
    if not deleted:
        note_visible(conn, published, actor, module, found, right)
    return [found[id] for id in dict.fromkeys(ids) if id in found]


def among(ids: Collection[int], dialect: str) -> Restriction:
    """Only the records of these ids."""
    return Restriction(key="ids", apply=_among_ids, parameters={"ids": bind_ids(ids, dialect)})


def _among_ids(columns: Columns) -> tuple[Join, sa.ColumnElement[bool]]:
    return columns.join_to, in_ids(columns.root.c.id, "ids", columns.dialect)


def _read(
    conn: sa.Connection,
    published: PublishedModel,
    actor: Actor,
    module: str,
    plan: QueryPlan,
    rows: Sequence[sa.Row[Any]],
    now: datetime,
) -> tuple[list[Record], Labels]:
    load, id_at, version_at = plan.loader.load, plan.keys[-1], plan.version
    values = [load(row) for row in rows]
    if plan.live is not None:
        fill_live(conn, published, plan.live, values, now, partial(_read_all, conn, published, now))
    wanted: dict[str, set[int]] = {}
    for reference in plan.loader.references:
        if plan.live is None or reference.name not in plan.live.hidden:
            reference.add_to(wanted, [each[reference.name] for each in values])
    labels = collect_labels(conn, published, actor, wanted)
    records = [
        Record(module, row[id_at], row[version_at], each, labels) for row, each in zip(rows, values, strict=True)
    ]
    return records, labels


def _read_all(
    conn: sa.Connection,
    published: PublishedModel,
    now: datetime,
    module: str,
    ids: Collection[int],
    fields: Sequence[str],
) -> dict[int, dict[str, Any]]:
    """Values of records, live and deleted, whoever may see them: for what is computed from them."""
    found = {}
    for deleted in (False, True):
        missing = [id for id in ids if id not in found]
        for record in get_records(conn, published, SYSTEM, module, missing, fields, now=now, deleted=deleted):
            found[record.id] = record.values
    return found


def _cursor(plan: QueryPlan, row: sa.Row[Any], backward: bool) -> str:
    return write_cursor(Cursor(tuple(row[index] for index in plan.keys), backward), plan.digest)
