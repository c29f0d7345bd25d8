"""Tokens for modules that are renamed."""

from __future__ import annotations

import sqlalchemy as sa

from fieldstone.records.accounts.tables import token
from fieldstone.records.accounts.tokens import rename_scopes
from fieldstone.storage.database import Database
from fieldstone.storage.principals import principal, user


def test_tokens_follow_their_modules_and_none_gets_another(database: Database) -> None:
    held = ["", "module:deal read", "module:note module:task", "module:old read", "module:order"]

    def work(conn: sa.Connection) -> list[str]:
        conn.execute(sa.insert(principal).values(id=1, kind="user", label="u"))
        conn.execute(sa.insert(user).values(id=1, username="u"))
        row = {"user_id": 1, "label": "t", "created_at": sa.func.now()}
        for number, scopes in enumerate(held):
            conn.execute(sa.insert(token).values({**row, "secret_hash": str(number), "scopes": scopes}))
        rename_scopes(conn, {})
        # "old" was a module once; now the deals are called so, and notes and tasks change places.
        rename_scopes(conn, {"deal": "old", "note": "task", "task": "note"})
        return list(conn.scalars(sa.select(token.c.scopes).order_by(token.c.id)))

    assert database.transact(work) == [
        "", "module:old read", "module:note module:task", "module:old~ read", "module:order"
    ]  # fmt: skip
