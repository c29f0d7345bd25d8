"""Fieldstone's own tables (`fs_…`): where they are declared, made and extended."""

from __future__ import annotations

import hashlib
from typing import Any

import sqlalchemy as sa

from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import SiteError
from fieldstone.storage.columns import Text
from fieldstone.storage.database import Database

declare(
    "storage.E005",
    "The database belongs to a newer Fieldstone (schema {found}; this one knows {known}).",
    "Install that version or a newer one. Nothing was changed.",
)
declare("storage.E006", "The database has no Fieldstone site in it.", "Run `fieldstone init` for a new site.")

SCHEMA = 1
"""Raised when the system tables change in a way that an older Fieldstone cannot work with."""

_LOCK_KEY = 4_615_206

SCHEMA_KEY = "schema"
SHAPE_KEY = "shape"

_RETIRED = ("fs_search_record",)
"""Indexes of earlier versions that would be in the way."""

system_metadata = sa.MetaData()
"""Every package declares its `fs_` tables here, in its own `tables.py`."""

PASSING = "passing"
"""In the `info` of a table whose rows mean nothing once the site has stopped: backups leave them out."""

state = sa.Table(
    "fs_state",
    system_metadata,
    sa.Column("key", Text, primary_key=True),
    sa.Column("value", Text, nullable=False),
)
"""Single facts about the site: the version of the model, of the schema, what is in the way."""


def create_system_tables(database: Database) -> None:
    """Make the system tables that are absent, add the columns and indexes that are, and drop retired indexes.

    Quick when nothing is to do. Raises SiteError storage.E005 when a newer Fieldstone wrote the database.
    """
    shape = _shape()
    if find_schema(database) == SCHEMA:
        with database.read() as conn:
            if find_state(conn, SHAPE_KEY) == shape:
                return
    database.transact(lambda conn: _expand(conn, shape))


def expand_system_tables(conn: sa.Connection) -> None:
    """As `create_system_tables`, in the caller's transaction and whatever is noted of the database."""
    _expand(conn, _shape())


def find_schema(database: Database) -> int | None:
    """The schema of the database, None when it has none. Raises SiteError storage.E005 when it is newer."""
    with database.read() as conn:
        if not sa.inspect(conn).has_table(state.name):
            return None
        found = int(find_state(conn, SCHEMA_KEY) or 0)
    if found > SCHEMA:
        raise SiteError("storage.E005", found=found, known=SCHEMA)
    return found


def find_state(conn: sa.Connection, key: str) -> str | None:
    return conn.execute(_FIND, {"name": key}).scalar_one_or_none()


_FIND = sa.select(state.c.value).where(state.c.key == sa.bindparam("name"))
"""Worded once: every request asks it."""


def set_state(conn: sa.Connection, key: str, value: str | None) -> None:
    """Keep a fact; None forgets it."""
    if value is None:
        conn.execute(sa.delete(state).where(state.c.key == key))
    elif conn.execute(sa.update(state).where(state.c.key == key).values(value=value)).rowcount == 0:
        conn.execute(sa.insert(state).values(key=key, value=value))


def _shape() -> str:
    """A digest of every declared column and index: it changes when something is to be made."""
    tables = system_metadata.tables.values()
    parts = [f"{table.name}.{item.name}" for table in tables for item in (*table.columns, *table.indexes)]
    return hashlib.sha256("\n".join(sorted(parts)).encode()).hexdigest()


def _expand(conn: sa.Connection, shape: str) -> None:
    if conn.dialect.name == "postgresql":  # two processes starting at once: the second finds everything made
        conn.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK_KEY)))
    before = sa.inspect(conn)
    present = system_metadata.tables.keys() & before.get_table_names()
    columns = {name: {column["name"] for column in before.get_columns(name)} for name in present}
    indexes = {name: {index["name"] for index in before.get_indexes(name)} for name in present}
    system_metadata.create_all(conn, checkfirst=True)
    for table in system_metadata.sorted_tables:
        if table.name not in present:
            continue
        for column in table.columns:
            if column.name not in columns[table.name]:
                conn.exec_driver_sql(_add_column(conn, column))
        for index in table.indexes:
            if index.name not in indexes[table.name]:
                index.create(conn)
    for name in _RETIRED:
        conn.exec_driver_sql(f"DROP INDEX IF EXISTS {name}")
    set_state(conn, SCHEMA_KEY, str(SCHEMA))
    set_state(conn, SHAPE_KEY, shape)


def _add_column(conn: sa.Connection, column: sa.Column[Any]) -> str:
    """ADD COLUMN with its reference inline, the one form both databases share."""
    declaration = str(sa.schema.CreateColumn(column).compile(dialect=conn.dialect))
    for key in column.foreign_keys:
        declaration += f" REFERENCES {key.column.table.name} ({key.column.name})"
    return f"ALTER TABLE {column.table.name} ADD COLUMN {declaration}"
