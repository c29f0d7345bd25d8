"""System table of merges."""

from __future__ import annotations

import sqlalchemy as sa

from fieldstone.storage.columns import Id, Text, UtcDateTime
from fieldstone.storage.system import system_metadata

fs_merge = sa.Table(
    "fs_merge",
    system_metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("module", Text, nullable=False),
    sa.Column("kept_id", Id, nullable=False),
    sa.Column("other_ids", Text, nullable=False),
    sa.Column("moved", Text, nullable=False),
    sa.Column("by", Id),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("undone_at", UtcDateTime),
    sa.Index("fs_merge_kept", "module", "kept_id"),
)
"""One merge. `module` is an identity, `other_ids` JSON: the records that went. `moved` is JSON of what an undo moves
back (`records.merge.moved`)."""
