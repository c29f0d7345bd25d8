"""System tables of workflows: runs with their traces, notifications, what a date has already set off."""

from __future__ import annotations

import sqlalchemy as sa

from fieldstone.records.merge.kept_tables import KeptTable, keep_with_record
from fieldstone.storage.columns import Id, Text, UtcDateTime
from fieldstone.storage.system import system_metadata

fs_run = sa.Table(
    "fs_run",
    system_metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("module", Text, nullable=False),
    sa.Column("workflow", Text, nullable=False),
    sa.Column("record_id", Id),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("actor", Id),
    sa.Column("trigger", Text, nullable=False),
    sa.Column("outcome", Text, nullable=False),
    sa.Column("trace", Text, nullable=False),
    sa.Index("fs_run_workflow", "module", "workflow", "id"),
    sa.Index("fs_run_record", "module", "record_id", "id"),
    sa.Index("fs_run_at", "at"),
)
"""One execution of a workflow for one record. `module` is an identity, `outcome` done, failed, waiting or
cancelled, `trace`
JSON: {"path": [workflows that led here], "steps": [{"action", "outcome", …details}], "rights": {in whose name}}."""

fs_notification = sa.Table(
    "fs_notification",
    system_metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("user_id", Id, sa.ForeignKey("fs_user.id"), nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("message", Text, nullable=False),
    sa.Column("module", Text),
    sa.Column("record_id", Id),
    sa.Column("kind", Text, nullable=False, server_default="workflow"),
    sa.Column("by", Id),
    sa.Column("entry_module", Text),
    sa.Column("entry_id", Id),
    sa.Column("link", Text),
    sa.Column("read_at", UtcDateTime),
    sa.Index("fs_notification_user", "user_id", "id"),
    sa.Index(
        "fs_notification_unread",
        "user_id",
        sqlite_where=sa.text("read_at IS NULL"),
        postgresql_where=sa.text("read_at IS NULL"),
    ),
    sa.Index("fs_notification_at", "at"),
)
"""What the application tells its users, in their language. `module` is an identity. `kind`: workflow, or one of
`activity.choices`; `by`: who did it; `entry_module` and `entry_id`: the comment it is about, whose text is not kept
here; `link`: the page it is about, where that is none of a record."""

fs_fired = sa.Table(
    "fs_fired",
    system_metadata,
    sa.Column("workflow", Text, primary_key=True),
    sa.Column("record_id", Id, primary_key=True, autoincrement=False),
    sa.Column("slot", UtcDateTime, primary_key=True),
    sa.Index("fs_fired_slot", "slot"),
)
"""The moments at which a scheduled workflow has run for a record: each happens once."""

fs_rehearsal = sa.Table(
    "fs_rehearsal",
    system_metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("module", Text, nullable=False),
    sa.Column("workflow", Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("by", Id),
    sa.Column("days", sa.Integer, nullable=False),
    sa.Column("entry", Text, nullable=False),
    sa.Column("result", Text),
    sa.Column("job", Id),
    sa.Index("fs_rehearsal_workflow", "module", "workflow", "id"),
    sa.Index("fs_rehearsal_at", "at"),
)
"""What a drafted workflow would have done in the last `days`. `module` is an identity, `entry` the workflow as JSON,
`result` JSON (see `workflows.rehearsal.rehearse`), NULL while the `job` has not come to its end."""

fs_hook = sa.Table(
    "fs_hook",
    system_metadata,
    sa.Column("module", Text, primary_key=True),
    sa.Column("workflow", Text, primary_key=True),
    sa.Column("token_hash", Text, nullable=False, unique=True),
    sa.Column("made_at", UtcDateTime, nullable=False),
    sa.Column("made_by", Id),
    sa.Column("called_at", UtcDateTime),
)
"""The secret address of a workflow that other systems call; the secret itself is kept nowhere. `module` is an
identity, `called_at` the last call that was carried out."""

fs_turn = sa.Table(
    "fs_turn",
    system_metadata,
    sa.Column("key", Text, primary_key=True),
    sa.Column("count", sa.BigInteger, nullable=False),
)
"""How many assignments a round robin has made."""

keep_with_record(KeptTable(table=fs_notification))
