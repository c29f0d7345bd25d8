"""The merges of the past: which records went into one, where one went, and whether it can still be taken back."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.kernel.errors import ConflictError, FieldstoneError, ForbiddenError, NotFoundError
from fieldstone.records import codes as record_codes
from fieldstone.records.access import require, require_editable, require_tool, visible_ids
from fieldstone.records.history_values import decode_value
from fieldstone.records.id_lists import bind_ids, in_ids
from fieldstone.records.merge import codes
from fieldstone.records.merge.moved import Moved
from fieldstone.records.merge.run import TOOL
from fieldstone.records.merge.tables import fs_merge
from fieldstone.records.people import principal_labels
from fieldstone.records.save.load import read_rows
from fieldstone.records.save.program import program_for
from fieldstone.records.stages import SaveWork
from fieldstone.records.tables import history
from fieldstone.storage.published import PublishedModel

MOST = 20

_VIA = re.compile(r"(?:^| )merge:(\d+)(?: |$)")


@dataclass(frozen=True, kw_only=True)
class PastMerge:
    """A merge in which a record stayed. `others` are those that went. `obstacle`: what undoing it would raise, None
    when nothing is in the way."""

    id: int
    others: Sequence[int]
    by: int | None
    by_label: str
    at: datetime
    undone_at: datetime | None
    obstacle: FieldstoneError | None


@dataclass(frozen=True, kw_only=True)
class MergedInto:
    """Where a record of the recycle bin went: the merge, and the record that stayed."""

    merge: int
    keep: int


def merges_of(work: SaveWork, module: str, record_id: int) -> list[PastMerge]:
    """Newest first, at most MOST. Raises ForbiddenError access.E001, NotFoundError record.E010."""
    conn = work.connection
    if not visible_ids(conn, work.published, work.actor, module, [record_id], "view"):
        raise NotFoundError(record_codes.NOT_FOUND, module=module, id=record_id)
    identity = work.published.model.modules[module].identity
    mine = sa.select(fs_merge).where(fs_merge.c.module == identity, fs_merge.c.kept_id == record_id)
    rows = conn.execute(mine.order_by(fs_merge.c.id.desc()).limit(MOST)).all()
    people = principal_labels(conn, {row.by for row in rows})
    return [
        PastMerge(
            id=row.id,
            others=[int(other) for other in json.loads(row.other_ids)],
            by=row.by,
            by_label=people.get(row.by, ""),
            at=row.at,
            undone_at=row.undone_at,
            obstacle=_find_obstacle(work, module, row),
        )
        for row in rows
    ]


def merged_into(
    conn: sa.Connection, published: PublishedModel, actor: Actor, module: str, ids: Collection[int]
) -> dict[int, MergedInto]:
    """Of the records of the recycle bin that the actor reaches, those that went by a merge. Raises ForbiddenError
    access.E001."""
    reached = visible_ids(conn, published, actor, module, ids, "view", deleted=True)
    if not reached:
        return {}
    identity, dialect = published.model.modules[module].identity, conn.dialect.name
    mine = (
        history.c.module == identity,
        in_ids(history.c.record_id, "ids", dialect),
        history.c.kind == "deleted",
    )
    last = sa.select(sa.func.max(history.c.id)).where(*mine).group_by(history.c.record_id)
    query = sa.select(history.c.record_id, history.c.via).where(history.c.id.in_(last), history.c.via.like("%merge:%"))
    rows = conn.execute(query, {"ids": bind_ids(reached, dialect)})
    merges = {row.record_id: int(named[1]) for row in rows if (named := _VIA.search(row.via))}
    found = sa.select(fs_merge.c.id, fs_merge.c.kept_id).where(
        fs_merge.c.id.in_(sorted(set(merges.values()))), fs_merge.c.undone_at.is_(None)
    )
    kept = {row.id: row.kept_id for row in conn.execute(found)}
    return {id: MergedInto(merge=merge, keep=kept[merge]) for id, merge in merges.items() if merge in kept}


def require_undoable(work: SaveWork, module: str, merge: sa.Row[Any], stored: Mapping[str, Any] | None) -> None:
    """`stored`: the record that stayed, None when the actor may not edit it. Raises as `records.merge.undo.undo_merge`
    does for what has happened since."""
    others = [int(other) for other in json.loads(merge.other_ids)]
    actor, published = work.actor, work.published
    require_tool(published, actor, TOOL)
    for right in ("edit", "delete"):
        require(published, actor, module, right)
    if stored is None:
        raise NotFoundError(record_codes.NOT_FOUND, module=module, id=merge.kept_id)
    if merge.undone_at is not None:
        raise ConflictError(codes.UNDONE)
    if len(visible_ids(work.connection, published, actor, module, others, "delete", deleted=True)) < len(others):
        raise ConflictError(codes.NOT_THERE)
    program = program_for(work, module)
    for identity, (_before, after) in Moved.of_text(merge.moved).values.items():
        field = program.by_identity.get(identity)
        if field is None:  # it has been removed since
            continue
        require_editable(published, actor, module, [field.name])
        if stored[field.name] != decode_value(field, after):
            raise ConflictError(codes.MOVED_ON, label=field.field.label)


def _find_obstacle(work: SaveWork, module: str, merge: sa.Row[Any]) -> FieldstoneError | None:
    try:
        stored = read_rows(work, program_for(work, module), [merge.kept_id], right="edit", lock=False)
        require_undoable(work, module, merge, stored.get(merge.kept_id))
    except (ConflictError, ForbiddenError, NotFoundError) as error:
        return error
    return None
