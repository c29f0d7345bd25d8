"""Step 2: whether the actor may create or edit records of these modules.

Which records is asked in step 3, by loading only those within reach; for whom new ones may be made at the end of
step 4, when their owners are known."""

from __future__ import annotations

from collections.abc import Sequence

from fieldstone.records.access import require
from fieldstone.records.access.creating import FOREIGN_OWNER, foreign_owners
from fieldstone.records.stages import SaveRow, SaveWork


def check_access(work: SaveWork) -> None:
    for module, created in dict.fromkeys((row.module, row.created) for row in work.rows):
        require(work.published, work.actor, module, "create" if created else "edit")


def check_owners(work: SaveWork, module: str, rows: Sequence[SaveRow]) -> None:
    """Refuse new records for owners out of the reach of the right to create. What a workflow makes, or whom it gives
    a new record to, is the workflow's affair: it comes later, or with a save of its own."""
    if work.depth:
        return
    owners = {row.values["owner"] for row in rows}
    foreign = foreign_owners(work.connection, work.published, work.actor, module, owners)
    for row in rows:
        if row.values["owner"] in foreign and "owner" not in row.faulty:
            work.refuse(row, "owner", FOREIGN_OWNER)
