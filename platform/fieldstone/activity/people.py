"""The people who may be told something, as actors, so that access is decided for each of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.kernel.folding import fold, sort_key
from fieldstone.metadata.model import AppModel
from fieldstone.records.accounts.actors import ACTORS, Surroundings, actor_of
from fieldstone.records.id_lists import bind_ids, in_ids
from fieldstone.records.labels import collect_labels
from fieldstone.storage.principals import principal, user
from fieldstone.storage.published import PublishedModel

_TOGETHER = 20
_LOOKED_AT = 200
"""Beyond so many of whom nobody may see the record, more of the name has to be typed."""


@dataclass(frozen=True, kw_only=True)
class Colleague:
    id: int
    username: str
    label: str


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


def suggest_people(
    conn: sa.Connection,
    published: PublishedModel,
    module: str,
    record_id: int,
    text: str,
    limit: int,
    *,
    but: int | None,
) -> list[Colleague]:
    """Active users (`but` one) whose name or user name holds the text and who may see the record, by name."""
    wanted = fold(text)
    named = sa.select(user.c.id, user.c.username, principal.c.label).join(principal, principal.c.id == user.c.id)
    found = [
        Colleague(id=row.id, username=row.username, label=row.label)
        for row in conn.execute(named.where(principal.c.active))
        if row.id != but and (wanted in fold(row.label) or wanted in row.username.lower())
    ]
    found.sort(key=lambda each: (not fold(each.label).startswith(wanted), sort_key(each.label), each.id))
    shown: list[Colleague] = []
    for start in range(0, len(found), _TOGETHER):
        some = found[start : start + _TOGETHER]
        people = people_of(conn, published.model, [each.id for each in some])
        for each in some:
            if each.id in people and collect_labels(conn, published, people[each.id].actor, {module: [record_id]}):
                shown.append(each)
                if len(shown) == limit:
                    return shown
        if start >= _LOOKED_AT:
            break
    return shown
