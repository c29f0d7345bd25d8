"""The history of a record, as people read it: who changed what, when, and through what."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from fieldstone.fields.secret import MASK
from fieldstone.fields.values import RecordRef
from fieldstone.kernel.actors import Actor, find_impersonator
from fieldstone.kernel.errors import NotFoundError
from fieldstone.metadata.definitions import RelationDef
from fieldstone.records import codes
from fieldstone.records.access import visible_ids
from fieldstone.records.access.restrictions import restrictions_of
from fieldstone.records.former_values import read_changes
from fieldstone.records.labels import collect_labels
from fieldstone.records.people import principal_labels
from fieldstone.records.query_types import PRINCIPAL, Labels
from fieldstone.records.save.program import ModuleProgram, program_of
from fieldstone.records.tables import MAILED, MERGED_INTO, history
from fieldstone.storage.published import PublishedModel
from fieldstone.storage.shared_snapshot import once


@dataclass(frozen=True, kw_only=True)
class FieldChange:
    """`field` is the public name of a field, or of a relation whose link was made (`new`) or undone
    (`old`, a RecordRef), or MERGED_INTO (`new`: the record that this one was merged into), or MAILED (`new`: the
    subject of the mail). A value is a FormerValue
    where the field's type was another and the text of it does not fit the present one."""

    field: str
    old: Any
    new: Any


@dataclass(frozen=True, kw_only=True)
class HistoryEntry:
    """`kind`: created, updated, deleted, restored, linked, unlinked, shared, unshared, mailed. `version` is the
    record's after it. `acting_label` names the administrator who acted as `by`, "" when nobody did.
    `labels` (shared by a page of entries) word the references among the values."""

    id: int
    at: datetime
    by: int | None
    by_label: str
    via: str
    kind: str
    version: int
    changes: Sequence[FieldChange]
    acting_label: str = ""
    labels: Labels = field(default_factory=dict)


_NEWEST = (
    sa.select(history)
    .where(history.c.module == sa.bindparam("of_module"), history.c.record_id == sa.bindparam("record"))
    .order_by(history.c.id.desc())
    .limit(sa.bindparam("most"))
)


def read_history(
    conn: sa.Connection,
    published: PublishedModel,
    actor: Actor,
    module: str,
    record_id: int,
    limit: int = 50,
    before: int | None = None,
    until: datetime | None = None,
) -> list[HistoryEntry]:
    """Newest first; `before` is the id of an entry. Raises NotFoundError record.E010 for a record out of
    reach. Changes of fields that are not audited, hidden from the actor or no longer there are left out;
    that there was a change is not.

    A value of a type that its field no longer has comes in the present one, or as a FormerValue. With a past
    model the fields are those of then, and `until` leaves later entries out."""
    key = ("history", published.version, actor, module, record_id, limit, before, until)
    return once(conn, key, lambda: _read(conn, published, actor, module, record_id, limit, before, until))


def _read(
    conn: sa.Connection,
    published: PublishedModel,
    actor: Actor,
    module: str,
    record_id: int,
    limit: int,
    before: int | None,
    until: datetime | None,
) -> list[HistoryEntry]:
    ids = [record_id]
    if not visible_ids(conn, published, actor, module, ids, "view") and not visible_ids(
        conn, published, actor, module, ids, "view", deleted=True
    ):
        raise NotFoundError(codes.NOT_FOUND, module=module, id=record_id)
    program = program_of(published, module, conn.dialect)
    query = _NEWEST
    if before is not None:
        query = query.where(history.c.id < before)
    if until is not None:
        query = query.where(history.c.at <= until)
    bound = {"of_module": program.identity, "record": record_id, "most": max(1, min(limit, 500))}
    rows = conn.execute(query, bound).all()
    acting = {row.id: find_impersonator(row.via) for row in rows}
    people = principal_labels(conn, {row.by for row in rows} | set(acting.values()))
    hidden = restrictions_of(published, actor).hidden_in(module)
    changes = [
        tuple(each for each in _changes(published, program, row.changes, row.at) if each.field not in hidden)
        for row in rows
    ]
    wanted = _references(program, [change for entry in changes for change in entry])
    labels = collect_labels(conn, published, actor, wanted)
    return [
        HistoryEntry(
            id=row.id,
            at=row.at,
            by=row.by,
            by_label=people.get(row.by, ""),
            via=row.via,
            kind=row.kind,
            version=row.version,
            changes=entry,
            acting_label=people.get(acting[row.id] or 0, ""),
            labels=labels,
        )
        for row, entry in zip(rows, changes, strict=True)
    ]


def _changes(published: PublishedModel, program: ModuleProgram, text: str, at: datetime) -> Iterator[FieldChange]:
    for change in read_changes(published, program, text, at):
        found = change.field
        if not found.field.audited:
            continue
        secret = found.type.name == "secret"
        old, new = (each and MASK if secret else each for each in (change.old, change.new))
        yield FieldChange(field=found.name, old=old, new=new)
    relations = _relations(published, program)
    for identity, ends in json.loads(text).items():
        if identity == MERGED_INTO:
            yield FieldChange(field=MERGED_INTO, old=None, new=RecordRef(program.module.name, ends[1][1]))
        if identity == MAILED:
            yield FieldChange(field=MAILED, old=None, new=ends[1])
        relation = relations.get(identity)
        if relation is not None:
            old, new = (None if end is None else RecordRef(relation.to, end[1]) for end in ends)
            yield FieldChange(field=relation.name, old=old, new=new)


def _relations(published: PublishedModel, program: ModuleProgram) -> dict[str, RelationDef]:
    """Identity of the declared relation → the relation as this module has it."""
    found = {}
    for relation in program.module.relations.values():
        if relation.kind == "many_to_many":
            owner, name = relation.inverse_of or (program.module.name, relation.name)
            found[published.model.modules[owner].relations[name].identity] = relation
    return found


def _references(program: ModuleProgram, changes: Collection[FieldChange]) -> dict[str, set[int]]:
    wanted: dict[str, set[int]] = {}
    for change in changes:
        known = program.fields.get(change.field)
        for value in (change.old, change.new):
            if isinstance(value, RecordRef):
                wanted.setdefault(value.module, set()).add(value.id)
            elif isinstance(value, int) and known is not None and known.value_type.kind == "reference":
                wanted.setdefault(known.field.to[0] if known.field.to else PRINCIPAL, set()).add(value)
    return wanted
