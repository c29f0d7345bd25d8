"""The life of a save: the steps in their published order.

1 parse · 2 access · 3 load · 4 defaults · 5 hooks · 6 before_save · 7 validate · 8 write · 9 history ·
10 search · 11 dependants · 12 after_save · 13 commit (with the jobs that stages put in the outbox) ·
14 jobs run. The last two happen when the transaction ends, outside this list.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fieldstone.records.changes import SavedRecord, SaveResult
from fieldstone.records.save.access import check_access
from fieldstone.records.save.after import run_after_save
from fieldstone.records.save.before import run_before_save, run_hooks
from fieldstone.records.save.defaults import fill_defaults
from fieldstone.records.save.dependants import recompute_dependants
from fieldstone.records.save.history import write_history
from fieldstone.records.save.load import load
from fieldstone.records.save.parse import parse
from fieldstone.records.save.search import update_search
from fieldstone.records.save.validate import validate
from fieldstone.records.save.write import write
from fieldstone.records.stages import SaveWork


@dataclass(frozen=True)
class Step:
    name: str
    run: Callable[[SaveWork], None]


STEPS = (
    Step("parse", parse),
    Step("access", check_access),
    Step("load", load),
    Step("defaults", fill_defaults),
    Step("hooks", run_hooks),
    Step("before_save", run_before_save),
    Step("validate", validate),
    Step("write", write),
    Step("history", write_history),
    Step("search", update_search),
    Step("dependants", recompute_dependants),
    Step("after_save", run_after_save),
)

AFTERWARDS = STEPS[7:]
"""What deletions and restorations go through too, once their rows are known."""


def run(work: SaveWork) -> SaveResult:
    """All steps. Raises ValidationError, StaleRecordError, PossibleDuplicatesError, NotFoundError,
    ForbiddenError; nothing counts then, the caller's transaction is to be rolled back."""
    for step in STEPS:
        step.run(work)
    return result_of(work)


def result_of(work: SaveWork) -> SaveResult:
    records = [
        SavedRecord(
            module=row.module,
            id=row.id,
            version=row.values["version"],
            created=row.created,
            changed=frozenset(row.changed),
            row=row.index,
        )
        for row in work.done
        if not row.failed
    ]
    problems = sorted(work.problems, key=lambda problem: problem.row)
    return SaveResult(records=records, problems=problems, warnings=list(work.warnings))
