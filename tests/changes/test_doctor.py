"""The doctor finds what is wrong with a database, and nothing where nothing is."""

from __future__ import annotations

import sqlalchemy as sa

import sample_model
from fieldstone.changes.doctor import examine
from fieldstone.storage.database import Database
from published_model import publish_model

NOW = "'2026-03-14T09:00:00.000000Z'"


def test_a_healthy_database_has_no_findings(database: Database) -> None:
    models = publish_model(database, sample_model.model(*sample_model.sales_modules()))
    assert not list(examine(database, models.current))


def test_what_the_model_needs_and_the_database_lacks_is_named(database: Database) -> None:
    models = publish_model(database, sample_model.model(*sample_model.sales_modules()))
    database.transact(lambda conn: conn.exec_driver_sql('ALTER TABLE opportunity DROP COLUMN "order"'))
    (finding,) = examine(database, models.current)
    assert finding.code == "doctor.E003"
    assert '"order"' in finding.message


def test_a_reference_to_any_module_that_leads_nowhere_is_found(database: Database) -> None:
    models = publish_model(database, sample_model.model(*sample_model.sales_modules()))
    rows = [(1, "m_organization", 1), (2, "m_organization", 9), (3, "m_gone", 1), (4, None, None)]

    def insert(conn: sa.Connection) -> None:
        conn.exec_driver_sql(
            f"INSERT INTO organization (id, version, created_at, modified_at) VALUES (1, 1, {NOW}, {NOW})"
        )
        for number, module, target in rows:
            values = f"{number}, 1, {NOW}, {NOW}, {repr(module) if module else 'NULL'}, {target or 'NULL'}"
            conn.exec_driver_sql(
                "INSERT INTO opportunity (id, version, created_at, modified_at, about_module, about_id)"
                f" VALUES ({values})"
            )

    database.transact(insert)
    (finding,) = examine(database, models.current)
    assert (finding.code, finding.params["count"], finding.params["field"]) == ("doctor.E004", 2, "about")
