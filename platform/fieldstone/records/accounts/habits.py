"""What the pages remember for a person on every device: which columns of a board are closed, and the like."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

import sqlalchemy as sa

from fieldstone.records.accounts.base import AccountsBase
from fieldstone.records.accounts.tables import habit

_MOST = 200
_SOME = sa.select(habit.c.name, habit.c.value).where(
    habit.c.user_id == sa.bindparam("user"), habit.c.name.in_(sa.bindparam("names", expanding=True))
)
"""Worded once: every page asks it."""


class Habits(AccountsBase):
    """Small lists of texts, each under a name of the page's choice."""

    def habit(self, user_id: int, name: str) -> tuple[str, ...]:
        """() when nothing is remembered."""
        with self.database.read() as conn:
            query = sa.select(habit.c.value).where(habit.c.user_id == user_id, habit.c.name == name)
            found = conn.execute(query).scalar()
        return tuple(json.loads(found)) if found else ()

    def habits(self, user_id: int, names: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
        """Those of several names that are remembered, in one statement."""
        with self.database.read() as conn:
            found = conn.execute(_SOME, {"user": user_id, "names": list(names)})
            return {row.name: tuple(json.loads(row.value)) for row in found}

    def keep_habit(self, user_id: int, name: str, values: Iterable[str]) -> None:
        """Remember these instead of what was remembered; beyond 200 the last ones only."""
        kept = list(dict.fromkeys(values))[-_MOST:]

        def work(conn: sa.Connection) -> None:
            conn.execute(sa.delete(habit).where(habit.c.user_id == user_id, habit.c.name == name))
            if kept:
                conn.execute(sa.insert(habit).values(user_id=user_id, name=name, value=json.dumps(kept)))

        self.database.transact(work)
