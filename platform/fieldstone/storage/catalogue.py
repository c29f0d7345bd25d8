"""The catalogue of identities, as kept in the database: as it is now, and as it was at every revision."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

import sqlalchemy as sa

from fieldstone.metadata.catalogue import Catalogue, CatalogueEntry
from fieldstone.storage.columns import Id, Text
from fieldstone.storage.system import system_metadata


def _entry_columns() -> list[sa.Column[object]]:
    return [
        sa.Column("identity", Text, primary_key=True),
        sa.Column("physical", Text, primary_key=True),  # one identity has several when its type was changed
        sa.Column("kind", Text, nullable=False),
        sa.Column("path", Text, nullable=False),
        sa.Column("removed", sa.Boolean, nullable=False),
    ]


catalogue = sa.Table(
    "fs_catalogue", system_metadata, *_entry_columns(), sa.Column("since", Id, nullable=False, server_default="0")
)
"""`since` is the revision from which on an entry is as it stands here."""

past = sa.Table(
    "fs_catalogue_past",
    system_metadata,
    *_entry_columns(),
    sa.Column("since", Id, nullable=False),
    sa.Column("until", Id, primary_key=True, autoincrement=False),
)
"""How entries stood before: from revision `since` on, up to the one before `until`."""

purged = sa.Table(
    "fs_purged",
    system_metadata,
    sa.Column("identity", Text, primary_key=True),
    sa.Column("physical", Text, primary_key=True),
)
"""Entries whose table, column or link table was removed for good."""

_NAMES = tuple(CatalogueEntry.__dataclass_fields__)


def load_catalogue(conn: sa.Connection, version: int | None = None) -> Catalogue:
    """The catalogue as it is now, or as it was at a revision."""
    now = sa.select(*(catalogue.c[name] for name in _NAMES))
    if version is None:
        rows = list(conn.execute(now))
    else:
        earlier = sa.select(*(past.c[name] for name in _NAMES)).where(past.c.since <= version, past.c.until > version)
        rows = [*conn.execute(now.where(catalogue.c.since <= version)), *conn.execute(earlier)]
    return Catalogue.of(_by_last_place(conn, [CatalogueEntry(**row._mapping) for row in rows], version))


def _by_last_place(
    conn: sa.Connection, entries: Sequence[CatalogueEntry], version: int | None
) -> Sequence[CatalogueEntry]:
    """The places that something had before it was removed, the last one last: there it comes back."""
    places = Counter(entry.identity for entry in entries)
    several = {entry.identity for entry in entries if entry.removed and places[entry.identity] > 1}
    if not several:
        return entries
    query = sa.select(past.c.identity, past.c.physical, sa.func.max(past.c.until)).where(~past.c.removed)
    if version is not None:
        query = query.where(past.c.until <= version)
    rows = conn.execute(query.group_by(past.c.identity, past.c.physical)).all()
    ends = {(identity, physical): until for identity, physical, until in rows}
    return sorted(entries, key=lambda entry: ends.get((entry.identity, entry.physical), 0))


def store_catalogue(conn: sa.Connection, new: Catalogue, version: int) -> None:
    """Keep what is new or has changed as of a revision. An entry is never deleted: identities are not used twice."""
    rows = conn.execute(sa.select(*(catalogue.c[name] for name in _NAMES), catalogue.c.since))
    known = {(row.identity, row.physical): row for row in rows}
    added, changed, before = [], [], []
    for entry in new:
        stored = known.get((entry.identity, entry.physical))
        row = {name: getattr(entry, name) for name in _NAMES} | {"since": version}
        if stored is None:
            added.append(row)
        elif any(getattr(stored, name) != row[name] for name in _NAMES):
            before.append({**stored._mapping, "until": version})
            changed.append({f"new_{name}": value for name, value in row.items()})
    if before:
        conn.execute(sa.insert(past), before)
    if added:
        conn.execute(sa.insert(catalogue), added)
    if changed:
        same = sa.and_(
            catalogue.c.identity == sa.bindparam("new_identity"), catalogue.c.physical == sa.bindparam("new_physical")
        )
        values: dict[str, sa.BindParameter[object]] = {
            name: sa.bindparam(f"new_{name}") for name in ("kind", "path", "removed", "since")
        }
        conn.execute(sa.update(catalogue).where(same).values(**values), changed)
        _forget_purge(conn, [row for row in changed if not row["new_removed"]])


def removed_since(conn: sa.Connection) -> dict[tuple[str, str], int]:
    """(identity, physical) → the revision that removed it, of what was removed and not purged yet."""
    gone = sa.select(purged.c.identity, purged.c.physical)
    rows = conn.execute(
        sa.select(catalogue.c.identity, catalogue.c.physical, catalogue.c.since).where(
            catalogue.c.removed, sa.tuple_(catalogue.c.identity, catalogue.c.physical).not_in(gone)
        )
    )
    return {(row.identity, row.physical): row.since for row in rows}


def last_declared(conn: sa.Connection, kind: str) -> Mapping[str, int]:
    """Identity → the last revision that declared it, of what is not declared now and whose values are still there."""
    declared = sa.select(catalogue.c.identity).where(~catalogue.c.removed)
    rows = conn.execute(
        sa.select(past.c.identity, past.c.physical, past.c.until)
        .where(past.c.kind == kind, ~past.c.removed, past.c.identity.not_in(declared))
        .order_by(past.c.until)
    )
    last = {row.identity: row for row in rows}
    gone = load_purged(conn)
    return {row.identity: row.until - 1 for row in last.values() if (row.identity, row.physical) not in gone}


def last_there(conn: sa.Connection, identity: str, physical: str) -> int | None:
    """The last revision before now in which something lay at a place; None when it never did."""
    ended = sa.select(sa.func.max(past.c.until)).where(
        past.c.identity == identity, past.c.physical == physical, ~past.c.removed
    )
    until = conn.execute(ended).scalar_one()
    return None if until is None else until - 1


def load_purged(conn: sa.Connection) -> set[tuple[str, str]]:
    return {(row.identity, row.physical) for row in conn.execute(sa.select(purged))}


def mark_purged(conn: sa.Connection, entries: Collection[tuple[str, str]]) -> None:
    """Remember that the tables and columns of these entries (identity, physical) are gone for good."""
    known = load_purged(conn)
    rows = [{"identity": identity, "physical": physical} for identity, physical in entries]
    rows = [row for row in rows if (row["identity"], row["physical"]) not in known]
    if rows:
        conn.execute(sa.insert(purged), rows)


def _forget_purge(conn: sa.Connection, revived: Collection[dict[str, object]]) -> None:
    """What is declared again gets its table or column back, empty."""
    gone = load_purged(conn) if revived else set()
    for row in revived:
        if (row["new_identity"], row["new_physical"]) in gone:
            same = sa.and_(
                purged.c.identity == row["new_identity"],
                purged.c.physical == row["new_physical"],
            )
            conn.execute(sa.delete(purged).where(same))
