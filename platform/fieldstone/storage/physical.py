"""What the database really has: tables, columns, indexes. Read whole in a few queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa


@dataclass(frozen=True, kw_only=True)
class Physical:
    """`columns`: table → column → its type, as `type_key` writes it. `indexes`: name → its table; `broken` are
    those a build left unfinished. `references`: (table, column) → the constraint that guards it (PostgreSQL only:
    SQLite's cannot be taken away, so they are not told apart)."""

    columns: Mapping[str, Mapping[str, str]]
    indexes: Mapping[str, str]
    broken: frozenset[str] = frozenset()
    references: Mapping[tuple[str, str], str] = field(default_factory=dict)


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
_POSTGRESQL_INDEXES = """
SELECT i.relname, t.relname, x.indisvalid
FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
WHERE i.relnamespace = current_schema()::regnamespace
"""
_POSTGRESQL_REFERENCES = r"""
SELECT t.relname, a.attname, c.conname
FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = c.conkey[1]
WHERE c.contype = 'f' AND t.relnamespace = current_schema()::regnamespace AND t.relname NOT LIKE 'fs\_%'
"""


def read_physical(conn: sa.Connection) -> Physical:
    sqlite = conn.dialect.name == "sqlite"
    columns: dict[str, dict[str, str]] = defaultdict(dict)
    for table, column, kind in conn.exec_driver_sql(_SQLITE_COLUMNS if sqlite else _POSTGRESQL_COLUMNS):
        columns[table][column] = type_key(kind)
    if sqlite:
        return Physical(columns=columns, indexes={row[0]: row[1] for row in conn.exec_driver_sql(_SQLITE_INDEXES)})
    indexes = conn.exec_driver_sql(_POSTGRESQL_INDEXES).all()
    return Physical(
        columns=columns,
        indexes={name: table for name, table, _ in indexes},
        broken=frozenset(name for name, _, valid in indexes if not valid),
        references={(row[0], row[1]): row[2] for row in conn.execute(sa.text(_POSTGRESQL_REFERENCES))},
    )


def type_key(declaration: str) -> str:
    """A type as it is declared and as the database tells it, in one spelling."""
    return declaration.lower().replace(' collate "c"', "").replace(" ", "")
