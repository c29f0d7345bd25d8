"""A list of somebody who reaches few records, restricted to them: the same list, found sooner."""

from __future__ import annotations

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.records.access import has_right
from fieldstone.records.access.narrow import narrow_condition, narrow_ids, narrow_parameters
from fieldstone.records.columns import Columns
from fieldstone.records.query_plan import Join, Restriction
from fieldstone.storage.published import PublishedModel


def narrow_restriction(conn: sa.Connection, published: PublishedModel, actor: Actor, module: str) -> Restriction | None:
    """To the few records among which are all that the actor reaches; None when there may be many."""
    ids = narrow_ids(conn, published, actor, module) if has_right(published, actor, module, "view") else None
    if ids is None:
        return None
    parameters = narrow_parameters(ids, published.tables.dialect)
    return Restriction(key="narrow", apply=_among_reached, parameters=parameters)


def _among_reached(columns: Columns) -> tuple[Join, sa.ColumnElement[bool]]:
    return columns.join_to, narrow_condition(columns.root.c.id, columns.dialect)
