"""System tables of saved views, of how each person has the lists, and of favourites."""

from __future__ import annotations

import sqlalchemy as sa

from fieldstone.records.marks import register_mark
from fieldstone.storage.columns import Id, Text, UtcDateTime
from fieldstone.storage.system import system_metadata

view = sa.Table(
    "fs_view",
    system_metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("module", Text, nullable=False),
    sa.Column("owner_id", Id, sa.ForeignKey("fs_user.id"), nullable=False),
    sa.Column("label", Text, nullable=False),
    sa.Column("filter", Text, nullable=False),
    sa.Column("columns", Text, nullable=False),
    sa.Column("sort", Text, nullable=False),
    sa.Column("grouped", Text, nullable=False),
    sa.Column("display", Text, nullable=False),
    sa.Column("audience", Text, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("modified_at", UtcDateTime, nullable=False),
    sa.Index("fs_view_owner", "module", "owner_id"),
    sa.Index("fs_view_audience", "module", "audience"),
)
"""`module` is an identity; `filter` an expression, `columns` and `sort` JSON lists of names, `grouped` a name: all by
the present names, which a publish that renames something rewrites. `audience` private, shared or public."""

view_share = sa.Table(
    "fs_view_share",
    system_metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("view_id", Id, sa.ForeignKey("fs_view.id"), nullable=False, index=True),
    sa.Column("principal_id", Id, sa.ForeignKey("fs_principal.id"), index=True),
    sa.Column("role", Text, index=True),
)
"""Whom a view of audience `shared` is shown to: a user or a team (with the teams below it), or a role."""

habit = sa.Table(
    "fs_view_habit",
    system_metadata,
    sa.Column("user_id", Id, sa.ForeignKey("fs_user.id"), primary_key=True, autoincrement=False),
    sa.Column("module", Text, primary_key=True),
    sa.Column("view", Text, primary_key=True),
    sa.Column("first", sa.Boolean, nullable=False),
    sa.Column("position", sa.Integer),
    sa.Column("widths", Text, nullable=False),
)
"""How one person has one view of a module (an identity): whether it is the one to begin with, its place among the
tabs, the widths of its columns (JSON, name → rem). `view` is a name of the layout, or the id of a saved view."""

favourite = sa.Table(
    "fs_favourite",
    system_metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("user_id", Id, sa.ForeignKey("fs_user.id"), nullable=False),
    sa.Column("module", Text, nullable=False),
    sa.Column("record_id", Id, nullable=False),
    sa.Column("view", Text, nullable=False),
    sa.Index("fs_favourite_once", "user_id", "module", "record_id", "view", unique=True),
)
"""What somebody has starred: a record, or (`record_id` 0) a view. `module` is an identity."""


def _starred(identity: str, user_id: int) -> sa.Select[tuple[int]]:
    mine = (favourite.c.user_id == user_id, favourite.c.module == identity, favourite.c.record_id > 0)
    return sa.select(favourite.c.record_id).where(*mine)


register_mark("starred", _starred)
