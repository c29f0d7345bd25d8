"""Counting rows and values on one connection, each table once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from fieldstone.fields.definition import FieldDef
from fieldstone.metadata.model import AppModel
from fieldstone.storage.columns import Id, Text
from fieldstone.storage.shapes import column_name

SHOWN = 5
"""Records that are named for each problem."""


class Counts:
    """Of the tables as they are now."""

    def __init__(self, conn: sa.Connection) -> None:
        self._conn = conn
        self._rows: dict[str, int] = {}

    def rows(self, table: str) -> int:
        """Records of a table, those in the recycle bin among them."""
        if table not in self._rows:
            self._rows[table] = self.of(table)
        return self._rows[table]

    def of(self, table: str, where: sa.ColumnElement[bool] | None = None) -> int:
        query: sa.Select[Any] = sa.select(sa.func.count()).select_from(sa.table(table))
        return int(self._conn.execute(query if where is None else query.where(where)).scalar_one())

    def ids(self, table: str, where: sa.ColumnElement[bool]) -> Sequence[int]:
        """The first few records for which the condition holds."""
        key: sa.ColumnClause[int] = sa.column("id", Id)
        query = sa.select(key).select_from(sa.table(table)).where(where).order_by(key).limit(SHOWN)
        return self._conn.scalars(query).all()

    def groups(self, table: str, column: str, where: sa.ColumnElement[bool]) -> list[tuple[Any, int, int]]:
        """(value, how many records have it, the first of them) of values that several records have."""
        value: sa.ColumnClause[Any] = sa.column(column)
        key: sa.ColumnClause[int] = sa.column("id", Id)
        count = sa.func.count()
        query = sa.select(value, count, sa.func.min(key)).select_from(sa.table(table)).where(where, value.is_not(None))
        found = self._conn.execute(query.group_by(value).having(count > 1).order_by(count.desc()))
        return [(row[0], row[1], row[2]) for row in found]


LIVE: sa.ColumnElement[bool] = sa.column("deleted_at").is_(None)


def filled(model: AppModel, field: FieldDef) -> sa.ColumnElement[bool]:
    """Some column of the field has a value."""
    specs = model.type_of(field).columns(field)
    columns: list[sa.ColumnClause[Any]] = [sa.column(column_name(field, spec.suffix)) for spec in specs]
    return sa.or_(*(column.is_not(None) for column in columns))


def holds(field: FieldDef, stored: str) -> sa.ColumnElement[bool]:
    """The picklist field holds the value with this stored key, alone or among others."""
    column: sa.ColumnClause[str] = sa.column(column_name(field), Text)
    return sa.or_(column == stored, column.contains(f"\x1f{stored}\x1f", autoescape=True))
