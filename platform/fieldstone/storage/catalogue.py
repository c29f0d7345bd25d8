"""The catalogue of identities, as kept in the database."""

from __future__ import annotations

import sqlalchemy as sa

from fieldstone.metadata.catalogue import Catalogue, CatalogueEntry
from fieldstone.storage.columns import Text
from fieldstone.storage.system import system_metadata

catalogue = sa.Table(
    "fs_catalogue",
    system_metadata,
    sa.Column("identity", Text, primary_key=True),
    sa.Column("physical", Text, primary_key=True),  # one identity has several when its type was changed
    sa.Column("kind", Text, nullable=False),
    sa.Column("path", Text, nullable=False),
    sa.Column("removed", sa.Boolean, nullable=False),
)


def load_catalogue(conn: sa.Connection) -> Catalogue:
    return Catalogue.of(CatalogueEntry(**row._mapping) for row in conn.execute(sa.select(catalogue)))


def store_catalogue(conn: sa.Connection, new: Catalogue) -> None:
    """Keep what is new or has changed. An entry is never deleted: identities are not used twice."""
    known = {(entry.identity, entry.physical): entry for entry in load_catalogue(conn)}
    added, changed = [], []
    for entry in new:
        stored = known.get((entry.identity, entry.physical))
        row = {column.name: getattr(entry, column.name) for column in catalogue.columns}
        if stored is None:
            added.append(row)
        elif stored != entry:
            changed.append({f"new_{name}": value for name, value in row.items()})
    if added:
        conn.execute(sa.insert(catalogue), added)
    if changed:
        same = sa.and_(
            catalogue.c.identity == sa.bindparam("new_identity"), catalogue.c.physical == sa.bindparam("new_physical")
        )
        values: dict[str, sa.BindParameter[object]] = {
            name: sa.bindparam(f"new_{name}") for name in ("kind", "path", "removed")
        }
        conn.execute(sa.update(catalogue).where(same).values(**values), changed)
