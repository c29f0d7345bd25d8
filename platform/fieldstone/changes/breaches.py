"""Records that a stricter definition would not allow any more: counted, and some of them named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from fieldstone.changes.counting import LIVE, SHOWN, Counts, filled
from fieldstone.changes.plan import Breach, Sample
from fieldstone.changes.steps.convert import read_cells
from fieldstone.changes.steps.places import find_place
from fieldstone.fields.base import ParseContext
from fieldstone.fields.constraints import find_breach, tightened
from fieldstone.fields.definition import FieldDef
from fieldstone.kernel.codes import declare, fill, get_code
from fieldstone.metadata.definitions import ModuleDef
from fieldstone.metadata.model import AppModel
from fieldstone.storage.columns import Id
from fieldstone.storage.published import PublishedModel
from fieldstone.storage.shapes import column_name

declare("publish.E008", "It is empty.", "Fill it, or give a backfill in metadata/moves.yaml.")
declare("publish.E009", "{count} records have this value.", "Change or delete all but one of them.")

_EMPTY, _SHARED = "publish.E008", "publish.E009"
_CHUNK = 2_000
_VALUE_LENGTH = 80


class Breaches:
    """Looks at the records of the published model `old` with the definitions of the proposed model `new`."""

    def __init__(self, conn: sa.Connection, old: PublishedModel, new: AppModel, counts: Counts) -> None:
        self._conn = conn
        self._old = old
        self._new = new
        self._counts = counts

    def of_new(self, module: ModuleDef, field: FieldDef, *, backfilled: bool) -> Breach | None:
        """A field that is required from the beginning is empty in all the records there are."""
        if not field.required or backfilled or self._new.type_of(field).computed or field.type == "checkbox":
            return None
        count = self._counts.of(module.table, LIVE)
        return _breach(count, [Sample(id=id, value="", reason=_word(_EMPTY)) for id in self._ids(module, LIVE)])

    def of_changed(self, module: ModuleDef, known: FieldDef, field: FieldDef, *, backfilled: bool) -> Breach | None:
        """The first of required and the limits that records break. `module` and `known` are of the old model; the
        field has still the same type."""
        stricter = tightened(known, field)
        if not backfilled and (found := self.of_required(module, known, field)):
            return found
        if set(stricter) - {"required", "unique"} and not backfilled:
            return self._beyond(module, known, field)
        return None

    def of_required(self, module: ModuleDef, known: FieldDef, field: FieldDef) -> Breach | None:
        """Records without a value of a field that becomes required."""
        if not field.required or known.required or field.type == "checkbox":
            return None
        empty = sa.and_(LIVE, sa.not_(filled(self._old.model, known)))
        samples = [Sample(id=id, value="", reason=_word(_EMPTY)) for id in self._ids(module, empty)]
        return _breach(self._counts.of(module.table, empty), samples)

    def of_unique(self, module: ModuleDef, known: FieldDef, field: FieldDef) -> Breach | None:
        """The values that several records share of a field that becomes unique."""
        return self._shared(module, known) if "unique" in tightened(known, field) else None

    def _shared(self, module: ModuleDef, known: FieldDef) -> Breach | None:
        specs = self._old.model.type_of(known).columns(known)
        suffixes = [spec.suffix for spec in specs]
        column = column_name(known, "__key" if "__key" in suffixes else suffixes[0])
        groups = self._counts.groups(module.table, column, LIVE)
        samples = [
            Sample(id=first, value=str(value)[:_VALUE_LENGTH], reason=_word(_SHARED, count=count))
            for value, count, first in groups[:SHOWN]
        ]
        return _breach(sum(count for _, count, _ in groups), samples, is_final=True)

    def _beyond(self, module: ModuleDef, known: FieldDef, field: FieldDef) -> Breach | None:
        """Every value is read again as a save would read it."""
        count = 0
        samples: list[Sample] = []
        context = ParseContext(zone=self._new.app.zone, picklists=self._new.picklists)
        types = self._new.field_types
        for record_id, value in self._values(module, known):
            error = None if value is None else find_breach(field, types, value, context)
            if error is not None:
                count += 1
                if len(samples) < SHOWN:
                    reason = _word(error.code, **{"label": field.label, **error.params})
                    samples.append(Sample(id=record_id, value=str(value)[:_VALUE_LENGTH], reason=reason))
        return _breach(count, samples)

    def _values(self, module: ModuleDef, known: FieldDef) -> Iterator[tuple[int, Any]]:
        place = find_place(self._old, module.identity, known.identity, self._conn.dialect)
        assert place is not None
        after = 0
        while rows := read_cells(self._conn, place, None, after, _CHUNK, lock=False):
            yield from ((record_id, value) for record_id, value, _ in rows)
            after = rows[-1][0]

    def _ids(self, module: ModuleDef, where: sa.ColumnElement[bool]) -> list[int]:
        return list(self._counts.ids(module.table, where))


def shared_values(conn: sa.Connection, table: str, holders: Mapping[Any, Sequence[int]]) -> Breach | None:
    """Values that several live records would have; `holders`: value → the records that would have it."""
    several = {value: ids for value, ids in holders.items() if len(ids) > 1}
    key: sa.ColumnClause[int] = sa.column("id", Id)
    deleted: set[int] = set()
    if several:
        deleted.update(conn.scalars(sa.select(key).select_from(sa.table(table)).where(sa.not_(LIVE))))
    living = ((value, [id for id in ids if id not in deleted]) for value, ids in several.items())
    groups = sorted(((value, ids) for value, ids in living if len(ids) > 1), key=lambda each: -len(each[1]))
    samples = [
        Sample(id=ids[0], value=str(value)[:_VALUE_LENGTH], reason=_word(_SHARED, count=len(ids)))
        for value, ids in groups[:SHOWN]
    ]
    return _breach(sum(len(ids) for _, ids in groups), samples, is_final=True)


def _breach(count: int, samples: list[Sample], *, is_final: bool = False) -> Breach | None:
    return Breach(count=count, samples=tuple(samples), is_final=is_final) if count else None


def _word(code: str, **params: object) -> str:
    return fill(get_code(code).message, params)
