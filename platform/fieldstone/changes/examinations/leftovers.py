"""What the catalogue knows beside the model, and what it does not know at all."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping

import sqlalchemy as sa

from fieldstone.kernel.codes import declare
from fieldstone.kernel.diagnostics import Diagnostics
from fieldstone.metadata.catalogue import Catalogue, CatalogueEntry
from fieldstone.metadata.model import AppModel
from fieldstone.storage.catalogue import load_purged, past
from fieldstone.storage.physical import Physical
from fieldstone.storage.shapes import LINK_COLUMNS, SYSTEM_COLUMNS, model_shapes

HIDDEN_GONE = declare(
    "doctor.E009",
    "{what} was removed but not purged, and yet its {place} is gone: no rollback can bring its values back.",
    "Restore a backup, or say that it was meant: {repair}",
)
STRAY_TABLE = declare(
    "doctor.W001", "The catalogue knows nothing of the table {table}.", "Remove it, if nobody needs it: {repair}"
)
STRAY_COLUMN = declare(
    "doctor.W002",
    "The catalogue knows nothing of the column {column} of {table}.",
    "Remove it, if nobody needs it: {repair}",
)

_BASE_COLUMNS = frozenset({"id", "left_id", "right_id", *(column.name for column in (*SYSTEM_COLUMNS, *LINK_COLUMNS))})


def examine_hidden(conn: sa.Connection, catalogue: Catalogue, physical: Physical, findings: Diagnostics) -> None:
    """What was removed is still there until it is purged."""
    gone = load_purged(conn)
    tables = _tables_by_owner(catalogue)
    for entry in catalogue:
        if not entry.removed or (entry.identity, entry.physical) in gone:
            continue
        if entry.kind in ("module", "relation"):
            present, place = entry.physical in physical.columns, f"table {entry.physical}"
        elif entry.kind == "field":
            found = [table for table in tables.get(_owner(entry), ()) if table in physical.columns]
            # When the table is gone too, that is the finding.
            present = not found or any(
                _is_of(column, entry.physical) and not column.startswith(f"{entry.physical}__")
                for table in found
                for column in physical.columns[table]
            )
            place = f"column {entry.physical}"
        else:
            continue
        if not present:
            values = f"'{entry.identity}', '{entry.physical}'"
            repair = f"INSERT INTO fs_purged (identity, physical) VALUES ({values})"
            findings.add(HIDDEN_GONE, what=entry.path, place=place, repair=repair)


def examine_unknown(
    conn: sa.Connection, catalogue: Catalogue, model: AppModel, physical: Physical, findings: Diagnostics
) -> None:
    """Every table and column belongs to some entry, be it removed."""
    hidden_once = set(conn.scalars(sa.select(past.c.identity).where(past.c.removed)))
    owners: dict[str, list[str]] = {}
    for path, tables in _tables_by_owner(catalogue).items():
        for table in tables:
            owners.setdefault(table, []).append(path)
    fields: dict[str, list[CatalogueEntry]] = {}
    for entry in catalogue:
        if entry.kind == "field":
            fields.setdefault(_owner(entry), []).append(entry)
    shapes = model_shapes(model)
    for table, columns in physical.columns.items():
        if table.startswith(("fs_", "sqlite_")):
            continue
        if table not in owners:
            findings.add(STRAY_TABLE, table=table, repair=f'DROP TABLE "{table}"')
            continue
        known = {column.name for column in shapes[table].columns} if table in shapes else set()
        entries = [entry for path in owners[table] for entry in fields.get(path, ())]
        for column in columns:
            if column not in known and not _is_known(column, entries, hidden_once):
                repair = f'ALTER TABLE "{table}" DROP COLUMN "{column}"'
                findings.add(STRAY_COLUMN, table=table, column=column, repair=repair)


def _is_known(column: str, entries: Iterable[CatalogueEntry], hidden_once: Container[str]) -> bool:
    if column in _BASE_COLUMNS:
        return True
    for entry in entries:
        # A field in force has the columns of its shape, and folded forms from when it had an index. One that was
        # away may have come back with others.
        loose = entry.removed or entry.identity in hidden_once
        if _is_of(column, entry.physical) if loose else column.startswith(f"{entry.physical}__"):
            return True
    return False


def _is_of(column: str, physical: str) -> bool:
    return column == physical or column.startswith(f"{physical}_")


def _owner(entry: CatalogueEntry) -> str:
    return entry.path.rpartition(".")[0]


def _tables_by_owner(catalogue: Catalogue) -> Mapping[str, list[str]]:
    """Path of a module or relation → its tables, those of what had this name before too."""
    found: dict[str, list[str]] = {}
    for entry in catalogue:
        if entry.kind in ("module", "relation"):
            found.setdefault(entry.path, []).append(entry.physical)
    return found
