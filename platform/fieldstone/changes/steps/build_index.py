"""An index that is too large to be built while nobody may write."""

from __future__ import annotations

import sqlalchemy as sa

from fieldstone.storage.building import build_index
from fieldstone.storage.database import Database
from fieldstone.storage.steps import DONE, FAILED, StoredStep, note_step

RATE = 700_000
"""Rows a second, about."""


def run_index(database: Database, step: StoredStep) -> None:
    """params: `name`, `statement`, `unique`. Values that are not unique after all leave the step failed, and say so."""
    try:
        build_index(database, step.params["name"], step.params["statement"])
    except sa.exc.IntegrityError:
        problem = {"id": 0, "value": "", "code": "publish.E005"}
        database.transact(lambda conn: note_step(conn, step.id, state=FAILED, problems=[problem]))
        return
    database.transact(lambda conn: note_step(conn, step.id, state=DONE, done=step.total))
