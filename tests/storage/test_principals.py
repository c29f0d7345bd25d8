"""Roles that users have, by the present names."""

from __future__ import annotations

import sqlalchemy as sa

from fieldstone.storage.database import Database
from fieldstone.storage.principals import principal, rename_roles, user, user_role


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
