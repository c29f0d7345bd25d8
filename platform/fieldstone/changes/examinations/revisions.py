"""Are the documents of every revision whole, and is the newest one in force?"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from fieldstone.changes.planning import CompileLayers
from fieldstone.kernel.codes import declare
from fieldstone.kernel.diagnostics import Diagnostics
from fieldstone.kernel.errors import FieldstoneError
from fieldstone.metadata.compiler import Compilation
from fieldstone.storage.catalogue import load_catalogue
from fieldstone.storage.documents import document, document_hash
from fieldstone.storage.revisions import VERSION_KEY, find_version, load_layers, revision

NO_DOCUMENT = declare(
    "doctor.E010",
    "The document {what} of {revisions} revisions, {newest} the newest of them, is gone.",
    "Restore the row {hash} of fs_document from a backup.",
)
OTHER_DOCUMENT = declare(
    "doctor.E011",
    "The document {what} of {revisions} revisions, {newest} the newest of them, is not as it was published.",
    "Restore the row {hash} of fs_document from a backup.",
)
UNUSABLE = declare(
    "doctor.E012",
    "Revision {revision}, which is in force, cannot be used: {reason}",
    "Mend what is named there, or go back to an earlier revision: fieldstone rollback REV",
)
OTHER_MODEL = declare(
    "doctor.E013",
    "The documents of revision {revision} make another model than the one that was published.",
    "If nobody changed the database by hand, a newer Fieldstone reads them otherwise: {repair}",
)
OTHER_VERSION = declare(
    "doctor.E018",
    "Revision {found} is in force, but the newest is {newest}.",
    "Put the newest in force: {repair}",
)


def examine_documents(conn: sa.Connection, findings: Diagnostics) -> None:
    """Of every revision."""
    users: dict[str, tuple[str, int, int]] = {}
    for number, layers in conn.execute(sa.select(revision.c.id, revision.c.layers).order_by(revision.c.id)):
        for path, key in _documents(layers):
            _, count, _ = users.get(key, ("", 0, 0))
            users[key] = (path, count + 1, number)
    found = {row.hash: document_hash(row.body) for row in conn.execute(sa.select(document.c.hash, document.c.body))}
    for key, (path, count, newest) in users.items():
        if found.get(key) != key:
            code = OTHER_DOCUMENT if key in found else NO_DOCUMENT
            findings.add(code, what=path, revisions=count, newest=newest, hash=key)


def _documents(layers: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(f"{layer['name']}/{path}", key) for layer in layers for path, key in layer["documents"].items()]


def examine_version(conn: sa.Connection, findings: Diagnostics) -> int:
    """The newest revision, which should be the one in force."""
    newest = conn.execute(sa.select(sa.func.max(revision.c.id))).scalar_one() or 0
    found = find_version(conn)
    if found != newest:
        repair = f"UPDATE fs_state SET value = '{newest}' WHERE key = '{VERSION_KEY}'"
        findings.add(OTHER_VERSION, found=found, newest=newest, repair=repair)
    return int(newest)


def examine_model(
    conn: sa.Connection, version: int, compile_layers: CompileLayers, findings: Diagnostics
) -> Compilation | None:
    """The model of the newest revision, compiled; None when it cannot be."""
    try:
        compilation = compile_layers(load_layers(conn, version), load_catalogue(conn))
        model = compilation.get_model()
    except (FieldstoneError, LookupError, ValueError) as error:
        findings.add(UNUSABLE, revision=version, reason=str(error))
        return None
    kept = conn.execute(sa.select(revision.c.model_hash).where(revision.c.id == version)).scalar_one()
    if model.hash != kept:
        repair = f"UPDATE fs_revision SET model_hash = '{model.hash}' WHERE id = {version}"
        findings.add(OTHER_MODEL, revision=version, repair=repair)
    return compilation
