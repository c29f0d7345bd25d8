"""Revisions: every published state of all layers, and which of them is the model now.

The version of the model is the id of the revision in force. It stands in `fs_state`, so that a write
can hold it still for the length of its transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

import sqlalchemy as sa

from fieldstone.metadata.layers import Layer
from fieldstone.storage.columns import Id, Text, UtcDateTime
from fieldstone.storage.documents import document_hash, load_documents, store_documents
from fieldstone.storage.system import find_state, set_state, system_metadata

VERSION_KEY = "model_version"

_FIND_VERSION: LiteralString = "SELECT value FROM fs_state WHERE key = 'model_version'"

_HOLD_ALONE: LiteralString = "SELECT pg_advisory_xact_lock(4615205)"
_HOLD_TOGETHER: LiteralString = "SELECT pg_advisory_xact_lock_shared(4615205)"
"""Of PostgreSQL; any number nobody else uses."""

revision = sa.Table(
    "fs_revision",
    system_metadata,
    sa.Column("id", Id, primary_key=True, autoincrement=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("by", Id),
    sa.Column("by_label", Text, nullable=False),
    sa.Column("kind", Text, nullable=False),  # publish or rollback
    sa.Column("message", Text, nullable=False),
    sa.Column("model_hash", Text, nullable=False),
    sa.Column("layers", sa.JSON, nullable=False),  # [{name, documents: {path: hash}}], the lowest first
    sa.Column("plugins", sa.JSON, nullable=False),  # code plugins it needs: name → version
)


@dataclass(frozen=True, kw_only=True)
class Revision:
    """One published state. `plugins`: the code plugins it needs, name → version."""

    id: int
    at: datetime
    by: int | None
    by_label: str
    kind: str
    message: str
    model_hash: str
    plugins: Mapping[str, str]


def find_version(conn: sa.Connection) -> int:
    """The version of the model, 0 before the first publish."""
    if conn.dialect.name == "sqlite":
        return int(find_state(conn, VERSION_KEY) or 0)
    from fieldstone.storage.postgresql import ask_first  # its driver is only there when it is used

    return int(ask_first(conn, _FIND_VERSION) or 0)


def hold_version(conn: sa.Connection, *, exclusive: bool = False) -> int:
    """The version of the model, which cannot change before this write transaction ends.

    Writers hold it together; a publisher holds it alone (`exclusive`). On SQLite the write transaction itself
    sees to that. On PostgreSQL it is an advisory lock rather than a share lock on the row: it queues fairly, so
    that a stream of writers cannot keep a publisher out, and writes nothing.
    """
    if conn.dialect.name == "sqlite":
        return find_version(conn)
    from fieldstone.storage.postgresql import ask_first

    # Two statements: the second must see what was committed while the first waited.
    return int(ask_first(conn, _HOLD_ALONE if exclusive else _HOLD_TOGETHER, _FIND_VERSION) or 0)


def store_revision(conn: sa.Connection, new: Revision, layers: Sequence[Layer]) -> None:
    """Keep a revision with its documents and make it the one in force."""
    store_documents(conn, (body for layer in layers for body in layer.documents.values()))
    kept = [
        {"name": layer.name, "documents": {path: document_hash(body) for path, body in layer.documents.items()}}
        for layer in layers
    ]
    values = {name: getattr(new, name) for name in Revision.__dataclass_fields__}
    conn.execute(sa.insert(revision).values(**values | {"layers": kept, "plugins": dict(new.plugins)}))
    set_state(conn, VERSION_KEY, str(new.id))


def find_revision(conn: sa.Connection, revision_id: int) -> Revision | None:
    row = conn.execute(_select().where(revision.c.id == revision_id)).one_or_none()
    return Revision(**row._mapping) if row else None


def list_revisions(conn: sa.Connection, *, limit: int = 100, before: int | None = None) -> list[Revision]:
    """The newest first; `before` an id pages on."""
    query = _select().order_by(revision.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(revision.c.id < before)
    return [Revision(**row._mapping) for row in conn.execute(query)]


def load_layers(conn: sa.Connection, revision_id: int) -> list[Layer]:
    """All layers as they were published, the lowest first. Raises LookupError when there is no such revision
    or a document of it is gone."""
    kept = conn.execute(sa.select(revision.c.layers).where(revision.c.id == revision_id)).scalar_one_or_none()
    if kept is None:
        raise LookupError(f"no revision {revision_id}")
    bodies = load_documents(conn, (key for layer in kept for key in layer["documents"].values()))
    return [
        Layer(name=layer["name"], documents={path: bodies[key] for path, key in layer["documents"].items()})
        for layer in kept
    ]


def _select() -> sa.Select[tuple[object, ...]]:
    return sa.select(*(revision.c[name] for name in Revision.__dataclass_fields__))


def describe_winner(conn: sa.Connection, version: int) -> dict[str, object]:
    """Who published the revision `version`, for whoever lost the race against it: `by_label`, `at` (ISO 8601,
    seconds, UTC) and `revision`. Raises LookupError when there is no such revision."""
    found = find_revision(conn, version)
    if found is None:
        raise LookupError(f"no revision {version}")
    return {
        "by_label": found.by_label or "Somebody",
        "at": found.at.isoformat(timespec="seconds"),
        "revision": found.id,
    }
