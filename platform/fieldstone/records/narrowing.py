"""A list of somebody who reaches few records, restricted to them: the same list, found sooner."""

from __future__ import annotations

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.records.access import has_right
from fieldstone.records.access.narrow import among_owned, is_narrow
from fieldstone.records.columns import Columns
from fieldstone.records.query_plan import Join, Restriction
from fieldstone.storage.published import PublishedModel


def narrow_restriction(conn: sa.Connection, published: PublishedModel, actor: Actor, module: str) -> Restriction | None:
    """To the few records among which are all that the actor reaches; None when there may be many."""
    if has_right(published, actor, module, "view") and is_narrow(conn, published, actor, module):
        return Restriction(key="narrow", apply=_among_owned)
    return None


def _among_owned(columns: Columns) -> tuple[Join, sa.ColumnElement[bool]]:
    return columns.join_to, among_owned(columns.published, columns.actor, columns.module, columns.root)
