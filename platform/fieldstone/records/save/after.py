"""Step 12: after-save workflows and plugin hooks, in the same transaction."""

from __future__ import annotations

from fieldstone.records.stages import SaveWork


def run_after_save(work: SaveWork) -> None:
    if not work.rows:
        return
    stages = work.environment.stages if work.options.workflows else ()
    for stage in (*stages, *work.environment.hooks):
        stage.after_save(work)
