"""Tables as they were: temporary views under the tables' own names, which both databases find first.

A view joins the rows that nobody has touched since with those that were walked back, which stand in a temporary
table. So every statement of the read path serves the past unchanged.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa

from fieldstone.records.as_of.walk_back import WalkedRow, Walker
from fieldstone.records.save.program import ModuleProgram
from fieldstone.records.save.statements import insert_tuples, update_rows
from fieldstone.records.stages import SaveRow
from fieldstone.records.tables import history
from fieldstone.storage.columns import utc_text
from fieldstone.storage.physical import Physical
from fieldstone.storage.stand_ins import StandIns, is_missing


class Shadows(StandIns):
    """Makes the views on a scratch connection. `physical` is what the database has."""

    def __init__(self, conn: sa.Connection, physical: Physical, moment: datetime) -> None:
        super().__init__(conn, physical)
        self._moment = moment
        self._temporary = "temp" if self._sqlite else "pg_temp"

    def misses(self, table: sa.Table) -> bool:
        """Whether the table or columns of it are gone."""
        return is_missing(table, self._physical)

    def add_module(self, walker: Walker, entries: Iterable[tuple[int, list[sa.Row[object]]]]) -> None:
        """The rows of a module's table as they were."""
        table = walker.program.table
        if table.name not in self._physical.columns:
            self._add_empty(table)
            return
        walked = self._make_copy(table)
        place, source = self._there(walked), self._here(table)
        later = (
            f"SELECT record_id FROM {self._name(self._schema, history.name)} "
            f"WHERE module = {self._text(walker.program.identity)} AND at > {self._time()}"
        )
        self._run(
            f"INSERT INTO {place} SELECT {self._columns(table)} FROM {source} o "
            f"WHERE created_at <= {self._time()} AND id IN ({later})"
        )
        index = self._quote(f"{walked}_id")
        self._run(
            f"CREATE UNIQUE INDEX temp.{index} ON {self._quote(walked)} (id)"
            if self._sqlite
            else f"CREATE UNIQUE INDEX {index} ON {place} (id)"
        )
        for rows in walker.walk(entries):
            self._write(walker.program, walked, rows)
        if not self._sqlite:
            self._run(f"ANALYZE {place}")
        untouched = f"created_at <= {self._time()} AND NOT EXISTS (SELECT 1 FROM {place} w WHERE w.id = o.id)"
        self._add_view(table, walked, untouched)

    def add_links(self, table: sa.Table, undone: Iterable[tuple[int, int]]) -> None:
        """A link table: what was linked later is not there, what was unlinked since is, without attributes."""
        if table.name not in self._physical.columns:
            self._add_empty(table)
            return
        copied = self._make_copy(table)
        stand_in = sa.Table(copied, sa.MetaData(), *(sa.Column(c.name, c.type) for c in table.columns))
        rows = [(-place, left, right, self._moment) for place, (left, right) in enumerate(sorted(undone), start=1)]
        if rows:
            insert_tuples(self._conn, stand_in, ("id", "left_id", "right_id", "created_at"), rows)
        self._add_view(table, copied, f"created_at <= {self._time()}")

    def _write(self, program: ModuleProgram, walked: str, rows: Sequence[WalkedRow]) -> None:
        """Put values into the copied rows; those that differ in the same fields in one statement."""
        target = sa.Table(walked, sa.MetaData())
        groups: dict[frozenset[str], list[SaveRow]] = {}
        for row in rows:
            stand_in = SaveRow(module=program.module.name, id=row.id, values=row.values)
            groups.setdefault(frozenset(row.values), []).append(stand_in)
        for names, alike in groups.items():
            update_rows(self._conn, target, [program.fields[name] for name in sorted(names)], alike)

    def _make_copy(self, table: sa.Table) -> str:
        """An empty temporary table with the columns of a table."""
        name = f"fs_past_{table.name}"
        selected = f"SELECT {self._columns(table)} FROM {self._here(table)} o WHERE 1 = 0"
        self._run(f"CREATE TEMPORARY TABLE {self._quote(name)} AS {selected}")
        return name

    def _add_view(self, table: sa.Table, walked: str, untouched: str) -> None:
        names = self._names(table)
        self._run(
            f"CREATE TEMPORARY VIEW {self._quote(table.name)} ({names}) AS "
            f"SELECT {self._columns(table)} FROM {self._here(table)} o WHERE {untouched} "
            f"UNION ALL SELECT {names} FROM {self._there(walked)}"
        )

    def _there(self, name: str) -> str:
        return self._name(self._temporary, name)

    def _time(self) -> str:
        text = self._text(str(utc_text(self._moment)))
        return text if self._sqlite else f"TIMESTAMPTZ {text}"

    def _text(self, text: str) -> str:
        return "'" + text.replace("'", "''") + "'"
