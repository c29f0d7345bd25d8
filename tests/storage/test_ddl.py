"""DDL only expands, is one transaction, and never rebuilds a table."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import sqlalchemy as sa

import fieldstone
import sample_model
from fieldstone.storage.database import Database
from fieldstone.storage.ddl import Operation, create_tables, execute_operations, plan_operations
from fieldstone.storage.physical import read_physical
from fieldstone.storage.shapes import TableShape, model_shapes

_ALLOWED = re.compile(r"CREATE TABLE|CREATE SEQUENCE|CREATE (UNIQUE )?INDEX|DROP INDEX|ALTER TABLE \S+ ADD ")


def _shapes(*extra: str, **attributes: object) -> dict[str, TableShape]:
    organization, opportunity = sample_model.sales_modules()
    fields = [sample_model.field(name, **attributes) for name in extra]
    grown = sample_model.module("organization", *organization.fields.values(), *fields)
    return model_shapes(sample_model.model(grown, opportunity))


def _plan(database: Database, shapes: dict[str, TableShape]) -> list[Operation]:
    with database.read() as conn:
        return plan_operations(shapes, read_physical(conn), conn.dialect)


def test_no_statement_takes_anything_away(database: Database) -> None:
    first = _plan(database, _shapes())
    database.transact(lambda conn: execute_operations(conn, first))
    later = _plan(database, _shapes("city", "fax", index=True, unique=True))
    database.transact(lambda conn: execute_operations(conn, later))
    back = _plan(database, _shapes())
    assert all(_ALLOWED.match(operation.statement) for operation in (*first, *later, *back))
    assert {operation.lock for operation in first} == {"none"}
    assert {operation.lock for operation in later} == {"brief", "rewrite"}
    assert back
    assert all(operation.statement.startswith("DROP INDEX") for operation in back)


def test_a_removed_column_that_comes_back_is_used_again(database: Database) -> None:
    database.transact(lambda conn: create_tables(conn, _shapes("city")))
    assert _plan(database, _shapes()) == []
    assert _plan(database, _shapes("city")) == []


def test_a_failing_statement_undoes_all_of_them(database: Database) -> None:
    operations = [*_plan(database, _shapes()), Operation(table="x", statement="CREATE NONSENSE", lock="none")]
    with pytest.raises(sa.exc.DBAPIError):
        database.transact(lambda conn: execute_operations(conn, operations))
    with database.read() as conn:
        assert "organization" not in read_physical(conn).columns


def test_new_references_to_tables_in_use_are_guarded(database: Database) -> None:
    database.transact(lambda conn: create_tables(conn, _shapes()))
    grown = _shapes("rival", kind="lookup", to=("organization",))
    database.transact(lambda conn: create_tables(conn, grown))
    now = "'2026-03-14T09:00:00.000000Z'"
    insert = f"INSERT INTO organization (id, version, created_at, modified_at, rival) VALUES (1, 1, {now}, {now}, 99)"
    with pytest.raises(sa.exc.IntegrityError):
        database.transact(lambda conn: conn.exec_driver_sql(insert))


def test_nobody_rebuilds_tables() -> None:
    """Alembic's batch mode copies a table and drops the old one: with foreign keys on, SQLite then deletes or
    clears every row that refers to it, without a word."""
    root = Path(fieldstone.__file__).parent
    forbidden = re.compile(r"batch_alter_table|BatchOperations|alembic\.operations|DROP TABLE|RENAME TO|DROP COLUMN")
    # Purging takes away what nothing refers to any more, when a person asks for it; the doctor only says what a
    # person may run. A whole site that gives way to a backup goes on PostgreSQL, in the transaction that brings the
    # backup in.
    changes = root / "changes"
    allowed = (
        changes / "purge.py", *(changes / "examinations").glob("*.py"), root / "storage" / "backup" / "replaced.py"
    )  # fmt: skip
    for file in (file for file in root.rglob("*.py") if file not in allowed):
        assert not forbidden.search(file.read_text("utf-8")), f"{file} rebuilds tables"
