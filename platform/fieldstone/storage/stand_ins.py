"""What stands in, on a scratch connection, for tables that the database has not in the form that a model knows:
temporary views and tables under their own names, which both databases find first. So every statement that reads
serves another model unchanged.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from fieldstone.storage.database import Database
from fieldstone.storage.physical import Physical


class StandIns:
    """Makes them on a scratch connection. `physical` is what the database has."""

    def __init__(self, conn: sa.Connection, physical: Physical) -> None:
        self._conn = conn
        self._physical = physical
        self._quote = conn.dialect.identifier_preparer.quote
        self._sqlite = conn.dialect.name == "sqlite"
        self._schema = "main" if self._sqlite else str(conn.exec_driver_sql("SELECT current_schema()").scalar_one())

    def add(self, table: sa.Table) -> None:
        """The rows there are, with nothing in the columns that are not there; no row of a table that is not."""
        if table.name not in self._physical.columns:
            self._add_empty(table)
            return
        self._run(
            f"CREATE TEMPORARY VIEW {self._quote(table.name)} ({self._names(table)}) AS "
            f"SELECT {self._columns(table)} FROM {self._here(table)} o"
        )

    def _add_empty(self, table: sa.Table) -> None:
        nothing = ", ".join(self._nothing(column) for column in table.columns)
        self._run(f"CREATE TEMPORARY TABLE {self._quote(table.name)} AS SELECT {nothing} WHERE 1 = 0")

    def _names(self, table: sa.Table) -> str:
        return ", ".join(self._quote(column.name) for column in table.columns)

    def _columns(self, table: sa.Table) -> str:
        """A column that is not there is empty."""
        present = self._physical.columns.get(table.name, {})
        return ", ".join(
            self._quote(column.name) if column.name in present else self._nothing(column) for column in table.columns
        )

    def _nothing(self, column: sa.Column[object]) -> str:
        kind, collate, collation = column.type.compile(self._conn.dialect).partition(" COLLATE ")
        return f"CAST(NULL AS {kind}){collate}{collation} AS {self._quote(column.name)}"

    def _here(self, table: sa.Table) -> str:
        return self._name(self._schema, table.name)

    def _name(self, schema: str, name: str) -> str:
        return f"{self._quote(schema)}.{self._quote(name)}"

    def _run(self, statement: str) -> None:
        self._conn.exec_driver_sql(statement)


def is_missing(table: sa.Table, physical: Physical) -> bool:
    """Whether a table or columns of it are not there."""
    present = physical.columns.get(table.name, {})
    return any(column.name not in present for column in table.columns)


@contextmanager
def stand_ins_for(database: Database, physical: Physical, tables: Iterable[sa.Table]) -> Iterator[sa.Connection]:
    """A snapshot with stand-ins for these tables."""
    with database.scratch() as conn:
        stand_ins = StandIns(conn, physical)
        for table in tables:
            stand_ins.add(table)
        yield conn
