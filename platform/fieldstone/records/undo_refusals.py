"""What keeps an import from being undone: records that were edited or referred to since."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa

from fieldstone.kernel.errors import ConflictError
from fieldstone.records import codes
from fieldstone.records.labels import collect_labels
from fieldstone.records.referrers import referrers_to
from fieldstone.records.stages import SaveWork
from fieldstone.records.tables import history

UNDOABLE = ("created", "updated")
LISTED = 1_000


@dataclass(frozen=True, kw_only=True)
class UndoRefusal:
    """`reason`: changed (edited, linked or deleted since), used (refers to a record the import created),
    other (the import did more to it than create and change). `label`: what it is called, "" for who may not
    see it."""

    module: str
    id: int
    reason: str
    label: str = ""


class UndoRefusedError(ConflictError):
    """Nothing was undone. Seen by whoever asked."""

    def __init__(self, refusals: Sequence[UndoRefusal]) -> None:
        self.refusals = list(refusals)
        super().__init__(codes.UNDO_REFUSED, count=len(self.refusals))


def through(via: str, entries: sa.FromClause = history) -> sa.ColumnElement[bool]:
    """The entries made through an import, and through workflows it set off."""
    after = f"{via} "
    return sa.or_(entries.c.via == via, sa.and_(entries.c.via > after, entries.c.via < f"{via}!"))


def find_refusals(work: SaveWork, via: str) -> list[UndoRefusal]:
    """[] when all of it can be undone, else the first LISTED."""
    found: dict[tuple[str, int], UndoRefusal] = {}
    for refusal in (*_changed_since(work, via), *_used_since(work, via)):
        found.setdefault((refusal.module, refusal.id), refusal)
    refusals = list(found.values())[:LISTED]
    wanted: dict[str, list[int]] = {}
    for each in refusals:
        wanted.setdefault(each.module, []).append(each.id)
    labels = collect_labels(work.connection, work.published, work.actor, wanted)
    return [replace(each, label=labels.get((each.module, each.id), "")) for each in refusals]


def _changed_since(work: SaveWork, via: str) -> Iterator[UndoRefusal]:
    names = {module.identity: module.name for module in work.published.model.modules.values()}
    later = history.alias()
    since = sa.exists().where(
        later.c.module == history.c.module,
        later.c.record_id == history.c.record_id,
        later.c.id > history.c.id,
        sa.not_(through(via, later)),
    )
    query = (
        sa.select(history.c.module, history.c.record_id, history.c.kind)
        .where(through(via), sa.or_(history.c.kind.not_in(UNDOABLE), since))
        .order_by(history.c.id)
        .limit(LISTED)
    )
    for row in work.connection.execute(query).all():
        reason = "changed" if row.kind in UNDOABLE else "other"
        yield UndoRefusal(module=names.get(row.module, row.module), id=row.record_id, reason=reason)


def _used_since(work: SaveWork, via: str) -> Iterator[UndoRefusal]:
    """Records that the import did not touch and that refer to one it created."""
    modules = {module.identity: module for module in work.published.model.modules.values()}
    touched = sa.select(history.c.module).where(through(via), history.c.kind == "created").distinct()
    for identity in work.connection.execute(touched).scalars().all():
        created = sa.select(history.c.record_id).where(
            through(via), history.c.kind == "created", history.c.module == identity
        )
        for referrer in referrers_to(work.published, modules[identity].name) if identity in modules else ():
            table = work.published.tables.module(referrer.module).table
            own = history.alias()
            mine = sa.exists().where(
                own.c.module == work.published.model.modules[referrer.module].identity,
                own.c.record_id == table.c.id,
                through(via, own),
            )
            query = sa.select(table.c.id).where(referrer.column.in_(created), sa.not_(mine))
            if referrer.condition is not None:
                query = query.where(referrer.condition)
            for record_id in work.connection.execute(query.order_by(table.c.id).limit(LISTED)).scalars().all():
                yield UndoRefusal(module=referrer.module, id=record_id, reason="used")
