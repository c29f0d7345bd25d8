"""The part of the accounts that is about teams."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.records.accounts import teams
from fieldstone.records.accounts.base import AccountsBase


class TeamChanges(AccountsBase):
    """Teams: added, renamed, moved, filled, by who may change accounts (ForbiddenError account.E035). Every change is
    audited."""

    def add_team(self, name: str, parent_id: int | None = None, *, by: Actor | None = None) -> int:
        """Raises ConflictError account.E011, NotFoundError account.E010."""
        self._require_manager(by)

        def work(conn: sa.Connection) -> int:
            team_id = teams.add_teams(conn, [(name, parent_id)])[0]
            self._audit(conn, "team.added", by, f"team:{team_id}", {"name": name, "parent": parent_id})
            return team_id

        return self.database.transact(work)

    def list_teams(self) -> list[teams.TeamNode]:
        with self.database.read() as conn:
            return teams.list_teams(conn)

    def rename_team(self, team_id: int, name: str, *, by: Actor | None = None) -> None:
        """Raises ConflictError account.E011, NotFoundError account.E010."""
        self._require_manager(by)

        def work(conn: sa.Connection) -> None:
            teams.rename_team(conn, team_id, name)
            self._audit(conn, "team.renamed", by, f"team:{team_id}", {"name": name})

        self.database.transact(work)

    def move_team(self, team_id: int, parent_id: int | None, *, by: Actor | None = None) -> None:
        """Raises InvalidInputError account.E012 when the team would be below itself."""
        self._require_manager(by)

        def work(conn: sa.Connection) -> None:
            teams.move_team(conn, team_id, parent_id)
            self._audit(conn, "team.moved", by, f"team:{team_id}", {"parent": parent_id})

        self.database.transact(work)

    def set_members(
        self, team_id: int, members: Iterable[int], leaders: Iterable[int] = (), *, by: Actor | None = None
    ) -> None:
        """Replace the members of a team; leaders are members too."""
        people, leading = sorted(set(members)), sorted(set(leaders))
        self._require_manager(by)

        def work(conn: sa.Connection) -> None:
            teams.set_members(conn, team_id, people, leading)
            details = {"members": sorted({*people, *leading}), "leaders": leading}
            self._audit(conn, "team.members_set", by, f"team:{team_id}", details)

        self.database.transact(work)
