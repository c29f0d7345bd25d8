"""Run as a program: publishes a module to the database given, and is killed when all of it is done but the commit."""

from __future__ import annotations

import os
import signal
import sys

import fieldstone.changes.publish
import sample_model
from fieldstone.changes.plan import Plan
from fieldstone.changes.proposal import Proposal
from fieldstone.kernel.actors import SYSTEM
from fieldstone.metadata.catalogue import Catalogue, CatalogueEntry
from fieldstone.storage.database import Database
from fieldstone.storage.ddl import plan_operations
from fieldstone.storage.physical import read_physical
from fieldstone.storage.published import PublishedModel
from fieldstone.storage.revisions import store_revision
from fieldstone.storage.shapes import model_shapes
from fieldstone.storage.tables import build_tables


def sample_plan(database: Database) -> Plan:
    model = sample_model.model(*sample_model.sales_modules())
    with database.read() as conn:
        operations = plan_operations(model_shapes(model), read_physical(conn), conn.dialect)
    catalogue = Catalogue.of([CatalogueEntry("1", "module", "organization", "organization")])
    tables = build_tables(model, database.dialect)
    proposed = PublishedModel(version=1, model=model, tables=tables, catalogue=catalogue)
    return Plan(
        base="", hash="new", version=0, changes=(), proposal=Proposal(layers=(), catalogue=catalogue),
        proposed=proposed, operations=tuple(operations),
    )  # fmt: skip


def _store_and_die(*arguments: object) -> None:
    store_revision(*arguments)  # type: ignore[arg-type]
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    fieldstone.changes.publish.store_revision = _store_and_die
    opened = Database.open(sys.argv[1])
    fieldstone.changes.publish.publish(opened, sample_plan(opened), SYSTEM)
