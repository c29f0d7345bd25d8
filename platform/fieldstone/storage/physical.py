"""What the database really has: tables, columns, indexes. Read whole in a few queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa


@dataclass(frozen=True, kw_only=True)
class Physical:
    """`columns`: table → column → its type, as `type_key` writes it. `indexes`: name → its table."""

    columns: Mapping[str, Mapping[str, str]]
    indexes: Mapping[str, str]


_SQLITE_COLUMNS = """
SELECT t.name, c.name, c.type FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table'
"""
_SQLITE_INDEXES = "SELECT name, tbl_name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL"

_POSTGRESQL_COLUMNS = """
SELECT t.relname, c.attname, format_type(c.atttypid, c.atttypmod)
FROM pg_class t JOIN pg_attribute c ON c.attrelid = t.oid
WHERE t.relnamespace = current_schema()::regnamespace AND t.relkind IN ('r', 'p')
    AND c.attnum > 0 AND NOT c.attisdropped
"""
_POSTGRESQL_INDEXES = "SELECT indexname, tablename FROM pg_indexes WHERE schemaname = current_schema()"


def read_physical(conn: sa.Connection) -> Physical:
    sqlite = conn.dialect.name == "sqlite"
    columns: dict[str, dict[str, str]] = defaultdict(dict)
    for table, column, kind in conn.exec_driver_sql(_SQLITE_COLUMNS if sqlite else _POSTGRESQL_COLUMNS):
        columns[table][column] = type_key(kind)
    indexes = {row[0]: row[1] for row in conn.exec_driver_sql(_SQLITE_INDEXES if sqlite else _POSTGRESQL_INDEXES)}
    return Physical(columns=columns, indexes=indexes)


def type_key(declaration: str) -> str:
    """A type as it is declared and as the database tells it, in one spelling."""
    return declaration.lower().replace(' collate "c"', "").replace(" ", "")
