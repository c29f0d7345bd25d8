"""Entries of the search index that match, newest first, at a bounded cost.

SQLite walks the lists of its words backwards and stops when it has enough. PostgreSQL has no such order:
the newest entries are looked through first, which answers for common words; for the others the GIN index
finds at most `MOST_MATCHES`, of which the newest are taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from fieldstone.records.search.match import Reach, postgresql_match, sqlite_match
from fieldstone.records.search.tables import FTS_TABLE, search_entry
from fieldstone.records.search.tokens import Term
from fieldstone.storage.kept_plans import planned_anew

NEWEST = 3_000
MOST_MATCHES = 20_000


class Candidate(NamedTuple):
    """`module` is an identity."""

    id: int
    module: str
    record_id: int


def find_candidates(
    conn: sa.Connection, terms: Sequence[Term], reach: Reach, limit: int, before: int | None = None
) -> list[Candidate]:
    """At most `limit` entries older than the entry `before`."""
    if conn.dialect.name == "sqlite":
        return _on_sqlite(conn, sqlite_match(terms, reach), limit, before)
    return _on_postgresql(conn, postgresql_match(terms, reach), reach, limit, before)


_SQLITE = sa.text(
    f"""SELECT e.id, e.module, e.record_id FROM (
        SELECT rowid AS id FROM {FTS_TABLE} WHERE {FTS_TABLE} MATCH :match AND rowid < :before
        ORDER BY rowid DESC LIMIT :limit) AS w
    CROSS JOIN fs_search AS e ON e.id = w.id ORDER BY e.id DESC"""
)


def _on_sqlite(conn: sa.Connection, match: str, limit: int, before: int | None) -> list[Candidate]:
    values = {"match": match, "before": 2**63 - 1 if before is None else before, "limit": limit}
    return [Candidate(*row) for row in conn.execute(_SQLITE, values).all()]


def _on_postgresql(conn: sa.Connection, match: str, reach: Reach, limit: int, before: int | None) -> list[Candidate]:
    entry = search_entry.c
    vector = sa.column("vector", postgresql.TSVECTOR)
    asked = sa.cast(sa.bindparam("match", match, type_=sa.Text), postgresql.TSQUERY)
    source = sa.select(entry.id, entry.module, entry.record_id, sa.column("vector", postgresql.TSVECTOR))
    source = source.select_from(search_entry)
    if before is not None:
        source = source.where(entry.id < before)
    newest = source.order_by(entry.id.desc())
    if not reach.complete and len(reach.modules) == 1:
        newest = source.where(entry.module == reach.modules[0]).order_by(entry.record_id.desc())
    looked_through = newest.limit(NEWEST).subquery()
    recent = sa.select(looked_through.c.id, looked_through.c.module, looked_through.c.record_id)
    recent = recent.where(looked_through.c.vector.op("@@")(asked)).order_by(looked_through.c.id.desc()).limit(limit)
    found = [Candidate(*row) for row in conn.execute(planned_anew(recent)).all()]
    if len(found) >= limit:
        return found
    matching = source.where(vector.op("@@")(asked)).limit(MOST_MATCHES).subquery()
    every = sa.select(matching.c.id, matching.c.module, matching.c.record_id).order_by(matching.c.id.desc())
    return [Candidate(*row) for row in conn.execute(planned_anew(every.limit(limit))).all()]
