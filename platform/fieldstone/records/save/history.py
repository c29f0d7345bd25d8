"""Step 9: one entry for each record that changed, and the times at which it entered a stage.

A creation keeps no values: they are the row walked back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from fieldstone.records.history_values import encode_changes, encode_value
from fieldstone.records.id_lists import bind_ids, in_ids
from fieldstone.records.save.grouping import by_module
from fieldstone.records.save.program import ModuleProgram, program_for
from fieldstone.records.save.statements import insert_tuples
from fieldstone.records.stages import SaveRow, SaveWork
from fieldstone.records.tables import history, stage_time

_COLUMNS = ("module", "record_id", "version", "at", "by", "via", "kind", "changes")
_STAGE_COLUMNS = ("module", "record_id", "field", "value", "entered_at")


def write_history(work: SaveWork) -> None:
    for module, rows in by_module(work.rows).items():
        program = program_for(work, module)
        add_entries(work, program, [(row, _kind(row), _changes(program, row)) for row in rows])
        _note_stages(work, program, rows)


def add_entries(work: SaveWork, program: ModuleProgram, entries: Iterable[tuple[SaveRow, str, str]]) -> None:
    """`entries`: row, kind, changes as JSON."""
    by, via, at, module = work.actor.user_id, work.via, work.now, program.identity
    rows = [(module, row.id, row.values["version"], at, by, via, kind, changes) for row, kind, changes in entries]
    if rows:
        insert_tuples(work.connection, history, _COLUMNS, rows)


def _kind(row: SaveRow) -> str:
    if row.created:
        return "created"
    return "deleted" if row.deleted else "restored" if row.restored else "updated"


def _changes(program: ModuleProgram, row: SaveRow) -> str:
    if row.old is None:
        return "{}"
    return encode_changes(program, row.old, row.values, row.changed & program.recorded)


def _note_stages(work: SaveWork, program: ModuleProgram, rows: Sequence[SaveRow]) -> None:
    for field in program.tracked:
        moved = [row for row in rows if field.name in row.changed]
        left = [row.id for row in moved if row.old is not None and row.old[field.name] is not None]
        if left:
            dialect = work.connection.dialect.name
            statement = sa.update(stage_time).where(
                stage_time.c.module == program.identity,
                in_ids(stage_time.c.record_id, "ids", dialect),
                stage_time.c.field == field.identity,
                stage_time.c.left_at.is_(None),
            )
            work.connection.execute(statement.values(left_at=work.now), {"ids": bind_ids(left, dialect)})
        entered: list[tuple[Any, ...]] = [
            (program.identity, row.id, field.identity, encode_value(field, row.values[field.name]), work.now)
            for row in moved
            if row.values[field.name] is not None
        ]
        if entered:
            insert_tuples(work.connection, stage_time, _STAGE_COLUMNS, entered)
