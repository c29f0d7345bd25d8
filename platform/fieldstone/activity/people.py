"""The people who may be told something, as actors, so that access is decided for each of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.metadata.model import AppModel
from fieldstone.records.accounts.actors import ACTORS, Surroundings, actor_of
from fieldstone.records.id_lists import bind_ids, in_ids
from fieldstone.storage.principals import user

_STATEMENTS = {
    dialect: ACTORS.add_columns(user.c.email).where(in_ids(user.c.id, "ids", dialect))
    for dialect in ("sqlite", "postgresql")
}


@dataclass(frozen=True)
class Person:
    actor: Actor
    email: str

    @property
    def id(self) -> int:
        assert self.actor.user_id is not None
        return self.actor.user_id


def people_of(conn: sa.Connection, model: AppModel, ids: Collection[int | None]) -> Mapping[int, Person]:
    """The active users among the ids, in one query."""
    wanted = {id for id in ids if id is not None}
    if not wanted:
        return {}
    dialect = conn.dialect.name
    site = Surroundings(language=model.app.language, zone=model.app.zone)
    rows = conn.execute(_STATEMENTS[dialect], {"ids": bind_ids(wanted, dialect)}).all()
    return {row.id: Person(actor_of(row, site), row.email or "") for row in rows}
