"""DDL operations: detected from shapes, written as one statement each.

Only what is quick and loses nothing: CREATE TABLE, ADD COLUMN, CREATE and DROP INDEX, and on PostgreSQL ADD and
DROP CONSTRAINT of references. SQLite's tables are never rebuilt: with foreign keys on, a rebuild silently deletes or
clears the rows that refer to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from fieldstone.storage.allocate import id_key, sequence_name
from fieldstone.storage.columns import Id, column_type
from fieldstone.storage.names import fit_name
from fieldstone.storage.physical import Physical, read_physical, type_key
from fieldstone.storage.shapes import ColumnShape, IndexShape, TableShape


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One statement. `lock` is the strongest lock on a table people may be using: "none" for tables that
    are new, "brief" for a change of the catalogue only, "rewrite" when every row is read or written under it.
    `columns` are those it is about, () for the whole table. `index` names the index it makes, "" for none:
    columns that are filled on the way come before it."""

    table: str
    statement: str
    lock: str
    columns: tuple[str, ...] = ()
    index: str = ""
    unique: bool = False


def plan_operations(shapes: Mapping[str, TableShape], physical: Physical, dialect: sa.Dialect) -> list[Operation]:
    """What makes the database hold the shapes, in an order that works. Nothing is ever taken away but indexes,
    and the references of columns and tables that are hidden."""
    writer = _Writer(dialect, physical)
    new = [shape for name, shape in shapes.items() if name not in physical.columns]
    grown = [shape for name, shape in shapes.items() if name in physical.columns]
    operations = [item for shape in new for item in writer.create_table(shape)]
    operations += [item for shape in new for item in writer.references_of_new(shape)]
    operations += writer.drop_references(shapes)
    operations += [item for shape in grown for item in writer.add_columns(shape)]
    operations += [item for shape in grown for item in writer.renew_references(shape)]
    wanted = {index.name: index for shape in shapes.values() for index in shape.indexes}
    obsolete = [name for name, table in physical.indexes.items() if table in shapes and name not in wanted]
    operations += [writer.drop_index(name, physical.indexes[name]) for name in obsolete if name[:3] in ("ix_", "ux_")]
    operations += [writer.drop_index(name, physical.indexes[name]) for name in wanted if name in physical.broken]
    operations += [
        writer.create_index(index)
        for name, index in wanted.items()
        if name not in physical.indexes or name in physical.broken
    ]
    return operations


def execute_operations(conn: sa.Connection, operations: Iterable[Operation]) -> None:
    """Inside the caller's transaction: all of them or none."""
    for operation in operations:
        conn.exec_driver_sql(operation.statement)


def create_tables(conn: sa.Connection, shapes: Mapping[str, TableShape]) -> None:
    """Plan and execute at once."""
    execute_operations(conn, plan_operations(shapes, read_physical(conn), conn.dialect))


def find_mismatches(shapes: Mapping[str, TableShape], physical: Physical, dialect: sa.Dialect) -> set[tuple[str, str]]:
    """(table, column) of columns that exist with another type: left behind by a field that was removed or had
    another type. They cannot be used again."""
    return {
        (shape.name, column.name)
        for shape in shapes.values()
        for column in shape.columns
        if physical.columns.get(shape.name, {}).get(column.name, _key(column, dialect)) != _key(column, dialect)
    }


def _key(column: ColumnShape, dialect: sa.Dialect) -> str:
    return type_key(column_type(column.spec).compile(dialect=dialect))


class _Writer:
    """Words operations for one dialect."""

    def __init__(self, dialect: sa.Dialect, physical: Physical) -> None:
        self._dialect = dialect
        self._physical = physical
        self._sqlite = dialect.name == "sqlite"

    def create_table(self, shape: TableShape) -> Iterator[Operation]:
        declarations = [f'"id" {self._type(Id())} PRIMARY KEY' + (" NOT NULL" if self._sqlite else "")]
        declarations += [self._declare(column, refer=self._refers_at_once(column)) for column in shape.columns]
        yield self._new(shape, f'CREATE TABLE "{shape.name}" ({", ".join(declarations)})')
        if not self._sqlite:
            yield self._new(shape, f"CREATE SEQUENCE IF NOT EXISTS {sequence_name(id_key(shape.name))}")

    def _refers_at_once(self, column: ColumnShape) -> bool:
        """SQLite may refer to tables that do not exist yet."""
        return self._sqlite or column.references in self._physical.columns

    def references_of_new(self, shape: TableShape) -> Iterator[Operation]:
        later = [column for column in shape.columns if column.references and not self._refers_at_once(column)]
        if later:
            parts = ", ".join(f"ADD {self._constraint(shape, column)}" for column in later)
            yield self._new(shape, f'ALTER TABLE "{shape.name}" {parts}')

    def add_columns(self, shape: TableShape) -> Iterator[Operation]:
        absent = [column for column in shape.columns if column.name not in self._physical.columns[shape.name]]
        if not absent:
            return
        if self._sqlite:
            for column in absent:
                statement = f'ALTER TABLE "{shape.name}" ADD COLUMN {self._declare(column, refer=True)}'
                yield self._brief(shape.name, statement, column.name)
            return
        parts = [f"ADD COLUMN {self._declare(column, refer=False)}" for column in absent]
        # The new column is empty, so there is nothing to validate: NOT VALID spares reading the table and
        # still guards every later write.
        parts += [f"ADD {self._constraint(shape, column)} NOT VALID" for column in absent if column.references]
        names = [column.name for column in absent]
        yield self._brief(shape.name, f'ALTER TABLE "{shape.name}" {", ".join(parts)}', *names)

    def drop_references(self, shapes: Mapping[str, TableShape]) -> Iterator[Operation]:
        """Hidden columns and tables hold nobody's records back: their constraints go."""
        wanted = {
            (shape.name, column.name) for shape in shapes.values() for column in shape.columns if column.references
        }
        for (table, column), name in self._physical.references.items():
            if (table, column) not in wanted:
                yield self._brief(table, f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"', column)

    def renew_references(self, shape: TableShape) -> Iterator[Operation]:
        """A column that is shown again is guarded again. While it was hidden, records it named may have gone for
        good: such values are cleared first, since they name nothing."""
        if self._sqlite:
            return
        present = self._physical.columns[shape.name]
        for column in shape.columns:
            guarded = (shape.name, column.name) in self._physical.references
            if column.references and column.name in present and not guarded:
                refers, target = f'"{column.name}"', f'"{column.references}"'
                clear = (
                    f'UPDATE "{shape.name}" SET {refers} = NULL WHERE {refers} IS NOT NULL '
                    f'AND NOT EXISTS (SELECT 1 FROM {target} WHERE {target}."id" = "{shape.name}".{refers})'
                )
                yield Operation(table=shape.name, statement=clear, lock="rewrite", columns=(column.name,))
                added = f'ALTER TABLE "{shape.name}" ADD {self._constraint(shape, column)} NOT VALID'
                yield self._brief(shape.name, added, column.name)

    def create_index(self, index: IndexShape) -> Operation:
        columns = [f'"{column}"' for column in index.columns]
        if index.sorts and not self._sqlite:
            columns = [f"{column} NULLS FIRST" for column in columns] + ['"id"']
        covers = [f'"{column}"' for column in index.covers]
        if covers and self._sqlite:
            columns += ['"id"', *covers] if index.sorts else covers
        include = f" INCLUDE ({', '.join(covers)})" if covers and not self._sqlite else ""
        unique = "UNIQUE " if index.unique else ""
        where = f" WHERE {index.where}" if index.where and not self._holds_empties(index) else ""
        statement = f'CREATE {unique}INDEX "{index.name}" ON "{index.table}" ({", ".join(columns)}){include}{where}'
        lock = "rewrite" if index.table in self._physical.columns else "none"
        return Operation(
            table=index.table,
            statement=statement,
            lock=lock,
            columns=index.columns,
            index=index.name,
            unique=index.unique,
        )

    def _holds_empties(self, index: IndexShape) -> bool:
        """Empties come first in ascending lists, so an index that sorts should find them too. Not so when a
        column is added to a table that PostgreSQL locks while it builds the index: there are only empties."""
        return index.sorts and (self._sqlite or index.table not in self._physical.columns)

    def drop_index(self, name: str, table: str) -> Operation:
        return self._brief(table, f'DROP INDEX "{name}"')

    def _declare(self, column: ColumnShape, *, refer: bool) -> str:
        # Only system columns of new tables are ever NOT NULL: what users declare is required by `records`.
        declaration = f'"{column.name}" {self._type(column_type(column.spec))}{" NOT NULL" if column.required else ""}'
        return f'{declaration} REFERENCES "{column.references}" ("id")' if refer and column.references else declaration

    def _constraint(self, shape: TableShape, column: ColumnShape) -> str:
        name = fit_name("fk", shape.name, column.name)
        return f'CONSTRAINT "{name}" FOREIGN KEY ("{column.name}") REFERENCES "{column.references}" ("id")'

    def _type(self, kind: sa.types.TypeEngine[Any]) -> str:
        return kind.compile(dialect=self._dialect)

    def _new(self, shape: TableShape, statement: str) -> Operation:
        return Operation(table=shape.name, statement=statement, lock="none")

    def _brief(self, table: str, statement: str, *columns: str) -> Operation:
        return Operation(table=table, statement=statement, lock="brief", columns=columns)
