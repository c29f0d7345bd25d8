"""Running an import: chunk after chunk, each in one transaction with the note of how far it got.

Preparation happens outside the write lock and a chunk is sized so that the lock is held briefly:
nobody waits for bulk work. Killed anywhere, a run goes on after the last committed row.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice, takewhile

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import ConflictError
from fieldstone.kernel.folding import fold
from fieldstone.records.changes import RecordChange, SaveOptions, SaveResult
from fieldstone.records.imports import problems as found
from fieldstone.records.imports.csv_file import CsvFile
from fieldstone.records.imports.mapping import check_mapping
from fieldstone.records.imports.prepare import Prepared, Preparer
from fieldstone.records.imports.problems import RowProblem, from_field_problem, row_problem
from fieldstone.records.imports.resolve import Resolver
from fieldstone.records.imports.row_source import RowSource
from fieldstone.records.imports.store import StoredImport, add_problems, count_rows, update_import
from fieldstone.records.imports.tables import fs_import, fs_import_link
from fieldstone.records.pace import FIRST_CHUNK, HOLD_OF_NEW, LEAST_CHUNK, next_size
from fieldstone.records.service import Records
from fieldstone.storage.published import ModelSource, PublishedModel

ELSEWHERE = declare(
    "import.E031", "Import {id} is being run by another process.", "Wait for it; `fieldstone imports show {id}` tells."
)

_LAST_ROW = sa.select(fs_import.c.row).where(fs_import.c.id == sa.bindparam("id"))
OnProgress = Callable[[int, int], None]
_PREPARED = 500
"""Rows prepared at once, outside the lock."""


class Cancelled(Exception):
    """The run was asked to stop; what is committed stays and it can be resumed."""


@dataclass(kw_only=True)
class ImportRun:
    """One run of one import, in the name of `actor` (which says `via` the import)."""

    models: ModelSource
    records: Records
    stored: StoredImport
    actor: Actor
    on_progress: OnProgress
    cancelled: Callable[[], bool]
    _done: int = field(default=0, init=False)

    def rows(self) -> None:
        """All rows after the last one committed. Raises Cancelled, InvalidInputError (a broken file)."""
        file = CsvFile(self.stored.path, self.stored.file_name, self.stored.format)
        preparer = make_preparer(self.models.current, self.stored, self.actor, file)
        self._done = self.stored.report.done
        row, size = self.stored.row, FIRST_CHUNK
        hold = HOLD_OF_NEW[self.models.database.dialect]
        if row > 1:
            self._recall(preparer, file, row)
        source, wanted = RowSource(file.rows(after=row)), _PREPARED
        while batch := source.take(wanted):
            if self.models.refresh().version != preparer.published.version:
                seen = preparer.seen
                preparer = make_preparer(self.models.current, self.stored, self.actor, file)
                preparer.seen = seen
            with self.models.read() as (conn, _):
                prepared = preparer.prepare(conn, batch)
            cut = prepared.cut
            numbers = [each.number for each in batch if cut is None or each.number < cut]
            source.give_back(batch[len(numbers) :])
            wanted = min(_PREPARED, max(LEAST_CHUNK, 2 * len(numbers)))  # little is prepared in vain
            while numbers:
                self._check_cancelled()
                chunk, numbers = numbers[:size], numbers[size:]
                last = chunk[-1] if numbers or cut is None else cut - 1
                seconds = self._write(preparer, prepared.part(row, last), row, last)
                self._report(len(chunk))
                row = last
                size = next_size(size, len(chunk), seconds, hold)

    def _recall(self, preparer: Preparer, file: CsvFile, last: int) -> None:
        done = takewhile(lambda each: each.number <= last, file.rows())
        while batch := list(islice(done, _PREPARED)):
            with self.models.read() as (conn, _):
                preparer.recall(conn, batch)

    def links(self) -> None:
        """Lookups to records that stood later in the file."""
        resolver = Resolver(self.actor)
        while True:
            self._check_cancelled()
            if not self.models.write(lambda conn, published: self._link_some(conn, published, resolver)):
                return

    def _write(self, preparer: Preparer, prepared: Prepared, before: int, last: int) -> float:
        """The seconds that the lock was held."""
        options = save_options(preparer)
        held = 0.0

        def work(conn: sa.Connection, published: PublishedModel) -> None:
            nonlocal held
            started, busy = time.perf_counter(), time.thread_time()
            self._check_alone(conn, before)
            result = self.records.save_in(conn, published, self.actor, prepared.changes, options=options)
            problems = [*prepared.problems, *save_problems(prepared, result)]
            add_problems(conn, self.stored.id, problems)
            count_rows(conn, self.stored.id, row=last, **count_outcomes(prepared, result))
            _keep_links(conn, self.stored.id, prepared, result)
            # On a machine busy with other things the clock on the wall tells of those too, up to a point.
            held = max(time.thread_time() - busy, (time.perf_counter() - started) / 3)

        self.models.write(work)
        return held

    def _check_alone(self, conn: sa.Connection, row: int) -> None:
        if conn.execute(_LAST_ROW, {"id": self.stored.id}).scalar_one() != row:
            raise ConflictError(ELSEWHERE, id=self.stored.id)

    def _check_cancelled(self) -> None:
        if self.cancelled():
            raise Cancelled

    def _report(self, rows: int) -> None:
        self._done += rows
        self.on_progress(self._done, self.stored.report.total)

    def _link_some(self, conn: sa.Connection, published: PublishedModel, resolver: Resolver) -> bool:
        columns = fs_import_link.c
        pending = conn.execute(
            sa.select(columns.id, columns.row, columns.record_id, columns.field, columns.value)
            .where(columns.import_id == self.stored.id)
            .order_by(columns.id)
            .limit(200)
        ).all()
        if not pending:
            return False
        module = self.stored.module
        matches = resolver.learn(conn, published, module, {each.value for each in pending})
        label = published.model.modules[module].label.lower()
        changes, rows, problems = [], [], []
        for each in pending:
            match = matches[each.value]
            if match.id is None:
                code = found.AMBIGUOUS if match.ids else found.UNRESOLVED
                params = {"target": label, "value": each.value, "count": len(match.ids)}
                problems.append(row_problem(each.row, each.field, each.value, code, **params))
            else:
                changes.append(RecordChange(module=module, id=each.record_id, values={each.field: match.id}))
                rows.append(each)
        options = SaveOptions(partial=True, duplicates="ignore", workflows=self.stored.options.workflows)
        result = self.records.save_in(conn, published, self.actor, changes, options=options)
        problems += [from_field_problem(rows[each.row].row, rows[each.row].value, each) for each in result.problems]
        add_problems(conn, self.stored.id, problems)
        conn.execute(sa.delete(fs_import_link).where(columns.id.in_([each.id for each in pending])))
        update_import(conn, self.stored.id, phase="links")
        return True


def make_preparer(published: PublishedModel, stored: StoredImport, actor: Actor, file: CsvFile) -> Preparer:
    """Checks the mapping against the model in force. Raises InvalidInputError."""
    module = published.model.modules[stored.module]
    options = stored.options
    columns = check_mapping(published, actor, module, file.header, options.mapping, options.key)
    return Preparer(
        actor=actor,
        published=published,
        module=module,
        header=file.header,
        columns=columns,
        options=options,
        own_names=_own_names(published, stored.module, columns, file),
    )


def save_options(preparer: Preparer) -> SaveOptions:
    """Twins were dealt with already; rows that fail are reported, the others saved."""
    return SaveOptions(
        parse=preparer.parse, partial=True, duplicates="ignore", workflows=preparer.options.workflows, source="import"
    )


def save_problems(prepared: Prepared, result: SaveResult) -> list[RowProblem]:
    """What the save refused, by row of the file, with what the file says there."""
    return [
        from_field_problem(prepared.rows[each.row], prepared.texts[each.row].get(each.field, ""), each)
        for each in result.problems
    ]


def count_outcomes(prepared: Prepared, result: SaveResult) -> dict[str, int]:
    """How many rows of a chunk ended how."""
    created = sum(each.created for each in result.records)
    updated = sum(not each.created and bool(each.changed) for each in result.records)
    refused = len(prepared.changes) - len(result.records)
    return {
        "created": created,
        "updated": updated,
        "unchanged": len(result.records) - created - updated,
        "skipped": len(prepared.skipped),
        "failed": len(prepared.failed) + refused,
    }


def _keep_links(conn: sa.Connection, import_id: int, prepared: Prepared, result: SaveResult) -> None:
    saved = {prepared.rows[each.row]: each.id for each in result.records}
    late = [each for each in prepared.late if each.row in saved]
    if late:
        conn.execute(
            sa.insert(fs_import_link),
            [
                {
                    "import_id": import_id,
                    "row": each.row,
                    "record_id": saved[each.row],
                    "field": each.field,
                    "value": each.value,
                }
                for each in late
            ],
        )


def _own_names(published: PublishedModel, module: str, columns: dict[str, str], file: CsvFile) -> frozenset[str] | None:
    """The names that stand in the file, when a mapped lookup may point to its own module."""
    definition = published.model.modules[module]
    own = any(
        module in definition.fields[name].to or "*" in definition.fields[name].to
        for name in columns.values()
        if name in definition.fields
    )
    if not own or definition.name_field not in columns.values():
        return None
    place = next(file.header.index(column) for column, name in columns.items() if name == definition.name_field)
    return frozenset(fold(row.cells[place].strip()) for row in file.rows() if len(row.cells) > place)
