"""The end of step 7: all problems are reported together, or, in a partial save, the failing rows left out."""

from __future__ import annotations

from fieldstone.kernel.errors import FieldProblem, ValidationError
from fieldstone.metadata.dependencies import FieldRef
from fieldstone.records import codes
from fieldstone.records.access.fields import HIDDEN, OBSTACLE
from fieldstone.records.access.restrictions import restrictions_of
from fieldstone.records.changes import PossibleDuplicatesError, TempRef
from fieldstone.records.save.program import program_for
from fieldstone.records.stages import SaveWork


def settle(work: SaveWork) -> None:
    """Raises ValidationError, PossibleDuplicatesError; `work.rows` are then those to be written."""
    _cover_hidden(work)
    if not work.options.partial:
        if work.problems:
            raise ValidationError(work.problems)
        if work.warnings:
            raise PossibleDuplicatesError(work.warnings)
        return
    _fail_referring(work)
    work.rows = [row for row in work.rows if not row.failed]
    for key in [key for key, row in work.index.items() if row.failed]:
        del work.index[key]


def _cover_hidden(work: SaveWork) -> None:
    """What stands in the way in a field that the actor may not see is said without its name and value. What the actor
    sent for it was refused by name before."""
    hidden = restrictions_of(work.published, work.actor).hidden
    if not hidden:
        return
    modules = {row.index: row.module for row in work.done}
    work.problems = [
        FieldProblem(field="", code=OBSTACLE, row=problem.row)
        if problem.code != HIDDEN and FieldRef(modules.get(problem.row, ""), problem.field) in hidden
        else problem
        for problem in work.problems
    ]


def _fail_referring(work: SaveWork) -> None:
    """A row that refers to one that is not saved is not saved either."""
    failed = {row.change.ref for row in work.done if row.failed and row.change is not None and row.change.ref}
    while failed:
        found = set()
        for row in work.rows:
            if row.failed or not row.refers or row.change is None:
                continue
            for name, value in row.given.items():
                if isinstance(value, TempRef) and value.name in failed:
                    label = program_for(work, row.module).fields[name].field.label
                    work.refuse(row, name, codes.REFERENCE_FAILED, label=label)
                    found.add(row.change.ref)
        failed = found - {""}
