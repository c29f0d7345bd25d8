"""System tables of the write path."""

from __future__ import annotations

import sqlalchemy as sa

from fieldstone.storage.columns import Id, Text, UtcDateTime
from fieldstone.storage.system import system_metadata

history = sa.Table(
    "fs_history",
    system_metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("module", Text, nullable=False),
    sa.Column("record_id", Id, nullable=False),
    sa.Column("version", Id, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("by", Id),
    sa.Column("via", Text, nullable=False),
    sa.Column("kind", Text, nullable=False),
    sa.Column("changes", Text, nullable=False),
    sa.Index("fs_history_record", "module", "record_id", "id"),
    sa.Index("fs_history_at", "module", "at"),
    sa.Index("fs_history_via", "via", sqlite_where=sa.text("via <> ''"), postgresql_where=sa.text("via <> ''")),
)
"""Every change of every record. `module` is an identity; `kind` created, updated, deleted, restored,
linked or unlinked; `changes` JSON {field identity or system name: [old, new]} (`records.history_values`)."""

stage_time = sa.Table(
    "fs_stage_time",
    system_metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("module", Text, nullable=False),
    sa.Column("record_id", Id, nullable=False),
    sa.Column("field", Text, nullable=False),
    sa.Column("value", Text, nullable=False),
    sa.Column("entered_at", UtcDateTime, nullable=False),
    sa.Column("left_at", UtcDateTime),
    sa.Index("fs_stage_time_record", "module", "record_id", "field"),
    sa.Index(
        "fs_stage_time_left",
        "module",
        "field",
        "left_at",
        sqlite_where=sa.text("left_at IS NOT NULL"),
        postgresql_where=sa.text("left_at IS NOT NULL"),
    ),
)
"""How long a record stood at each value of a field with `track_duration`; `left_at` NULL: it stands there.
`value` is the key as rows hold it."""

MAILED = "mailed"
"""The kind of an entry that says that a mail was sent to a record; in its changes, in place of a field: the subject."""

UNVERSIONED = ("linked", "unlinked", "shared", "unshared", MAILED)
"""Kinds of entries of the history that move no version of the record."""

MERGED_INTO = "merged_into"
"""In the changes of an entry `deleted`, in place of a field: the record that it was merged into."""

recycle_bin = sa.Table(
    "fs_bin",
    system_metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("root_module", Text, nullable=False),
    sa.Column("root_id", Id, nullable=False),
    sa.Column("module", Text, nullable=False),
    sa.Column("record_id", Id, nullable=False),
    sa.Column("field", Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Index("fs_bin_root", "root_module", "root_id"),
    sa.Index("fs_bin_record", "module", "record_id"),
)
"""What the deletion of a root record took along: the records deleted with it (`field` "") and the
lookups it cleared (`field` their identity). Restoring the root brings both back."""

idempotency_key = sa.Table(
    "fs_idempotency_key",
    system_metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("key", Text, nullable=False, unique=True),
    sa.Column("request", Text, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False, index=True),
    sa.Column("status", Id),
    sa.Column("location", Text, nullable=False),
    sa.Column("body", Text, nullable=False),
)
"""What was answered to requests that may be sent twice. `key` is a digest of the caller and the key it sent,
`request` a digest of the request; `status` NULL: the first one has not been answered yet."""
