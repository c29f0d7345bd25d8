"""What somebody has starred: records and views, for quick access."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import InvalidInputError
from fieldstone.records.access import require, visible_ids
from fieldstone.records.labels import collect_labels
from fieldstone.records.views.tables import favourite
from fieldstone.storage.published import ModelSource, PublishedModel

TOO_MANY = declare("view.E008", "You have {limit} favourites already.", "Take the star from one that you do not need.")
LIMIT = 50


@dataclass(frozen=True, kw_only=True)
class Favourite:
    """A starred record (`label` is its name), or with `record` 0 the `view` of a module by its key."""

    module: str
    record: int
    view: str
    label: str


_OF_USER = sa.select(favourite).where(favourite.c.user_id == sa.bindparam("user")).order_by(favourite.c.id)
"""Worded once: every page asks it."""


class Favourites:
    def __init__(self, models: ModelSource) -> None:
        self._models = models

    def list(self, actor: Actor) -> Sequence[Favourite]:
        """In the order they were starred; records that are gone or out of reach are left out."""
        if actor.user_id is None:
            return []
        with self._models.read() as (conn, published):
            rows = conn.execute(_OF_USER, {"user": actor.user_id}).all()
            if not rows:
                return []
            names = {module.identity: module.name for module in published.model.modules.values()}
            wanted: dict[str, set[int]] = {}
            for row in rows:
                if row.record_id and row.module in names:
                    wanted.setdefault(names[row.module], set()).add(row.record_id)
            labels = collect_labels(conn, published, actor, wanted)
        found = []
        for row in rows:
            module = names.get(row.module, "")
            label = labels.get((module, row.record_id), "") if row.record_id else ""
            if module and (not row.record_id or (module, row.record_id) in labels):
                found.append(Favourite(module=module, record=row.record_id, view=row.view, label=label))
        return found

    def starred(self, actor: Actor, module: str, ids: Sequence[int]) -> frozenset[int]:
        """Those of the records that the actor has starred."""
        with self._models.read() as (conn, published):
            identity = published.model.modules[module].identity
            query = sa.select(favourite.c.record_id).where(
                favourite.c.user_id == actor.user_id, favourite.c.module == identity, favourite.c.record_id.in_(ids)
            )
            return frozenset(conn.scalars(query))

    def star(self, actor: Actor, module: str, *, record: int = 0, view: str = "", on: bool = True) -> None:
        """Put a star on a record or a view, or take it away. Raises ForbiddenError, InvalidInputError view.E008; a
        record out of reach is not starred."""

        def work(conn: sa.Connection, published: PublishedModel) -> None:
            require(published, actor, module, "view")
            identity = published.model.modules[module].identity
            mine = favourite.c.user_id == actor.user_id
            conn.execute(
                sa.delete(favourite).where(
                    mine,
                    favourite.c.module == identity,
                    favourite.c.record_id == record,
                    favourite.c.view == view[:60],
                )
            )
            if not on or (record and not visible_ids(conn, published, actor, module, [record], "view")):
                return
            if conn.execute(sa.select(sa.func.count()).where(mine)).scalar_one() >= LIMIT:
                raise InvalidInputError(TOO_MANY, limit=LIMIT)
            values = {"user_id": actor.user_id, "module": identity, "record_id": record, "view": view[:60]}
            conn.execute(sa.insert(favourite).values(values))

        if actor.user_id is not None:
            self._models.write(work)

    def arrange(self, actor: Actor, shown: Sequence[Favourite], kept: Sequence[Favourite]) -> None:
        """Put `kept` in this order and take the star from the rest of `shown`; what is not starred stays so."""

        def work(conn: sa.Connection, published: PublishedModel) -> None:
            modules = published.model.modules
            mine = favourite.c.user_id == actor.user_id
            there = []
            for each in dict.fromkeys([*kept, *shown]):
                if each.module not in modules:
                    continue
                values = {"module": modules[each.module].identity, "record_id": each.record, "view": each.view}
                this = [favourite.c[name] == value for name, value in values.items()]
                if conn.execute(sa.delete(favourite).where(mine, *this)).rowcount and each in kept:
                    there.append({"user_id": actor.user_id, **values})
            if there:
                conn.execute(sa.insert(favourite), there)  # listed in the order of their ids

        if actor.user_id is not None:
            self._models.write(work)
