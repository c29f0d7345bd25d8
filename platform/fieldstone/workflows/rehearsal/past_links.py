"""Links of the past, made again from the history as workflows that wait for links saw them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from fieldstone.metadata.definitions import RelationDef
from fieldstone.records.save.program import program_for
from fieldstone.records.stages import LinkChange, SaveWork
from fieldstone.records.tables import history
from fieldstone.workflows.compiled import CompiledWorkflow
from fieldstone.workflows.links import moved_links, rows_of_links
from fieldstone.workflows.rehearsal.past_saves import PastSave, find_past_saves

_Noted = tuple[datetime, int | None, LinkChange]


def find_past_links(
    work: SaveWork,
    workflow: CompiledWorkflow,
    *,
    since: datetime | None = None,
    record_id: int | None = None,
    limit: int,
) -> tuple[list[PastSave], int]:
    """What set the workflow off, the newest first, of one record or of all; and how many entries were looked at, at
    most `limit`. Records are as they are now; those that are gone, and those at whose other end nothing is left, are
    left out."""
    relation = workflow.module.relations.get(workflow.definition.relation)
    if relation is None:
        return [], 0
    if relation.kind == "one_to_many":
        saves = find_past_saves(work, relation.to, since=since, limit=limit)
        noted = [
            (save.at, save.by, change)
            for save in saves
            if not save.gone and not save.row.deleted and not save.row.restored
            for change in moved_links(save.row, workflow.module.name, relation.name, relation.field)
        ]
        examined = len(saves)
    else:
        entries = _entries(work, workflow, relation, since, record_id, limit)
        noted = [found for entry in entries for found in _read(work, workflow, relation, entry)]
        examined = len(entries)
    wanted = [each for each in noted if each[2].kind == workflow.definition.on and record_id in (None, each[2].id)]
    rows = {
        (row.id, row.other.id): row
        for row in rows_of_links(work, [change for _, _, change in wanted], right="view")
        if row.other is not None
    }
    found = [
        PastSave(at=at, by=by, kind=change.kind, row=rows[change.id, change.other_id])
        for at, by, change in wanted
        if (change.id, change.other_id) in rows
    ]
    return found, examined


def _entries(
    work: SaveWork,
    workflow: CompiledWorkflow,
    relation: RelationDef,
    since: datetime | None,
    record_id: int | None,
    limit: int,
) -> list[sa.Row[Any]]:
    c = history.c
    query: sa.Select[Any] = sa.select(c.record_id, c.at, c.by, c.changes).where(
        c.module == program_for(work, workflow.module.name).identity, c.kind == workflow.definition.on
    )
    if since is not None:
        query = query.where(c.at > since)
    if record_id is not None:
        query = query.where(c.record_id == record_id)
    return list(work.connection.execute(query.order_by(c.id.desc()).limit(limit)).all())


def _read(work: SaveWork, workflow: CompiledWorkflow, relation: RelationDef, entry: sa.Row[Any]) -> Iterator[_Noted]:
    owner, name = relation.inverse_of or (workflow.module.name, relation.name)
    identity = work.published.model.modules[owner].relations[name].identity
    ends = json.loads(entry.changes).get(identity) or ()
    for end in ends:
        if isinstance(end, list):
            yield entry.at, entry.by, LinkChange(
                kind=workflow.definition.on, module=workflow.module.name, id=entry.record_id, relation=relation.name,
                other_module=relation.to, other_id=int(end[1]),
            )  # fmt: skip
