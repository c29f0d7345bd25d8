"""Values that a change of the model gives to records: no rules and no workflows, but version, history, search and
everything computed follow."""

from __future__ import annotations

from collections.abc import Sequence

from fieldstone.records.save.dependants import recompute_dependants
from fieldstone.records.save.formulas import compute_formulas
from fieldstone.records.save.history import write_history
from fieldstone.records.save.program import ModuleProgram
from fieldstone.records.save.search import update_search
from fieldstone.records.save.write import write
from fieldstone.records.stages import SaveRow, SaveWork


def write_values(work: SaveWork, program: ModuleProgram, rows: Sequence[SaveRow]) -> int:
    """Write the rows whose `values` differ from their `old` ones; how many there were."""
    changed = []
    for row in rows:
        assert row.old is not None
        row.changed = {name for name, value in row.values.items() if value != row.old[name]}
        if row.changed:
            changed.append(row)
    if not changed:
        return 0
    compute_formulas(work, program, changed, report=False)
    for row in changed:
        assert row.old is not None
        row.changed = {name for name, value in row.values.items() if value != row.old[name]}
    work.rows = changed
    work.index = {(row.module, row.id): row for row in changed}
    write(work)
    write_history(work)
    _follow(work, [row for row in changed if row.old and row.old["deleted_at"] is None])
    return len(changed)


def _follow(work: SaveWork, live: list[SaveRow]) -> None:
    """Deleted records are neither found nor counted."""
    work.rows = live
    if live:
        update_search(work)
        recompute_dependants(work)
