"""Which lookups may refer to the records of a module, and which records do."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from fieldstone.fields.definition import FieldDef
from fieldstone.records.field_columns import field_columns
from fieldstone.records.id_lists import bind_ids, in_ids
from fieldstone.storage.published import PublishedModel

ANY = "*"


@dataclass(frozen=True, slots=True)
class Referrer:
    """`column` of `module` holds the id; `condition` holds besides (a lookup to any module)."""

    module: str
    field: FieldDef
    column: sa.Column[Any]
    condition: sa.ColumnElement[bool] | None

    @property
    def on_delete(self) -> str:
        """What happens to the referring record. One that cannot do without is as good as `restrict`."""
        return "restrict" if self.field.on_delete == "clear" and self.field.required else self.field.on_delete

    def find(
        self, conn: sa.Connection, published: PublishedModel, ids: Collection[int], *, deleted: bool | None = False
    ) -> list[tuple[int, int]]:
        """(id of the referring record, id it names), of live or deleted ones (None: both), in id order."""
        table = published.tables.module(self.module).table
        dialect = conn.dialect.name
        query = sa.select(table.c.id, self.column).where(in_ids(self.column, "ids", dialect))
        if deleted is not None:
            query = query.where(table.c.deleted_at.is_not(None) if deleted else table.c.deleted_at.is_(None))
        if self.condition is not None:
            query = query.where(self.condition)
        rows = conn.execute(query.order_by(table.c.id), {"ids": bind_ids(ids, dialect)}).all()
        return [(record_id, target) for record_id, target in rows]


def referrers_to(published: PublishedModel, module: str) -> tuple[Referrer, ...]:
    key = ("save.referrers", module)
    found: tuple[Referrer, ...] | None = published.cache.get(key)
    if found is None:
        found = published.cache[key] = tuple(_find(published, module))
    return found


def _find(published: PublishedModel, module: str) -> Iterator[Referrer]:
    identity = published.model.modules[module].identity
    for other in published.model.modules.values():
        for field in other.fields.values():
            if field.type != "lookup":
                continue
            columns = field_columns(published, other.name, field)
            if ANY in field.to:
                yield Referrer(other.name, field, columns["_id"], columns["_module"] == identity)
            elif module in field.to:
                yield Referrer(other.name, field, columns["" if len(field.to) == 1 else f"_{module}"], None)
