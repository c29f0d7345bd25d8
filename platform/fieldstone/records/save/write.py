"""Step 8: the rows are written; a changed one gets the next version."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from fieldstone.records.save.grouping import by_module
from fieldstone.records.save.order import order_inserts
from fieldstone.records.save.program import ModuleProgram, program_for
from fieldstone.records.save.statements import insert_rows, update_rows
from fieldstone.records.stages import SaveRow, SaveWork

STAMPS = ("version", "modified_at", "modified_by")


def write(work: SaveWork) -> None:
    _insert(work, [row for row in work.rows if row.created])
    for module, rows in by_module(row for row in work.rows if not row.created).items():
        write_changes(work, program_for(work, module), rows)


def _insert(work: SaveWork, rows: Sequence[SaveRow]) -> None:
    order = order_inserts(rows)
    postponed = [(row, name, row.values[name]) for row, name in order.later]
    for row, name, _ in postponed:
        row.values[name] = None
    for module, alike in groupby(order.rows, key=lambda row: row.module):
        program = program_for(work, module)
        insert_rows(work.connection, program.table, tuple(program.fields.values()), list(alike))
    for row, name, value in postponed:
        row.values[name] = value
        program = program_for(work, row.module)
        update_rows(work.connection, program.table, [program.fields[name]], [row])


def write_changes(work: SaveWork, program: ModuleProgram, rows: Sequence[SaveRow]) -> None:
    """Write what `changed` names and the next version; rows that change the same fields in one statement."""
    groups: dict[frozenset[str], list[SaveRow]] = {}
    for row in rows:
        assert row.old is not None
        row.values["version"] = row.old["version"] + 1
        row.values["modified_at"] = work.now
        row.values["modified_by"] = work.actor.user_id
        groups.setdefault(frozenset((*row.changed, *STAMPS)), []).append(row)
    for names, alike in groups.items():
        fields = [program.fields[name] for name in sorted(names)]
        update_rows(work.connection, program.table, fields, alike)
