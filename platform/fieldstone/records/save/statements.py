"""The statements that write rows of a module, worded once and given plain tuples.

SQLAlchemy would look at every value of every row again; this is the place where it is not asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from fieldstone.records.save.field_program import FieldProgram, driver_processor
from fieldstone.records.stages import SaveRow


def insert_rows(conn: sa.Connection, table: sa.Table, fields: Sequence[FieldProgram], rows: Sequence[SaveRow]) -> None:
    """Insert the rows with all columns of all the fields."""
    names = [item.column.name for field in fields for item in field.columns]
    quote, mark = _words(conn)
    statement = (
        f"INSERT INTO {quote(table.name)} ({', '.join(map(quote, names))}) VALUES ({', '.join([mark] * len(names))})"
    )
    _execute(conn, statement, _columns(fields, rows))


def update_rows(conn: sa.Connection, table: sa.Table, fields: Sequence[FieldProgram], rows: Sequence[SaveRow]) -> None:
    """Set all columns of the fields in the rows, found by id."""
    names = [item.column.name for field in fields for item in field.columns]
    quote, mark = _words(conn)
    settings = ", ".join(f"{quote(name)} = {mark}" for name in names)
    columns = [*_columns(fields, rows), [row.id for row in rows]]
    _execute(conn, f"UPDATE {quote(table.name)} SET {settings} WHERE id = {mark}", columns)


def insert_tuples(conn: sa.Connection, table: sa.Table, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows of a system or link table, given as Python values in the order of `names`."""
    columns: list[Sequence[Any]] = []
    for name, values in zip(names, zip(*rows, strict=True), strict=True):
        to_driver = driver_processor(table.c[name].type, conn.dialect)
        columns.append(values if to_driver is None else [None if x is None else to_driver(x) for x in values])
    quote, mark = _words(conn)
    statement = (
        f"INSERT INTO {quote(table.name)} ({', '.join(map(quote, names))}) VALUES ({', '.join([mark] * len(names))})"
    )
    _execute(conn, statement, columns)


def _columns(fields: Sequence[FieldProgram], rows: Sequence[SaveRow]) -> list[Sequence[Any]]:
    columns: list[Sequence[Any]] = []
    for field in fields:
        name = field.name
        columns += field.driver_columns([row.values[name] for row in rows])
    return columns


def _execute(conn: sa.Connection, statement: str, columns: Sequence[Sequence[Any]]) -> None:
    parameters = list(zip(*columns, strict=True))
    if parameters:
        conn.exec_driver_sql(statement, parameters if len(parameters) > 1 else parameters[0])


def _words(conn: sa.Connection) -> tuple[Any, str]:
    mark = "%s" if conn.dialect.name == "postgresql" else "?"
    return conn.dialect.identifier_preparer.quote, mark
