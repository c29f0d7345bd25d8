"""The part of the accounts that is about everybody who holds a role or a profile that goes."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.records.access.tables import share
from fieldstone.records.accounts.base import AccountsBase
from fieldstone.storage.principals import user_profile, user_role


@dataclass(frozen=True, kw_only=True)
class _Held:
    table: sa.Table
    column: sa.Column[str]


_HELD = {
    "role": _Held(table=user_role, column=user_role.c.role),
    "profile": _Held(table=user_profile, column=user_profile.c.profile),
}


class RoleHolders(AccountsBase):
    """`kind` is role or profile, names are those of documents."""

    def replace_held(self, kind: str, name: str, heir: str = "", *, by: Actor | None = None) -> int:
        """Everybody who has a role or profile, which need not be there any more, has `heir` instead, or ("") nothing
        in its place; what was shared with a role by hand is so no longer. Returns how many people that were. Audited
        for each of them.

        Raises ForbiddenError account.E035, InvalidInputError account.E013, account.E037 for an heir that is not there.
        """
        self._require_manager(by, given=[heir] if heir and kind == "role" else ())
        if heir:
            (self._known_roles if kind == "role" else self._known_profiles)([heir])
        held = _HELD[kind]

        def work(conn: sa.Connection) -> int:
            having = sa.select(held.table.c.user_id).where(held.column == name)
            users = sorted(conn.scalars(having))
            lucky = set(conn.scalars(sa.select(held.table.c.user_id).where(held.column == heir))) if heir else set()
            conn.execute(sa.delete(held.table).where(held.column == name))
            given = [{"user_id": user, held.column.name: heir} for user in users if heir and user not in lucky]
            if given:
                conn.execute(sa.insert(held.table), given)
            if kind == "role":
                conn.execute(sa.delete(share).where(share.c.role == name))
            for user in users:
                self._audit(conn, f"user.{kind}_replaced", by, f"user:{user}", {"from": name, "to": heir})
            return len(users)

        return self.database.transact(work)

    def count_shared_with(self, role: str) -> int:
        """How many records are shared with a role by hand."""
        with self.database.read() as conn:
            found = conn.scalar(sa.select(sa.func.count()).select_from(share).where(share.c.role == role))
        return int(found or 0)
