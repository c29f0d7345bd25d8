"""Where people want to be told: in the application, by mail, or not at all, for each kind of notice."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from fieldstone.activity.tables import fs_notice_choice
from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import InvalidInputError
from fieldstone.records.id_lists import bind_ids, in_ids
from fieldstone.storage.database import Database

NO_KIND = declare("activity.E001", "There is no kind of notice {kind}.", "Use one of {choices}.")

FOLLOWING = "following"
"""No kind of notice: whether one follows records by creating, owning or commenting on them, or being mentioned."""


@dataclass(frozen=True)
class Choice:
    app: bool
    mail: bool


DEFAULTS: Mapping[str, Choice] = {
    "mention": Choice(app=True, mail=True),
    "comment": Choice(app=True, mail=False),
    "change": Choice(app=True, mail=False),
    "assigned": Choice(app=True, mail=False),
    "reminder": Choice(app=True, mail=True),
    "job": Choice(app=True, mail=False),
}
"""Kind of notice → what holds for who has not chosen. Workflows say themselves whom they tell where."""

_ALL = {**DEFAULTS, FOLLOWING: Choice(app=True, mail=False)}


class Choices:
    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, user_id: int) -> Mapping[str, Choice]:
        """Every kind, and FOLLOWING, of which only `app` counts."""
        with self._database.read() as conn:
            return read_choices(conn, [user_id])[user_id]

    def save(self, user_id: int, choices: Mapping[str, Choice]) -> None:
        """Replaces all that the user has chosen. Raises InvalidInputError activity.E001."""
        for kind in choices:
            if kind not in _ALL:
                raise InvalidInputError(NO_KIND, kind=kind[:60], choices=", ".join(_ALL))
        rows = [
            {"user_id": user_id, "kind": kind, "app": choice.app, "mail": choice.mail}
            for kind, choice in choices.items()
            if choice != _ALL[kind]
        ]

        def work(conn: sa.Connection) -> None:
            conn.execute(sa.delete(fs_notice_choice).where(fs_notice_choice.c.user_id == user_id))
            if rows:
                conn.execute(sa.insert(fs_notice_choice), rows)

        self._database.transact(work)


def read_choices(conn: sa.Connection, user_ids: Collection[int]) -> Mapping[int, Mapping[str, Choice]]:
    """User → kind → choice, of all of them in one query."""
    table, dialect = fs_notice_choice, conn.dialect.name
    found: dict[int, dict[str, Choice]] = {user_id: dict(_ALL) for user_id in user_ids}
    query = sa.select(table).where(in_ids(table.c.user_id, "ids", dialect))
    for row in conn.execute(query, {"ids": bind_ids(user_ids, dialect)}):
        if row.kind in _ALL:
            found[row.user_id][row.kind] = Choice(app=row.app, mail=row.mail)
    return found
