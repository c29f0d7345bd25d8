"""The columns of a record's own fields as expressions use them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from fieldstone.expressions.sql import SqlColumn
from fieldstone.records.field_columns import field_columns
from fieldstone.records.live import find_live
from fieldstone.records.paths import FieldPath, find_path
from fieldstone.storage.published import PublishedModel


def physical_columns(published: PublishedModel, path: FieldPath, table: sa.FromClause) -> dict[str, Any]:
    """Suffix → column of the field at the end of a path, in the table (or alias) of its module."""
    own = field_columns(published, path.module, path.field)
    return {suffix: table.c[column.name] for suffix, column in own.items()}


def stored_column(published: PublishedModel, path: FieldPath, table: sa.FromClause) -> SqlColumn | None:
    """The column of a stored field; None for one that can only be read."""
    if path.type.name == "secret":
        return None
    physical = physical_columns(published, path, table)
    if path.part:
        return SqlColumn(type=path.value_type, column=physical[f"_{path.part}"])
    if "" in physical:
        return SqlColumn(type=path.value_type, column=physical[""], key=physical.get("__key"))
    specs = path.specs
    ids = [column for suffix, column in physical.items() if specs[suffix].kind == "reference"]
    if not ids:
        return None
    return SqlColumn(type=path.value_type, column=ids[0] if len(ids) == 1 else sa.func.coalesce(*ids))


@dataclass(frozen=True, slots=True)
class OwnColumns:
    """A `ColumnSource` that knows the stored fields of one module and nobody who asks."""

    published: PublishedModel
    module: str
    table: sa.FromClause

    def find_column(self, path: tuple[str, ...]) -> SqlColumn | None:
        found = find_path(self.published, self.module, path)
        if found is None or found.hops or find_live(self.published, self.module, found.field.name) is not None:
            return None
        return stored_column(self.published, found, self.table)

    def find_value(self, path: tuple[str, ...]) -> Any | None:
        return None
