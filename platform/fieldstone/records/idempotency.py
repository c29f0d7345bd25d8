"""Requests that a program may send twice without doing the work twice: the first answer is kept for a day.

The key is claimed before the work and the answer is kept after it. Whoever comes second gets that answer,
or is told that there is none yet; work that failed gives the key free.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from fieldstone.kernel.actors import Actor
from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import ConflictError, FieldstoneError
from fieldstone.records.tables import idempotency_key as table
from fieldstone.storage.database import Database

KEPT = timedelta(hours=24)

UNANSWERED = declare(
    "idempotency.E001",
    "A request with this key has begun and is not answered yet.",
    "Ask again in a moment; if it stays so, the first one broke off: look whether its work is there.",
)
OTHER_REQUEST = declare(
    "idempotency.E002", "This key was used for another request.", "Make a new key for every new request."
)


class OtherRequestError(FieldstoneError):
    """A key used again with another body or address. Seen by the caller."""

    status = 422


@dataclass(frozen=True, kw_only=True)
class KeptAnswer:
    """`location` is the Location header, "" without."""

    status: int
    location: str
    body: str


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A key that is the caller's to answer (`answer` None), or one that was answered before."""

    id: int
    answer: KeptAnswer | None = None


def claim(database: Database, actor: Actor, key: str, request: bytes, now: datetime) -> Claim:
    """Claim a key for a request (its method, address and body).

    Raises ConflictError idempotency.E001, OtherRequestError idempotency.E002.
    """
    values = {
        "key": hashlib.sha256(f"{actor.user_id}\n{key}".encode()).hexdigest(),
        "request": hashlib.sha256(request).hexdigest(),
        "created_at": now,
        "location": "",
        "body": "",
    }
    return database.transact(lambda conn: _claim(conn, values, now))


def keep(database: Database, claimed: Claim, answer: KeptAnswer) -> None:
    """Keep the answer of a claim."""
    values = {"status": answer.status, "location": answer.location, "body": answer.body}
    statement = sa.update(table).where(table.c.id == claimed.id).values(values)
    database.transact(lambda conn: conn.execute(statement))


def give_up(database: Database, claimed: Claim) -> None:
    """Nothing was done: the key is free again."""
    database.transact(lambda conn: conn.execute(sa.delete(table).where(table.c.id == claimed.id)))


def _claim(conn: sa.Connection, values: dict[str, object], now: datetime) -> Claim:
    conn.execute(sa.delete(table).where(table.c.created_at < now - KEPT))
    insert = sqlite_insert if conn.dialect.name == "sqlite" else postgresql_insert
    statement = insert(table).values(values).on_conflict_do_nothing(index_elements=[table.c.key])
    made = conn.execute(statement.returning(table.c.id)).scalar_one_or_none()
    if made is not None:
        return Claim(id=made)
    found = conn.execute(sa.select(table).where(table.c.key == values["key"])).one_or_none()
    if found is None:  # given up by another one at this moment
        raise ConflictError(UNANSWERED)
    if found.request != values["request"]:
        raise OtherRequestError(OTHER_REQUEST)
    if found.status is None:
        raise ConflictError(UNANSWERED)
    return Claim(id=found.id, answer=KeptAnswer(status=found.status, location=found.location, body=found.body))
