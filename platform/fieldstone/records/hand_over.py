"""Giving the records of one owner to another, many at once.

Whether the records would pass their rules today is not asked: nobody typed anything. Workflows are not set off.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from fieldstone.records.save.formulas import compute_formulas
from fieldstone.records.save.load import read_rows
from fieldstone.records.save.pipeline import AFTERWARDS
from fieldstone.records.save.program import program_for
from fieldstone.records.stages import SaveRow, SaveWork
from fieldstone.storage.published import PublishedModel


def count_owned(conn: sa.Connection, published: PublishedModel, owner: int) -> Mapping[str, int]:
    """Module → how many live records a user or team owns, of the modules where there are any."""
    found = {}
    for name in published.model.modules:
        table = published.tables.module(name).table
        count = conn.scalar(sa.select(sa.func.count()).where(*_owned(table, owner)))
        if count:
            found[name] = count
    return found


def hand_over(work: SaveWork, module: str, owner: int, to: int, limit: int) -> int:
    """Give at most `limit` records of a module to another user or team, with history, search and whatever is
    computed from the owner. Returns how many; fewer than `limit` when none is left."""
    table = work.published.tables.module(module).table
    chosen = sa.select(table.c.id).where(*_owned(table, owner)).order_by(table.c.id).limit(limit)
    ids: Sequence[int] = work.connection.scalars(chosen).all()
    if not ids:
        return 0
    program = program_for(work, module)
    rows = []
    for index, old in enumerate(read_rows(work, program, ids).values()):
        if old["owner"] == owner:  # nobody else was faster
            rows.append(SaveRow(module=module, id=old["id"], old=old, values={**old, "owner": to}, index=index))
    if not rows:
        return len(ids)
    work.rows = work.done = rows
    work.index = {(module, row.id): row for row in rows}
    compute_formulas(work, program, rows, report=False)
    for row in rows:
        row.changed = {name for name, value in row.values.items() if row.old and value != row.old[name]}
    for step in AFTERWARDS:
        step.run(work)
    return len(ids)


def _owned(table: sa.Table, owner: int) -> tuple[sa.ColumnElement[bool], ...]:
    return (table.c.owner_id == owner, table.c.deleted_at.is_(None))
