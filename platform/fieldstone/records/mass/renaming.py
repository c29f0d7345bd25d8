"""Mass actions that are under way go on when what their filter names is renamed."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from fieldstone.metadata.references.mention import Visitor
from fieldstone.metadata.references.names import DeclaredNames
from fieldstone.records.mass.order import CANCELLED, FAILED, QUEUED, RUNNING
from fieldstone.records.mass.tables import mass
from fieldstone.records.views.renaming import reworded

_MAY_GO_ON = mass.c.state.in_((QUEUED, RUNNING, CANCELLED, FAILED))


def has_masses(conn: sa.Connection) -> bool:
    """Whether there is one with a filter that may still be read."""
    return conn.execute(sa.select(mass.c.id).where(_MAY_GO_ON, mass.c.where != "").limit(1)).first() is not None


def rename_masses(conn: sa.Connection, modules: Mapping[str, str], names: DeclaredNames, visit: Visitor) -> None:
    """As `rename_views` does it."""
    query = sa.select(mass.c.id, mass.c.module, mass.c.where).where(_MAY_GO_ON, mass.c.where != "")
    for row in conn.execute(query).all():
        if row.module not in modules:
            continue
        where = reworded(modules[row.module], {"filter": row.where}, names, visit)["filter"]
        if where != row.where:
            conn.execute(sa.update(mass).where(mass.c.id == row.id).values(where=where))
