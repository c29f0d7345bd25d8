"""Roles and profiles that users have, by the present names."""

from __future__ import annotations

import sqlalchemy as sa

from fieldstone.storage.database import Database
from fieldstone.storage.principals import principal, rename_profiles, rename_roles, user, user_profile, user_role


def test_roles_are_renamed_at_once_and_nobody_gains_one(database: Database) -> None:
    held = {1: ["boss", "rep"], 2: ["rep"], 3: ["reader"], 4: ["seller"]}

    def work(conn: sa.Connection) -> dict[int, list[str]]:
        for id in held:
            conn.execute(sa.insert(principal).values(id=id, kind="user", label=f"u{id}"))
            conn.execute(sa.insert(user).values(id=id, username=f"u{id}"))
        conn.execute(
            sa.insert(user_role), [{"user_id": id, "role": role} for id, found in held.items() for role in found]
        )
        rename_roles(conn, {})
        # Nobody has the role seller any more: it was removed, and a renamed one takes its name.
        rename_roles(conn, {"rep": "boss", "boss": "seller"})
        found: dict[int, list[str]] = {}
        for row in conn.execute(sa.select(user_role).order_by(user_role.c.user_id, user_role.c.role)):
            found.setdefault(row.user_id, []).append(row.role)
        return found

    assert database.transact(work) == {1: ["boss", "seller"], 2: ["boss"], 3: ["reader"]}


def test_profiles_are_renamed_alike(database: Database) -> None:
    def work(conn: sa.Connection) -> list[tuple[int, str]]:
        for id in (1, 2):
            conn.execute(sa.insert(principal).values(id=id, kind="user", label=f"u{id}"))
            conn.execute(sa.insert(user).values(id=id, username=f"u{id}"))
        given = [(1, "a"), (1, "b"), (2, "b"), (2, "gone")]
        conn.execute(sa.insert(user_profile), [{"user_id": id, "profile": name} for id, name in given])
        rename_profiles(conn, {"a": "b", "b": "gone"})
        found = sa.select(user_profile).order_by(user_profile.c.user_id, user_profile.c.profile)
        return [(row.user_id, row.profile) for row in conn.execute(found)]

    assert database.transact(work) == [(1, "b"), (1, "gone"), (2, "gone")]
