"""Giving the records of one owner to another, many at once, those in the recycle bin too.

Whether the records would pass their rules today is not asked: nobody typed anything. Workflows are not set off.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import ForbiddenError
from fieldstone.metadata.setup_reach import reach_of_roles
from fieldstone.records.access import get_module
from fieldstone.records.access.grants import passes
from fieldstone.records.save.formulas import compute_formulas
from fieldstone.records.save.history import write_history
from fieldstone.records.save.load import read_rows
from fieldstone.records.save.pipeline import AFTERWARDS, Step
from fieldstone.records.save.program import program_for
from fieldstone.records.save.write import write
from fieldstone.records.stages import SaveRow, SaveWork
from fieldstone.storage.published import PublishedModel

NOT_HANDED_OVER = declare("access.E022", "Only who manages accounts may hand records over.", "Ask an administrator.")

_IN_BIN = (Step("write", write), Step("history", write_history))
"""What is gone is searched and counted nowhere."""


def count_owned(conn: sa.Connection, published: PublishedModel, owner: int) -> Mapping[str, int]:
    """Module → how many records a user or team owns, of the modules where there are any."""
    found = {}
    for name in published.model.modules:
        table = published.tables.module(name).table
        count = conn.scalar(sa.select(sa.func.count()).where(table.c.owner_id == owner))
        if count:
            found[name] = count
    return found


def hand_over(work: SaveWork, module: str, owner: int, to: int, limit: int) -> int:
    """Give at most `limit` records of a module to another user or team, with history, search and whatever is
    computed from the owner. Returns how many; fewer than `limit` when none is left.

    Raises ForbiddenError access.E022 unless an administrator, or somebody who manages accounts, acts."""
    if not _may_hand_over(work):
        raise ForbiddenError(NOT_HANDED_OVER)
    table = program_for(work, get_module(work.published, module).name).table
    chosen = sa.select(table.c.id).where(table.c.owner_id == owner).order_by(table.c.id).limit(limit)
    ids: Sequence[int] = work.connection.scalars(chosen).all()
    if ids:
        _give(work, module, ids, owner, to, AFTERWARDS)
        _give(work, module, ids, owner, to, _IN_BIN, deleted=True)
    return len(ids)


def _give(
    work: SaveWork, module: str, ids: Sequence[int], owner: int, to: int, steps: Sequence[Step], deleted: bool = False
) -> None:
    program = program_for(work, module)
    rows = []
    for index, old in enumerate(read_rows(work, program, ids, deleted=deleted).values()):
        if old["owner"] == owner:  # nobody else was faster
            rows.append(SaveRow(module=module, id=old["id"], old=old, values={**old, "owner": to}, index=index))
    if not rows:
        return
    work.rows = work.done = rows
    work.index = {(module, row.id): row for row in rows}
    compute_formulas(work, program, rows, report=False)
    for row in rows:
        row.changed = {name for name, value in row.values.items() if row.old and value != row.old[name]}
    for step in steps:
        step.run(work)


def _may_hand_over(work: SaveWork) -> bool:
    """As with accounts: whose role lets into the people of Setup manages them and what they own."""
    return passes(work.actor) or reach_of_roles(work.published.model.roles, work.actor.roles).has("people")
