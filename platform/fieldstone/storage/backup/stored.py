"""What a backup holds of each table: columns in words that both databases share.

Fieldstone's own tables are as they are declared. Those of modules and relations are as the database has them, so that
what was removed from the model and not purged yet comes along.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from fieldstone.fields.base import ColumnSpec
from fieldstone.storage.allocate import counter
from fieldstone.storage.catalogue import load_catalogue
from fieldstone.storage.columns import Id, Text, UtcDateTime, column_type
from fieldstone.storage.physical import type_key
from fieldstone.storage.shapes import ColumnShape, TableShape
from fieldstone.storage.system import PASSING, system_metadata

KIND = re.compile(r"text|integer|boolean|date|datetime|time|json|decimal:(?:[0-9]|[12][0-9]|30)")
_PLAIN = ("text", "integer", "boolean", "date", "datetime", "time")
_DECIMAL = {"sqlite": re.compile(r"bigint\(([0-9]+)\)"), "postgresql": re.compile(r"numeric\(30,([0-9]+)\)")}
_SYSTEM: tuple[tuple[type[sa.types.TypeEngine[Any]], str], ...] = (
    (Text, "text"), (Id, "integer"), (sa.Integer, "integer"), (sa.Boolean, "boolean"), (UtcDateTime, "datetime"),
    (sa.JSON, "json"),
)  # fmt: skip

_SQLITE_COLUMNS = """
SELECT t.name, c.name, c.type, c."notnull" FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table'
"""
_SQLITE_REFERENCES = """
SELECT t.name, f."from", f."table" FROM sqlite_schema t, pragma_foreign_key_list(t.name) f WHERE t.type = 'table'
"""
_POSTGRESQL_COLUMNS = """
SELECT t.relname, c.attname, format_type(c.atttypid, c.atttypmod), c.attnotnull
FROM pg_class t JOIN pg_attribute c ON c.attrelid = t.oid
WHERE t.relnamespace = current_schema()::regnamespace AND t.relkind IN ('r', 'p')
    AND c.attnum > 0 AND NOT c.attisdropped
"""
_POSTGRESQL_REFERENCES = """
SELECT t.relname, a.attname, f.relname
FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_class f ON f.oid = c.confrelid
JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = c.conkey[1]
WHERE c.contype = 'f' AND t.relnamespace = current_schema()::regnamespace
"""


@dataclass(frozen=True, kw_only=True)
class StoredColumn:
    """`kind` is one that `KIND` matches; `references` the table whose id it holds, "" for none."""

    name: str
    kind: str
    references: str = ""
    required: bool = False


@dataclass(frozen=True, kw_only=True)
class StoredTable:
    """A table, whose rows stand in the backup in the order of `key`."""

    name: str
    columns: tuple[StoredColumn, ...]
    key: tuple[str, ...] = ("id",)

    @property
    def is_system(self) -> bool:
        return self.name.startswith("fs_")

    def twin(self) -> sa.Table:
        """The table as it is read and written here: values as they are stored, and no rules."""
        columns = [sa.Column(each.name, _twin_type(each.kind)) for each in self.columns]
        return sa.Table(self.name, sa.MetaData(), *columns)

    def shape(self) -> TableShape:
        """What it takes to make the table of a module or relation anew, without its indexes."""
        columns = tuple(
            ColumnShape(name=each.name, spec=_spec(each.kind), references=each.references, required=each.required)
            for each in self.columns
            if each.name != "id"
        )
        return TableShape(name=self.name, columns=columns, indexes=())


def system_tables() -> dict[str, StoredTable]:
    """Fieldstone's own tables, those before that others refer to. Counters are kept apart (`series`)."""
    return {
        table.name: StoredTable(
            name=table.name,
            columns=tuple(StoredColumn(name=column.name, kind=_system_kind(column)) for column in table.columns),
            key=tuple(column.name for column in table.primary_key.columns),
        )
        for table in system_metadata.sorted_tables
        if not table.info.get(PASSING) and table is not counter
    }


def find_tables(conn: sa.Connection) -> tuple[list[StoredTable], list[str]]:
    """(every table that a backup holds, the columns that were made by hand and hold what Fieldstone does not know)."""
    columns, left_out = _columns(conn)
    owned = sorted({entry.physical for entry in load_catalogue(conn) if entry.kind in ("module", "relation")})
    found = list(system_tables().values())
    found += [StoredTable(name=name, columns=tuple(columns[name])) for name in owned if name in columns]
    names = {table.name for table in found}
    return found, sorted(f"{table}.{column}" for table, column in left_out if table in names)


def _columns(conn: sa.Connection) -> tuple[dict[str, list[StoredColumn]], list[tuple[str, str]]]:
    sqlite = conn.dialect.name == "sqlite"
    rows = conn.exec_driver_sql(_SQLITE_REFERENCES if sqlite else _POSTGRESQL_REFERENCES)
    references = {(table, column): target for table, column, target in rows}
    kinds = {type_key(column_type(_spec(kind)).compile(dialect=conn.dialect)): kind for kind in reversed(_PLAIN)}
    found: dict[str, list[StoredColumn]] = defaultdict(list)
    left_out = []
    for table, name, declared, required in conn.exec_driver_sql(_SQLITE_COLUMNS if sqlite else _POSTGRESQL_COLUMNS):
        if table.startswith(("fs_", "sqlite_")):
            continue
        key = type_key(declared)
        decimal = _DECIMAL[conn.dialect.name].fullmatch(key)
        kind = f"decimal:{decimal[1]}" if decimal else kinds.get(key, "")
        if not kind:
            left_out.append((table, name))
            continue
        target = references.get((table, name), "")
        found[table].append(StoredColumn(name=name, kind=kind, references=target, required=bool(required)))
    return {table: sorted(each, key=_id_first) for table, each in found.items()}, left_out


def _id_first(column: StoredColumn) -> tuple[bool, str]:
    return column.name != "id", column.name


def _system_kind(column: sa.Column[Any]) -> str:
    for each, kind in _SYSTEM:
        if isinstance(column.type, each):
            return kind
    raise TypeError(f"backups do not know the type of {column.table.name}.{column.name}")


def _spec(kind: str) -> ColumnSpec:
    name, _, scale = kind.partition(":")
    return ColumnSpec(kind=name, scale=int(scale)) if scale else ColumnSpec(kind=name)


def _twin_type(kind: str) -> sa.types.TypeEngine[Any]:
    return sa.JSON(none_as_null=True) if kind == "json" else column_type(_spec(kind))


def columns_of(table: StoredTable) -> Iterator[tuple[str, str]]:
    """(name, kind) of each."""
    return ((each.name, each.kind) for each in table.columns)
