"""Users and teams. Both are principals: whoever may own a record has one id among them."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from fieldstone.storage.columns import Id, Text, UtcDateTime
from fieldstone.storage.system import system_metadata

principal = sa.Table(
    "fs_principal",
    system_metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("kind", Text, nullable=False),  # user or team
    sa.Column("label", Text, nullable=False),
    sa.Column("label_key", Text),
    sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
)

user = sa.Table(
    "fs_user",
    system_metadata,
    sa.Column("id", Id, sa.ForeignKey("fs_principal.id"), primary_key=True, autoincrement=False),
    sa.Column("username", Text, nullable=False, unique=True),
    sa.Column("email", Text),
    sa.Column("password_hash", Text),
    sa.Column("password_changed_at", UtcDateTime),
    sa.Column("must_change_password", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("is_admin", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("language", Text),
    sa.Column("zone", Text),
    sa.Column("theme", Text),
    sa.Column("date_format", Text),
    sa.Column("number_format", Text),
    sa.Column("created_at", UtcDateTime),
    sa.Column("last_login_at", UtcDateTime),
)

team = sa.Table(
    "fs_team",
    system_metadata,
    sa.Column("id", Id, sa.ForeignKey("fs_principal.id"), primary_key=True, autoincrement=False),
    sa.Column("parent_id", Id, sa.ForeignKey("fs_team.id"), index=True),
    sa.Column("name", Text, nullable=False, unique=True),
)

team_member = sa.Table(
    "fs_team_member",
    system_metadata,
    sa.Column("team_id", Id, sa.ForeignKey("fs_team.id"), primary_key=True, autoincrement=False),
    sa.Column("user_id", Id, sa.ForeignKey("fs_user.id"), primary_key=True, autoincrement=False, index=True),
    sa.Column("leader", sa.Boolean, nullable=False, server_default=sa.false()),
)

user_role = sa.Table(
    "fs_user_role",
    system_metadata,
    sa.Column("user_id", Id, sa.ForeignKey("fs_user.id"), primary_key=True, autoincrement=False),
    sa.Column("role", Text, primary_key=True),
)
"""`role` is the present name of the role: a publish that renames it calls `rename_roles`."""

user_profile = sa.Table(
    "fs_user_profile",
    system_metadata,
    sa.Column("user_id", Id, sa.ForeignKey("fs_user.id"), primary_key=True, autoincrement=False),
    sa.Column("profile", Text, primary_key=True),
)
"""The profiles that a user has besides those of the user's roles, by their present names."""


def rename_roles(conn: sa.Connection, names: Mapping[str, str]) -> None:
    """Give the users of renamed roles (old → new name) the new ones, all at once, so that names may change
    places. Whoever still has a role of a new name, left over from one that was removed, loses it."""
    _rename(conn, user_role, user_role.c.role, names)


def rename_profiles(conn: sa.Connection, names: Mapping[str, str]) -> None:
    """As `rename_roles`, of the profiles that users have themselves."""
    _rename(conn, user_profile, user_profile.c.profile, names)


def _rename(conn: sa.Connection, table: sa.Table, given: sa.Column[str], names: Mapping[str, str]) -> None:
    if not names:
        return
    holders = sa.select(table.c.user_id, given).where(given.in_(sorted(names)))
    renamed = [{"user_id": user_id, given.name: names[name]} for user_id, name in conn.execute(holders)]
    conn.execute(sa.delete(table).where(given.in_(sorted({*names, *names.values()}))))
    if renamed:
        conn.execute(sa.insert(table), renamed)
