"""What a change means for the records there are: counted, set-based."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from fieldstone.metadata.definitions import ModuleDef
from fieldstone.metadata.diff import Change
from fieldstone.metadata.model import AppModel
from fieldstone.storage.shapes import column_name


class Effects:
    """Counts on one connection. `old` is the published model, `new` the proposed one."""

    def __init__(self, conn: sa.Connection, old: AppModel | None, new: AppModel) -> None:
        self._conn = conn
        self._old = old
        self._new = new
        self._rows: dict[str, int] = {}

    def count(self, change: Change) -> tuple[int, int]:
        """(records the change concerns, values nobody could see any more)."""
        rows, hidden = self._count_both(change)
        return rows, hidden if change.destructive else 0

    def _count_both(self, change: Change) -> tuple[int, int]:
        if self._old is None:
            return 0, 0
        if change.kind == "remove_picklist_value":
            found = self._holders(change.target)
            return found, found
        owner, _, name = change.target.partition(".")
        module = self._old.modules.get(owner)
        if module is None:
            return 0, 0
        rows = self._count_rows(module)
        if change.kind == "remove_module":
            return rows, rows
        if name in module.fields and change.kind in ("remove_field", "change_type"):
            return rows, self._count_filled(module, name)
        if name in module.relations and change.kind == "remove_relation":
            links = self._count(sa.table(module.relations[name].table)) if module.relations[name].table else 0
            return links, links
        return rows, 0

    def _count_rows(self, module: ModuleDef) -> int:
        if module.table not in self._rows:
            self._rows[module.table] = self._count(sa.table(module.table))
        return self._rows[module.table]

    def _count_filled(self, module: ModuleDef, name: str) -> int:
        assert self._old
        field = module.fields[name]
        specs = self._old.type_of(field).columns(field)
        columns: list[sa.ColumnClause[Any]] = [sa.column(column_name(field, spec.suffix)) for spec in specs]
        return self._count(sa.table(module.table), sa.or_(*(column.is_not(None) for column in columns)))

    def _holders(self, target: str) -> int:
        """How many records hold a picklist value, in any field."""
        assert self._old
        picklist, _, value = target.rpartition(".")
        total = 0
        for module in self._old.modules.values():
            for field in module.fields.values():
                if field.picklist == picklist:
                    column: sa.ColumnClause[str] = sa.column(column_name(field))
                    held = sa.or_(column == value, column.contains(f"\x1f{value}\x1f", autoescape=True))
                    total += self._count(sa.table(module.table), held)
        return total

    def _count(self, table: sa.TableClause, where: sa.ColumnElement[bool] | None = None) -> int:
        query: sa.Select[Any] = sa.select(sa.func.count()).select_from(table)
        return int(self._conn.execute(query if where is None else query.where(where)).scalar_one())
