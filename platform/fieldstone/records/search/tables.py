"""The search index: one entry for each record, found by its tokens, and more where fields
are hidden from some people.

The entries hold the tokens as text, separated by spaces. On SQLite an FTS5 table over them is kept in
step by triggers (deleting from it needs the exact old text); on PostgreSQL a generated tsvector with a
GIN index is made of the same tokens, by no parser of its own.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from fieldstone.storage.columns import Id, Text
from fieldstone.storage.system import system_metadata

search_entry = sa.Table(
    "fs_search",
    system_metadata,
    sa.Column("id", Id, sa.Identity(), primary_key=True),
    sa.Column("module", Text, nullable=False),
    sa.Column("record_id", Id, nullable=False),
    sa.Column("tokens", Text, nullable=False),
    sa.Column("part", Text, nullable=False, server_default=""),
    sa.Index("fs_search_part", "module", "record_id", "part", unique=True),
)
"""`module` is an identity. The ids grow as records are first indexed: the highest is the newest. `part`: "" is the
whole record; where fields are hidden from some people, "open" is what is left for everybody, and the identity of
such a field that together with the field."""

FTS_TABLE = "fs_search_words"

_SQLITE = (
    # "ascii" takes every character beyond ASCII as part of a token, so that ours are never split again.
    # The short prefixes are kept: people type a letter or two and see hits at once.
    f"""CREATE VIRTUAL TABLE {FTS_TABLE} USING fts5(
        tokens, content='fs_search', content_rowid='id', tokenize='ascii', detail=none, prefix='1 2 3')""",
    f"""CREATE TRIGGER fs_search_added AFTER INSERT ON fs_search BEGIN
        INSERT INTO {FTS_TABLE} (rowid, tokens) VALUES (new.id, new.tokens); END""",
    f"""CREATE TRIGGER fs_search_removed AFTER DELETE ON fs_search BEGIN
        INSERT INTO {FTS_TABLE} ({FTS_TABLE}, rowid, tokens) VALUES ('delete', old.id, old.tokens); END""",
    f"""CREATE TRIGGER fs_search_changed AFTER UPDATE OF tokens ON fs_search BEGIN
        INSERT INTO {FTS_TABLE} ({FTS_TABLE}, rowid, tokens) VALUES ('delete', old.id, old.tokens);
        INSERT INTO {FTS_TABLE} (rowid, tokens) VALUES (new.id, new.tokens); END""",
)
_POSTGRESQL = (
    """ALTER TABLE fs_search ADD COLUMN vector tsvector
        GENERATED ALWAYS AS (array_to_tsvector(string_to_array(tokens, ' '))) STORED""",
    "CREATE INDEX fs_search_vector ON fs_search USING gin (vector)",
)

_EXTRAS = {"sqlite": _SQLITE, "postgresql": _POSTGRESQL}


@sa.event.listens_for(search_entry, "after_create")
def _create_extras(_table: sa.Table, conn: sa.Connection, **_options: Any) -> None:
    for statement in _EXTRAS[conn.dialect.name]:
        conn.exec_driver_sql(statement)
