"""Rows walked back: which values they had, by the history since.

The value of a field is the `old` of the earliest later entry that names it; a field that none names has the
value it has now. A creation stores no values and needs none: what was created later is not there yet.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

import sqlalchemy as sa

from fieldstone.records.as_of.entries import LINKS
from fieldstone.records.former_values import field_then, retyped_fields
from fieldstone.records.history_values import FormerValue, decode_value
from fieldstone.records.id_lists import bind_ids, in_ids
from fieldstone.records.save.field_program import FieldProgram
from fieldstone.records.save.program import ModuleProgram, program_of
from fieldstone.records.tables import UNVERSIONED, history
from fieldstone.storage.archive import PastModel
from fieldstone.storage.published import PublishedModel

BATCH = 1_000

Entries = tuple[int, list[sa.Row[Any]]]


@dataclass(kw_only=True)
class WalkedRow:
    """`values`: public name → value then, of the fields in which the row may have been another."""

    id: int
    values: dict[str, Any] = field(default_factory=dict)


class Walker:
    """Walks the records of one module back. `current` is the model of today, `past` that of the moment."""

    def __init__(
        self,
        conn: sa.Connection,
        current: PublishedModel,
        past: PastModel,
        module: str,
        moment: datetime,
    ) -> None:
        self._conn = conn
        self._current = current
        self._past = past
        self._moment = moment
        self.program: ModuleProgram = program_of(past, module, conn.dialect)
        self._retyped = retyped_fields(current)

    def walk(self, entries: Iterable[Entries]) -> Iterator[list[WalkedRow]]:
        """In batches; records created since are left out."""
        waiting = iter(entries)
        while batch := list(islice(waiting, BATCH)):
            known = [(record_id, later) for record_id, later in batch if later[0].kind != "created"]
            rows = [WalkedRow(id=record_id, values=self._values(later)) for record_id, later in known]
            self._add_stamps(rows, [later for _, later in known])
            yield [row for row in rows if row.values]

    def _values(self, later: Sequence[sa.Row[Any]]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        seen: set[str] = set()
        for entry in later:
            if entry.kind in UNVERSIONED:
                continue
            for identity, (old, _new) in json.loads(entry.changes).items():
                found = self.program.by_identity.get(identity)
                if identity in seen or found is None or self._lay_elsewhere(found, entry.at):
                    continue
                seen.add(identity)
                value = decode_value(self._then(found, entry.at), old)
                values[found.name] = found.blank if isinstance(value, FormerValue) else value
        return values

    def _lay_elsewhere(self, found: FieldProgram, at: datetime) -> bool:
        """An entry from when the field had another column says nothing of the old one, which kept what it held. Where
        a rollback writes over that, it leaves an entry."""
        return self._then(found, at).field.column != found.field.column

    def _then(self, found: FieldProgram, at: datetime) -> FieldProgram:
        then = field_then(self._current, self.program, found, at) if found.identity in self._retyped else None
        return found if then is None else then[0]

    def _add_stamps(self, rows: Sequence[WalkedRow], entries: Sequence[Sequence[sa.Row[Any]]]) -> None:
        """Version, author and time of the last change before; deleted or not."""
        moved: list[WalkedRow] = []
        was_gone: list[WalkedRow] = []
        for row, later in zip(rows, entries, strict=True):
            versioned = [entry for entry in later if entry.kind not in UNVERSIONED]
            if not versioned:
                continue
            row.values["version"] = versioned[0].version - 1
            moved.append(row)
            turned = next((entry.kind for entry in versioned if entry.kind in ("deleted", "restored")), "")
            if turned == "deleted":
                row.values["deleted_at"] = None
            elif turned == "restored":
                was_gone.append(row)
        authors = self._last([row.id for row in moved], history.c.kind.not_in(UNVERSIONED))
        missing = [row.id for row in moved if row.id not in authors]
        authors |= self._creators(missing)
        for row in moved:
            row.values["modified_at"], row.values["modified_by"] = authors[row.id]
        deletions = self._last([row.id for row in was_gone], history.c.kind == "deleted")
        for row in was_gone:
            row.values["deleted_at"] = deletions.get(row.id, (self._moment, None))[0]

    def _last(self, ids: Sequence[int], which: sa.ColumnElement[bool]) -> dict[int, tuple[datetime, int | None]]:
        """Record id → time and author of its last entry of a kind up to the moment."""
        if not ids:
            return {}
        c, dialect = history.c, self._conn.dialect.name
        mine = sa.and_(c.module == self.program.identity, in_ids(c.record_id, "ids", dialect))
        last = sa.select(sa.func.max(c.id)).where(mine, c.at <= self._moment, which).group_by(c.record_id)
        query = sa.select(c.record_id, c.at, c.by).where(c.id.in_(last))
        return {row[0]: (row[1], row[2]) for row in self._conn.execute(query, {"ids": bind_ids(ids, dialect)}).all()}

    def _creators(self, ids: Sequence[int]) -> dict[int, tuple[datetime, int | None]]:
        """Of records that were made past the history."""
        if not ids:
            return {}
        table, dialect = self.program.table, self._conn.dialect.name
        query = sa.select(table.c.id, table.c.created_at, table.c.created_by).where(in_ids(table.c.id, "ids", dialect))
        found = self._conn.execute(query, {"ids": bind_ids(ids, dialect)}).all()
        rest = dict.fromkeys(ids, (self._moment, None))
        return {**rest, **{row[0]: (row[1], row[2]) for row in found}}


def links_undone(
    conn: sa.Connection, past: PastModel, module: str, relation: str, entries: Iterable[Entries]
) -> set[tuple[int, int]]:
    """The pairs (left, right) that were linked at the moment and are no more, or again. `entries` are those of
    the declaring module."""
    declared = past.model.modules[module].relations[relation]
    first: dict[tuple[int, int], sa.Row[Any]] = {}
    for record_id, later in entries:
        for entry in later:
            ends = json.loads(entry.changes).get(declared.identity) if entry.kind in LINKS else None
            if ends is not None:
                first.setdefault((record_id, (ends[0] or ends[1])[1]), entry)
    undone = {pair for pair, entry in first.items() if entry.kind == "unlinked"}
    if declared.to != module:
        return undone
    # Both ends are of this module and noted alike, the left one first.
    return {(a, b) for a, b in undone if (b, a) not in undone or a == b or first[a, b].id < first[b, a].id}
