"""Purging: tables and columns of what was removed long ago go for good. The one thing no rollback brings back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from fieldstone.changes.counting import Counts
from fieldstone.changes.publish import LOCK_TIMEOUT
from fieldstone.kernel.actors import Actor
from fieldstone.kernel.errors import ConflictError
from fieldstone.metadata.catalogue import CatalogueEntry
from fieldstone.records.erase import erase_module
from fieldstone.storage.catalogue import load_catalogue, mark_purged, removed_since
from fieldstone.storage.database import Database
from fieldstone.storage.locks import publish_lock, require_lock
from fieldstone.storage.physical import Physical, read_physical
from fieldstone.storage.published import PublishedModel
from fieldstone.storage.revisions import describe_winner, find_version, hold_version, revision
from fieldstone.storage.shapes import model_shapes
from fieldstone.storage.steps import open_steps

ATTEMPTS = 150


@dataclass(frozen=True, kw_only=True)
class PurgeItem:
    """One thing to purge. `values` are the values, records or links that go; `removed_in` the revision that removed
    it. `is_former`: it is there still, elsewhere; what goes is what it held before its type changed."""

    kind: str
    path: str
    identity: str
    physical: str
    table: str
    columns: tuple[str, ...]
    statements: tuple[str, ...]
    values: int
    removed_in: int
    is_former: bool = False

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": f"purge_{self.kind}",
            "target": self.path,
            "ddl": list(self.statements),
            "rows": self.values,
            "lost": self.values,
            "lock": "rewrite" if self.columns else "brief",
            "reversible": False,
            "removed_in": self.removed_in,
            "former": self.is_former,
        }


@dataclass(frozen=True, kw_only=True)
class PurgePlan:
    """`version` is the revision in force when it was made."""

    version: int
    items: tuple[PurgeItem, ...]

    def to_json(self) -> dict[str, Any]:
        return {"version": self.version, "destructive": bool(self.items), "changes": [i.to_json() for i in self.items]}


def plan_purge(conn: sa.Connection, published: PublishedModel, before: datetime) -> PurgePlan:
    """What was removed by revisions older than `before`, and is still there. Values that a job is still bringing to
    another type are not among it."""
    version = find_version(conn)
    old = set(conn.scalars(sa.select(revision.c.id).where(revision.c.at < before)))
    removed = {key: since for key, since in removed_since(conn).items() if since in old}
    finder = _Finder(conn, published)
    needed = {step.field for step in open_steps(conn)}
    entries = [
        entry
        for entry in load_catalogue(conn)
        if (entry.identity, entry.physical) in removed and entry.removed and entry.identity not in needed
    ]
    tables = [entry.physical for entry in entries if finder.is_table(entry)]
    statements = finder.drop_tables(tables)
    # In the order of the statements; what lies in a table goes with it.
    order = {table: place for place, table in enumerate(statements)}
    entries.sort(key=lambda entry: order.get(entry.physical, len(order)) if finder.is_table(entry) else len(order))
    items = [finder.item(entry, removed[entry.identity, entry.physical], statements) for entry in entries]
    return PurgePlan(version=version, items=tuple(items))


def purge(database: Database, published: PublishedModel, plan: PurgePlan, actor: Actor) -> None:
    """Carry a plan out, in one transaction.

    Raises ConflictError publish.E001 (somebody publishes now), publish.E002 (something was published since).
    """
    if not plan.items:
        return
    with publish_lock(database, actor.name or actor.kind) as token:
        database.transact(lambda conn: _purge(conn, published, plan, token), attempts=ATTEMPTS)


def _purge(conn: sa.Connection, published: PublishedModel, plan: PurgePlan, token: str) -> None:
    if conn.dialect.name == "postgresql":
        conn.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
    if (current := hold_version(conn, exclusive=True)) != plan.version:
        raise ConflictError("publish.E002", **describe_winner(conn, current))
    require_lock(conn, token)
    for item in plan.items:
        for statement in item.statements:
            conn.exec_driver_sql(statement)
        if item.kind == "module":
            erase_module(conn, published, item.identity)
    mark_purged(conn, [(item.identity, item.physical) for item in plan.items])


class _Finder:
    """Finds what an entry of the catalogue has in the database."""

    def __init__(self, conn: sa.Connection, published: PublishedModel) -> None:
        self._conn = conn
        self._counts = Counts(conn)
        self._physical: Physical = read_physical(conn)
        self._catalogue = list(load_catalogue(conn))
        self._shapes = model_shapes(published.model)
        self._sqlite = conn.dialect.name == "sqlite"

    def item(self, entry: CatalogueEntry, since: int, drops: Mapping[str, tuple[str, ...]]) -> PurgeItem:
        table, values = "", 0
        columns: tuple[str, ...] = ()
        statements: tuple[str, ...] = ()
        if self.is_table(entry):
            table = entry.physical
            statements, values = drops[table], self._counts.rows(table)
        elif entry.kind == "field":
            table = self._table_of(entry)
            table = "" if table in drops else table
            columns = tuple(self._columns(table, entry)) if table else ()
            statements = tuple(self._drop_columns(table, columns))
            if columns:
                filled = sa.or_(*(sa.column(column).is_not(None) for column in columns))
                values = self._counts.of(table, filled)
        return PurgeItem(
            kind=entry.kind,
            path=entry.path,
            identity=entry.identity,
            physical=entry.physical,
            table=table,
            columns=columns,
            statements=statements,
            values=values,
            removed_in=since,
            is_former=any(item.identity == entry.identity and not item.removed for item in self._catalogue),
        )

    def is_table(self, entry: CatalogueEntry) -> bool:
        """Whether a table goes with the entry. One that a module of now uses is nobody's to purge."""
        there = entry.physical in self._physical.columns and entry.physical not in self._shapes
        return there and entry.kind in ("module", "relation")

    def _table_of(self, entry: CatalogueEntry) -> str:
        owner = entry.path.rpartition(".")[0]
        kind = "relation" if "." in owner else "module"
        found = [item for item in self._catalogue if item.kind == kind and item.path == owner]
        tables = [item.physical for item in found if item.physical in self._physical.columns]
        return tables[0] if tables else ""

    def _columns(self, table: str, entry: CatalogueEntry) -> Iterator[str]:
        """The columns of a field that is gone: its name with any suffix, but for those that other fields have."""
        shape = self._shapes.get(table)
        used = {column.name for column in shape.columns} if shape else set()
        owner = entry.path.rpartition(".")[0]
        others = [
            item.physical
            for item in self._catalogue
            if item.kind == "field" and item.path.rpartition(".")[0] == owner and item.physical != entry.physical
        ]
        for column in self._physical.columns[table]:
            if column in used or (column != entry.physical and not column.startswith(entry.physical + "_")):
                continue
            longer = [name for name in others if len(name) > len(entry.physical)]
            if not any(column == name or column.startswith(name + "_") for name in longer):
                yield column

    def drop_tables(self, tables: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Table → the statements that remove it, in an order that works: those that refer to others first."""
        if not self._sqlite:
            return {table: (f'DROP TABLE "{table}" CASCADE',) for table in tables}
        found: dict[str, tuple[str, ...]] = {}
        waiting = list(tables)
        gone: set[str] = set()
        while waiting:
            free = next((table for table in waiting if not self._referrers(table, gone)), None)
            if free is not None:
                found[free] = (f'DROP TABLE "{free}"',)
                gone.add(free)
                waiting.remove(free)
                continue
            # SQLite refuses every insert into a table that refers to one which is not there: it stays, empty.
            kept = waiting.pop(0)
            clear = [
                f'UPDATE "{table}" SET "{column}" = NULL WHERE "{column}" IS NOT NULL'
                for table, column in self._referrers(kept, gone)
            ]
            found[kept] = (*clear, f'DELETE FROM "{kept}"')
        return found

    def _referrers(self, table: str, gone: set[str]) -> list[tuple[str, str]]:
        query = (
            'SELECT t.name, f."from" FROM sqlite_schema t, pragma_foreign_key_list(t.name) f '
            "WHERE t.type = 'table' AND f.\"table\" = ? AND t.name <> ?"
        )
        rows = self._conn.exec_driver_sql(query, (table, table)).all()
        return [(name, column) for name, column in rows if name not in gone]

    def _drop_columns(self, table: str, columns: Sequence[str]) -> Iterator[str]:
        if self._sqlite:
            yield from (f'ALTER TABLE "{table}" DROP COLUMN "{column}"' for column in columns)
        elif columns:
            yield f'ALTER TABLE "{table}" ' + ", ".join(f'DROP COLUMN "{column}"' for column in columns)
