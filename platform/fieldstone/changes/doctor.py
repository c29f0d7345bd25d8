"""The doctor: do schema, catalogue, model and documents agree? Looks, and changes nothing."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import UTC, datetime

import sqlalchemy as sa

from fieldstone.changes.examinations.damage import examine_file, examine_system_tables
from fieldstone.changes.examinations.identities import examine_identities
from fieldstone.changes.examinations.leftovers import examine_hidden, examine_unknown
from fieldstone.changes.examinations.records import examine_choices, examine_open_references
from fieldstone.changes.examinations.revisions import examine_documents, examine_model, examine_version
from fieldstone.changes.examinations.row_work import examine_lock, examine_steps
from fieldstone.changes.examinations.schema import examine_schema
from fieldstone.changes.planning import CompileLayers
from fieldstone.changes.shared import missing_teams
from fieldstone.kernel.diagnostics import Diagnostics
from fieldstone.metadata.compiler import Compilation
from fieldstone.storage.catalogue import load_catalogue
from fieldstone.storage.database import Database
from fieldstone.storage.physical import read_physical
from fieldstone.storage.tables import build_tables
from fieldstone.storage.time_limit import time_limit


def examine(
    database: Database, compile_layers: CompileLayers, now: datetime | None = None, *, seconds: int | None = None
) -> Diagnostics:
    """Everything that is not as it should be; empty for a healthy site. `compile_layers` is the site's own.
    Raises UnavailableError storage.E012 when it takes longer than `seconds`.

    The hint of each finding says what to do: a command, or the statements in its parameter `repair`. Reads every
    record of modules that have picklists or lookups to any module, and of SQLite every page.
    """
    findings = Diagnostics()
    moment = now or datetime.now(UTC)
    with database.read_apart() as conn, nullcontext() if seconds is None else time_limit(conn, seconds):
        if database.dialect == "sqlite":
            examine_file(conn, findings)
        examine_system_tables(conn, findings)
        if not findings.has_errors:
            _examine_site(conn, compile_layers, moment, findings)
    return findings


def _examine_site(conn: sa.Connection, compile_layers: CompileLayers, moment: datetime, findings: Diagnostics) -> None:
    examine_lock(conn, moment, findings)
    examine_documents(conn, findings)
    version = examine_version(conn, findings)
    compilation = examine_model(conn, version, compile_layers, findings)
    if compilation is not None:
        _examine_model(conn, compilation, moment, findings)


def _examine_model(conn: sa.Connection, compilation: Compilation, moment: datetime, findings: Diagnostics) -> None:
    model, physical = compilation.get_model(), read_physical(conn)
    findings.extend(list(missing_teams(conn, model)))
    is_distinct = examine_identities(conn, compilation.wanted, findings)
    examine_steps(conn, model, moment, findings)
    is_whole = examine_schema(conn, model, physical, findings)
    catalogue = load_catalogue(conn)
    examine_hidden(conn, catalogue, physical, findings)
    examine_unknown(conn, catalogue, model, physical, findings)
    if is_whole and is_distinct:  # else the columns that are read may not be there
        examine_open_references(conn, model, build_tables(model, conn.dialect.name), findings)
        examine_choices(conn, model, catalogue, findings)
