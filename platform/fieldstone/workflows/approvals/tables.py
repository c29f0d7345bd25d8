"""System tables of approvals."""

from __future__ import annotations

import sqlalchemy as sa

from fieldstone.records.merge.kept_tables import KeptTable, keep_with_record
from fieldstone.storage.columns import Id, Text, UtcDateTime
from fieldstone.storage.system import system_metadata

fs_approval = sa.Table(
    "fs_approval",
    system_metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("run_id", Id, nullable=False, index=True),
    sa.Column("module", Text, nullable=False),
    sa.Column("record_id", Id, nullable=False),
    sa.Column("workflow", Text, nullable=False),
    sa.Column("message", Text, nullable=False),
    sa.Column("need", Text, nullable=False),
    sa.Column("asked_by", Id),
    sa.Column("asked_at", UtcDateTime, nullable=False),
    sa.Column("due_at", UtcDateTime),
    sa.Column("escalated", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("state", Text, nullable=False),
    sa.Column("ended_at", UtcDateTime),
    sa.Index("fs_approval_record", "module", "record_id"),
    sa.Index("fs_approval_asked_by", "asked_by", "id"),
    sa.Index("fs_approval_state", "state"),
)
"""A question that a run asks about a record. `module` is an identity; `need`: one or all must approve; `escalated`: it
was asked of others, since nobody answered in time. `state`: waiting, approved, rejected, or ended (nobody needs the
answer any more)."""

fs_approver = sa.Table(
    "fs_approver",
    system_metadata,
    sa.Column("approval_id", Id, sa.ForeignKey("fs_approval.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("user_id", Id, sa.ForeignKey("fs_user.id"), primary_key=True, autoincrement=False),
    sa.Column("message", Text, nullable=False),
    sa.Column("answer", Text, nullable=False, server_default=""),
    sa.Column("comment", Text, nullable=False, server_default=""),
    sa.Column("at", UtcDateTime),
    sa.Index("fs_approver_user", "user_id", "approval_id"),
)
"""Somebody who may answer. `message` is in their language; `answer`: "" so far, approved or rejected."""

keep_with_record(KeptTable(table=fs_approval))
