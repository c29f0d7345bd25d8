"""The tables of jobs and of recurring slots."""

from __future__ import annotations

import sqlalchemy as sa

from fieldstone.storage.columns import Id, Text, UtcDateTime
from fieldstone.storage.system import system_metadata

OPEN_WITH_KEY = sa.text("key <> '' AND state IN ('queued', 'running', 'paused')")
"""The rows among which (kind, key) is unique."""

IS_QUEUED = sa.text("state = 'queued'")
IS_RUNNING = sa.text("state = 'running'")
"""Written out, since a bound value does not match the condition of a partial index."""

fs_job = sa.Table(
    "fs_job",
    system_metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("kind", Text, nullable=False),
    sa.Column("key", Text, nullable=False, default="", server_default=""),
    sa.Column("payload", Text, nullable=False),
    sa.Column("state", Text, nullable=False),
    sa.Column("run_at", UtcDateTime, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, default=0, server_default="0"),
    sa.Column("max_attempts", sa.Integer, nullable=False),
    sa.Column("lease_until", UtcDateTime),
    sa.Column("worker", Text, nullable=False, default="", server_default=""),
    sa.Column("again", sa.Boolean, nullable=False, default=False, server_default=sa.false()),
    sa.Column("cancel_requested", sa.Boolean, nullable=False, default=False, server_default=sa.false()),
    sa.Column("pause_requested", sa.Boolean, nullable=False, default=False, server_default=sa.false()),
    sa.Column("progress", sa.BigInteger, nullable=False, default=0, server_default="0"),
    sa.Column("progress_total", sa.BigInteger),
    sa.Column("message", Text, nullable=False, default="", server_default=""),
    sa.Column("error", Text, nullable=False, default="", server_default=""),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("created_by", Id),
    sa.Column("finished_at", UtcDateTime),
    # Under a new name when its condition changes, since an index that is there is not made again.
    sa.Index("fs_job_one_open", "kind", "key", unique=True, sqlite_where=OPEN_WITH_KEY, postgresql_where=OPEN_WITH_KEY),
    sa.Index("fs_job_due", "run_at", "id", sqlite_where=IS_QUEUED, postgresql_where=IS_QUEUED),
    sa.Index("fs_job_lease", "lease_until", sqlite_where=IS_RUNNING, postgresql_where=IS_RUNNING),
)

fs_schedule = sa.Table(
    "fs_schedule",
    system_metadata,
    sa.Column("key", Text, primary_key=True),
    sa.Column("slot", UtcDateTime, nullable=False),
)
"""The last slot of each recurring job that has fired; one that was never seen starts at its first look."""
