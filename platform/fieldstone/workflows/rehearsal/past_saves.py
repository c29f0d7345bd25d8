"""Saves of the past, made again from the history as the triggers of workflows saw them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from fieldstone.records.former_values import decode_changes
from fieldstone.records.history_values import FormerValue
from fieldstone.records.save.load import read_rows
from fieldstone.records.save.program import ModuleProgram, program_for
from fieldstone.records.stages import SaveRow, SaveWork
from fieldstone.records.tables import history

_KINDS = ("created", "updated", "deleted", "restored")
_CHUNK = 500


@dataclass(frozen=True, kw_only=True)
class PastSave:
    """`row` is as it stood after that save, with the values before it. `gone`: the record is no longer there to act
    upon (it is deleted now, and this was no deletion)."""

    at: datetime
    by: int | None
    kind: str
    row: SaveRow
    gone: bool = False


def find_past_saves(
    work: SaveWork, module: str, *, since: datetime | None = None, record_id: int | None = None, limit: int
) -> list[PastSave]:
    """The newest first, at most `limit`: those of one record, or all `since` a time.

    Values are walked back from the present ones, so records that were purged are left out, and values of other
    records are not those of then.
    """
    program = program_for(work, module)
    c = history.c
    query: sa.Select[Any] = sa.select(c.record_id, c.at, c.by, c.kind, c.changes).where(
        c.module == program.identity, c.kind.in_(_KINDS)
    )
    if since is not None:
        query = query.where(c.at > since)
    if record_id is not None:
        query = query.where(c.record_id == record_id)
    entries = work.connection.execute(query.order_by(c.id.desc()).limit(limit)).all()
    live, deleted = _present(work, program, list(dict.fromkeys(entry.record_id for entry in entries)))
    states: dict[int, Mapping[str, Any]] = {**deleted, **live}
    found = []
    for entry in entries:
        state = states.get(entry.record_id)
        if state is None:
            continue
        row = _row(work, program, entry, state)
        if row.old is not None:
            states[row.id] = row.old
        gone = row.id not in live and entry.kind != "deleted"
        found.append(PastSave(at=entry.at, by=entry.by, kind=entry.kind, row=row, gone=gone))
    return found


def _present(
    work: SaveWork, program: ModuleProgram, ids: Sequence[int]
) -> tuple[dict[int, dict[str, Any]], dict[int, dict[str, Any]]]:
    live: dict[int, dict[str, Any]] = {}
    deleted: dict[int, dict[str, Any]] = {}
    for start in range(0, len(ids), _CHUNK):
        some = ids[start : start + _CHUNK]
        live |= read_rows(work, program, some, right="view", lock=False)
        deleted |= read_rows(work, program, some, right="view", deleted=True, lock=False)
    return live, deleted


def _row(work: SaveWork, program: ModuleProgram, entry: sa.Row[Any], state: Mapping[str, Any]) -> SaveRow:
    after = dict(state)
    if entry.kind == "created":
        return SaveRow(module=program.module.name, id=entry.record_id, created=True, values=after)
    changes = decode_changes(work.published, program, entry.changes, entry.at)
    old = {**after, **{name: None if isinstance(was, FormerValue) else was for name, (was, _new) in changes.items()}}
    if entry.kind in ("deleted", "restored"):
        gone = entry.kind == "deleted"
        after["deleted_at"], old["deleted_at"] = (entry.at, None) if gone else (None, entry.at)
    return SaveRow(
        module=program.module.name, id=entry.record_id, deleted=entry.kind == "deleted", old=old, values=after,
        changed=set(changes),
    )  # fmt: skip
