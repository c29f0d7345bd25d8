"""Documents by their content: the same text is kept once, however many revisions hold it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import sqlalchemy as sa

from fieldstone.storage.columns import Text
from fieldstone.storage.system import system_metadata

document = sa.Table(
    "fs_document",
    system_metadata,
    sa.Column("hash", Text, primary_key=True),
    sa.Column("body", Text, nullable=False),
)

_CHUNK = 500
"""Hashes in one statement; SQLite takes at most 999 parameters in old builds."""


def document_hash(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()


def store_documents(conn: sa.Connection, bodies: Iterable[str]) -> None:
    """Keep the texts that are not kept yet."""
    by_hash = {document_hash(body): body for body in bodies}
    absent = by_hash.keys() - load_documents(conn, by_hash).keys()
    if absent:
        conn.execute(sa.insert(document), [{"hash": key, "body": by_hash[key]} for key in sorted(absent)])


def load_documents(conn: sa.Connection, hashes: Iterable[str]) -> dict[str, str]:
    """Hash → text, of those that are kept."""
    wanted = sorted(set(hashes))
    found: dict[str, str] = {}
    for start in range(0, len(wanted), _CHUNK):
        query = sa.select(document.c.hash, document.c.body).where(document.c.hash.in_(wanted[start : start + _CHUNK]))
        found |= {row.hash: row.body for row in conn.execute(query)}
    return found
