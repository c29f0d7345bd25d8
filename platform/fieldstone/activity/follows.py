"""Who follows which records."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from fieldstone.activity.choices import FOLLOWING
from fieldstone.activity.tables import fs_follow, fs_notice_choice
from fieldstone.kernel.actors import Actor
from fieldstone.kernel.errors import NotFoundError
from fieldstone.records import codes
from fieldstone.records.access import visible_ids
from fieldstone.records.id_lists import bind_ids, in_ids
from fieldstone.records.labels import collect_labels
from fieldstone.records.people import principal_labels
from fieldstone.records.writing import write
from fieldstone.storage.principals import principal, user
from fieldstone.storage.published import ModelSource, PublishedModel


@dataclass(frozen=True, kw_only=True)
class Follower:
    id: int
    label: str


@dataclass(frozen=True, kw_only=True)
class Followed:
    module: str
    id: int
    label: str


class Follows:
    """What people follow themselves. Every method raises NotFoundError record.E010 for a record out of reach."""

    def __init__(self, models: ModelSource, clock: Callable[[], datetime]) -> None:
        self._models = models
        self._clock = clock

    def follow(self, actor: Actor, module: str, id: int, *, follows: bool = True) -> None:
        """Follow a record, or stop. Doing it twice changes nothing."""

        def work(conn: sa.Connection, published: PublishedModel) -> None:
            identity = _reached(conn, published, actor, module, id)
            row = {"module": identity, "record_id": id, "user_id": actor.user_id, "follows": follows}
            statement = _insert(conn).values(**row, at=self._clock())
            keys = ["module", "record_id", "user_id"]
            conn.execute(statement.on_conflict_do_update(index_elements=keys, set_={"follows": follows}))

        write(self._models, work)

    def followers(self, actor: Actor, module: str, id: int) -> Sequence[Follower]:
        """By name."""
        with self._models.read() as (conn, published):
            identity = _reached(conn, published, actor, module, id)
            found = followers_of(conn, identity, [id]).get(id, ())
            labels = principal_labels(conn, found)
        return sorted((Follower(id=each, label=labels.get(each, "")) for each in found), key=lambda each: each.label)

    def all_of(self, actor: Actor, limit: int = 200) -> Sequence[Followed]:
        """What the actor follows and may see, the last begun first."""
        table = fs_follow
        with self._models.read() as (conn, published):
            names = {module.identity: module.name for module in published.model.modules.values()}
            query = sa.select(table.c.module, table.c.record_id).where(
                table.c.user_id == actor.user_id, table.c.follows
            )
            rows = conn.execute(query.order_by(table.c.at.desc(), table.c.record_id.desc()).limit(limit)).all()
            wanted: dict[str, set[int]] = {}
            for row in rows:
                if row.module in names:
                    wanted.setdefault(names[row.module], set()).add(row.record_id)
            labels = collect_labels(conn, published, actor, wanted)
        places = [(names.get(row.module, ""), row.record_id) for row in rows]
        return [Followed(module=place[0], id=place[1], label=labels[place]) for place in places if place in labels]

    def followed(self, actor: Actor, module: str, ids: Collection[int]) -> frozenset[int]:
        """Those of the records that the actor follows."""
        with self._models.read() as (conn, published):
            dialect, identity = conn.dialect.name, published.model.modules[module].identity
            bound = {"follower": actor.user_id, "of_module": identity, "ids": bind_ids(ids, dialect)}
            return frozenset(conn.execute(_FOLLOWED[dialect], bound).scalars())


def followers_of(conn: sa.Connection, identity: str, ids: Collection[int]) -> Mapping[int, frozenset[int]]:
    """Record → its followers, of the records of one module that have any."""
    table, dialect = fs_follow, conn.dialect.name
    query = sa.select(table.c.record_id, table.c.user_id).where(
        table.c.module == identity, in_ids(table.c.record_id, "ids", dialect), table.c.follows
    )
    found: dict[int, set[int]] = {}
    for row in conn.execute(query, {"ids": bind_ids(ids, dialect)}):
        found.setdefault(row.record_id, set()).add(row.user_id)
    return {record_id: frozenset(users) for record_id, users in found.items()}


def make_follow(conn: sa.Connection, pairs: Iterable[tuple[str, int, int]], at: datetime) -> None:
    """(module identity, record, user): let these follow, but those who have stopped or want to choose themselves.
    Who is no active user (a team) does not follow."""
    rows = [
        {"of_module": module, "record": record_id, "follower": user_id, "since": at}
        for module, record_id, user_id in dict.fromkeys(pairs)
    ]
    if rows:
        conn.execute(_MAKE_FOLLOW[conn.dialect.name], rows)


_COLUMNS = fs_follow.c
_CHOOSE_THEMSELVES = sa.exists().where(
    fs_notice_choice.c.user_id == user.c.id, fs_notice_choice.c.kind == FOLLOWING, sa.not_(fs_notice_choice.c.app)
)
_FOLLOWING = (
    sa.select(
        sa.bindparam("of_module", type_=_COLUMNS.module.type),
        sa.bindparam("record", type_=_COLUMNS.record_id.type),
        user.c.id,
        sa.true(),
        sa.bindparam("since", type_=_COLUMNS.at.type),
    )
    .join(principal, principal.c.id == user.c.id)
    .where(user.c.id == sa.bindparam("follower", type_=user.c.id.type), principal.c.active)
    .where(sa.not_(_CHOOSE_THEMSELVES))
)
_FOLLOWED = {
    dialect: sa.select(_COLUMNS.record_id).where(
        _COLUMNS.user_id == sa.bindparam("follower"),
        _COLUMNS.module == sa.bindparam("of_module"),
        in_ids(_COLUMNS.record_id, "ids", dialect),
        _COLUMNS.follows,
    )
    for dialect in ("sqlite", "postgresql")
}
_NAMES = ("module", "record_id", "user_id", "follows", "at")
_MAKE_FOLLOW: Mapping[str, Any] = {
    "sqlite": sqlite_insert(fs_follow).from_select(_NAMES, _FOLLOWING).on_conflict_do_nothing(),
    "postgresql": postgresql_insert(fs_follow).from_select(_NAMES, _FOLLOWING).on_conflict_do_nothing(),
}


def _insert(conn: sa.Connection) -> Any:
    return (sqlite_insert if conn.dialect.name == "sqlite" else postgresql_insert)(fs_follow)


def _reached(conn: sa.Connection, published: PublishedModel, actor: Actor, module: str, id: int) -> str:
    if actor.user_id is None or not visible_ids(conn, published, actor, module, [id], "view"):
        raise NotFoundError(codes.NOT_FOUND)
    return published.model.modules[module].identity
