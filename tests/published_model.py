"""Puts a model made by hand in force, for tests that do not need documents."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import sqlalchemy as sa

from fieldstone.metadata.model import AppModel
from fieldstone.storage.database import Database
from fieldstone.storage.ddl import create_tables
from fieldstone.storage.published import ModelSource
from fieldstone.storage.revisions import Revision, hold_version, store_revision
from fieldstone.storage.shapes import model_shapes


def publish_model(
    database: Database, model: AppModel, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> ModelSource:
    """Make the model's tables and a revision without documents; the source always gives this model."""

    def work(conn: sa.Connection) -> None:
        number = hold_version(conn, exclusive=True) + 1
        create_tables(conn, model_shapes(model))
        now = datetime.now(UTC)
        revision = Revision(id=number, at=now, by=None, by_label="test", kind="publish", message="",
                            model_hash=model.hash, plugins={})  # fmt: skip
        store_revision(conn, revision, [])

    database.transact(work)
    return ModelSource(database, lambda layers, catalogue: model, clock=clock)
