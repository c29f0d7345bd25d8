"""Fills the folded forms of text that a new column is for, from the text that is there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from fieldstone.kernel.folding import fold, sort_key
from fieldstone.storage.columns import Id, Text
from fieldstone.storage.physical import Physical
from fieldstone.storage.shapes import TableShape

_FORMS: dict[str, Callable[[str], str]] = {"__key": fold, "__sort": sort_key}

_CHUNK = 5_000


@dataclass(frozen=True, kw_only=True)
class Backfill:
    """`target` = `suffix`'s form of `source`, in every row."""

    table: str
    source: str
    suffix: str

    @property
    def target(self) -> str:
        return self.source + self.suffix

    def run(self, conn: sa.Connection) -> None:
        """In the caller's transaction, in chunks: memory stays flat."""
        form = _FORMS[self.suffix]
        table = sa.table(self.table, sa.column("id", Id), sa.column(self.source, Text), sa.column(self.target, Text))
        source = table.c[self.source]
        read = sa.select(table.c.id, source).where(source.is_not(None)).order_by(table.c.id).limit(_CHUNK)
        write = self._write(table)
        last = 0
        while rows := conn.execute(read.where(table.c.id > last)).all():
            conn.execute(write, [{"row": row[0], "form": form(row[1])} for row in rows])
            last = rows[-1][0]

    def _write(self, table: sa.TableClause) -> sa.Update:
        return sa.update(table).where(table.c.id == sa.bindparam("row")).values({self.target: sa.bindparam("form")})


def plan_backfills(shapes: Mapping[str, TableShape], physical: Physical) -> Iterator[Backfill]:
    """For every such column that is new while its text is not (a text becomes indexed, or the name field)."""
    for shape in shapes.values():
        present = physical.columns.get(shape.name, {})
        for column in shape.columns:
            for suffix in _FORMS:
                source = column.name.removesuffix(suffix)
                if source != column.name and column.name not in present and source in present:
                    yield Backfill(table=shape.name, source=source, suffix=suffix)
