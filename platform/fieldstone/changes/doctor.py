"""The doctor: does the database hold what the model says? Looks, and changes nothing."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from fieldstone.kernel.codes import declare
from fieldstone.kernel.diagnostics import Diagnostics
from fieldstone.storage.database import Database
from fieldstone.storage.ddl import plan_operations
from fieldstone.storage.physical import read_physical
from fieldstone.storage.published import PublishedModel
from fieldstone.storage.shapes import column_name, model_shapes

declare("doctor.E001", "The database file is damaged: {finding}", "Restore a backup.")
declare("doctor.E002", "A record of {table} refers to a record of {target} that does not exist.", "Restore a backup.")
declare("doctor.E003", "The database lacks what the model needs: {statement}", "Publish again, or restore a backup.")
declare(
    "doctor.E004",
    "{count} records of {module} refer, by {field}, to records that do not exist.",
    "Open them and choose another record, or clear the field.",
)


def examine(database: Database, published: PublishedModel) -> Diagnostics:
    """Everything that is not as it should be; empty for a healthy site."""
    findings = Diagnostics()
    with database.read() as conn:
        if database.dialect == "sqlite":
            _examine_file(conn, findings)
        for operation in plan_operations(model_shapes(published.model), read_physical(conn), conn.dialect):
            findings.add("doctor.E003", statement=operation.statement)
        if not findings.has_errors:
            _examine_open_references(conn, published, findings)
    return findings


def _examine_file(conn: sa.Connection, findings: Diagnostics) -> None:
    for (finding,) in conn.exec_driver_sql("PRAGMA integrity_check"):
        if finding != "ok":
            findings.add("doctor.E001", finding=finding)
    for table, _, target, _ in conn.exec_driver_sql("PRAGMA foreign_key_check"):
        findings.add("doctor.E002", table=table, target=target)


def _examine_open_references(conn: sa.Connection, published: PublishedModel, findings: Diagnostics) -> None:
    """Lookups to any module are (module, id) pairs, which no foreign key guards."""
    modules = {module.identity: module for module in published.model.modules.values()}
    for module, field in _open_lookups(published):
        table = published.tables.module(module).table
        pair = [
            table.c[column_name(published.model.modules[module].fields[field], part)] for part in ("_module", "_id")
        ]
        lost = 0
        for identity in conn.scalars(sa.select(pair[0]).where(pair[0].is_not(None)).distinct()).all():
            here = sa.select(sa.func.count()).select_from(table).where(pair[0] == identity, pair[1].is_not(None))
            if identity in modules:
                target = published.tables.module(modules[identity].name).table.alias()
                here = here.where(~sa.exists().where(target.c.id == pair[1]))
            lost += conn.execute(here).scalar_one()
        if lost:
            findings.add("doctor.E004", count=lost, module=module, field=field)


def _open_lookups(published: PublishedModel) -> Iterator[tuple[str, str]]:
    for module in published.model.modules.values():
        for field in module.fields.values():
            if [spec.kind for spec in published.model.type_of(field).columns(field)][:1] == ["module"]:
                yield module.name, field.name
