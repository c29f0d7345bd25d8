"""Step 2: whether the actor may create or edit records of these modules.

Which records is asked in step 3, by loading only those within reach."""

from __future__ import annotations

from fieldstone.records.access import require
from fieldstone.records.stages import SaveWork


def check_access(work: SaveWork) -> None:
    for module, created in dict.fromkeys((row.module, row.created) for row in work.rows):
        require(work.published, work.actor, module, "create" if created else "edit")
