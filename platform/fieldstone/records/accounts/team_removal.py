"""The part of the accounts that is about a team that goes, with what it owns."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.kernel.errors import ConflictError
from fieldstone.records.accounts import codes
from fieldstone.records.accounts.hand_over import HandedOver
from fieldstone.records.accounts.people import People
from fieldstone.records.accounts.teams import remove_team
from fieldstone.storage.principals import team


class TeamRemoval(People):
    def remove_team(self, team_id: int, *, hand_over_to: int | None = None, by: Actor | None = None) -> HandedOver:
        """Take a team away. What it owns goes to a user or another team; the teams below it go below the one above.

        Raises NotFoundError account.E010, ForbiddenError account.E020, account.E035, InvalidInputError account.E042,
        ConflictError account.E046 for a team that owns records and an heir that is not named; then nothing has
        changed."""
        self._require_manager(by)
        given = HandedOver(records=0)
        if self._handing_over.count(team_id):
            if hand_over_to is None:
                raise ConflictError(codes.TEAM_OWNS)
            given = self.hand_records_over(team_id, hand_over_to, by=by)

        def work(conn: sa.Connection) -> None:
            name = conn.scalar(sa.select(team.c.name).where(team.c.id == team_id))
            remove_team(conn, team_id)
            self._audit(conn, "team.removed", by, f"team:{team_id}", {"name": name})

        self.database.transact(work)
        return given

    def count_owned(self, owner: int) -> Mapping[str, int]:
        """Module → how many live records a user or a team owns, of the modules where there are any."""
        return self._handing_over.owned(owner)
