"""System tables: who follows which records, how people want to be told, and what they are to be reminded of."""

from __future__ import annotations

import sqlalchemy as sa

from fieldstone.records.marks import register_mark
from fieldstone.records.merge.kept_tables import KeptTable, keep_with_record
from fieldstone.storage.columns import Id, Text, UtcDateTime
from fieldstone.storage.system import system_metadata

fs_follow = sa.Table(
    "fs_follow",
    system_metadata,
    sa.Column("module", Text, primary_key=True),
    sa.Column("record_id", Id, primary_key=True, autoincrement=False),
    sa.Column("user_id", Id, sa.ForeignKey("fs_user.id"), primary_key=True, autoincrement=False),
    sa.Column("follows", sa.Boolean, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Index("fs_follow_user", "user_id", "module", "record_id"),
)
"""`module` is an identity. `follows` false: somebody stopped, and is not made to follow again by what happens."""

fs_notice_choice = sa.Table(
    "fs_notice_choice",
    system_metadata,
    sa.Column("user_id", Id, sa.ForeignKey("fs_user.id"), primary_key=True, autoincrement=False),
    sa.Column("kind", Text, primary_key=True),
    sa.Column("app", sa.Boolean, nullable=False),
    sa.Column("mail", sa.Boolean, nullable=False),
)
"""Where somebody wants to be told of a kind of notice, where that differs from the default."""

fs_reminder = sa.Table(
    "fs_reminder",
    system_metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("due_at", UtcDateTime, nullable=False),
    sa.Column("module", Text, nullable=False),
    sa.Column("record_id", Id, nullable=False),
    sa.Column("user_id", Id, sa.ForeignKey("fs_user.id")),
    sa.Column("note", Text, nullable=False, server_default=""),
    sa.Column("fired_at", UtcDateTime),
    sa.Index(
        "fs_reminder_due",
        "due_at",
        "id",
        sqlite_where=sa.text("fired_at IS NULL"),
        postgresql_where=sa.text("fired_at IS NULL"),
    ),
    sa.Index("fs_reminder_record", "module", "record_id", "user_id"),
    sa.Index("fs_reminder_fired", "fired_at"),
)
"""`user_id` NULL: it follows a date of the record, and is for whoever owns that then."""


def _followed(identity: str, user_id: int) -> sa.Select[tuple[int]]:
    mine = (fs_follow.c.user_id == user_id, fs_follow.c.module == identity, fs_follow.c.follows)
    return sa.select(fs_follow.c.record_id).where(*mine)


register_mark("followed", _followed)
keep_with_record(KeptTable(table=fs_follow, key=("user_id",), same=("user_id",)))
keep_with_record(KeptTable(table=fs_reminder, where=fs_reminder.c.user_id.is_not(None)))
