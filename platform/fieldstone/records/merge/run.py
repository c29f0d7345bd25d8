"""Merging: one record takes the chosen values and everything that refers to the others, which go to the recycle bin.

One transaction. The values are saved as any change is, with rules, history, computed fields and workflows; what refers
to the others is turned to the record that stays, whoever may see it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Protocol

import sqlalchemy as sa

from fieldstone.fields.values import RecordRef
from fieldstone.kernel.actors import Actor
from fieldstone.kernel.errors import FieldProblem, InvalidInputError, NotFoundError, StaleRecordError, ValidationError
from fieldstone.records import codes as record_codes
from fieldstone.records.access import require, require_editable, require_tool, visible_ids
from fieldstone.records.access.share_ends import clear_ended
from fieldstone.records.access.tables import share
from fieldstone.records.changes import RecordChange, SaveOptions
from fieldstone.records.delete import delete
from fieldstone.records.history_values import encode_value
from fieldstone.records.merge import codes
from fieldstone.records.merge.kept_tables import move_kept
from fieldstone.records.merge.links import move_links
from fieldstone.records.merge.moved import Moved
from fieldstone.records.merge.order import Merged, MergeOrder, choosable_fields
from fieldstone.records.merge.references import find_references, turn_references
from fieldstone.records.merge.tables import fs_merge
from fieldstone.records.people import principal_labels
from fieldstone.records.save.load import read_rows
from fieldstone.records.save.pipeline import run
from fieldstone.records.save.program import ModuleProgram, program_for
from fieldstone.records.stages import SaveWork
from fieldstone.records.tables import MERGED_INTO, history

TOOL = "merge"
MOST_OTHERS = 2
MOST_REFERENCES = 5_000
"""What one transaction turns; beyond that it would hold up everybody else."""

_OPTIONS = SaveOptions(duplicates="ignore", source="merge")


class Begin(Protocol):
    """Gives the work of one more changeset in the same transaction."""

    def __call__(self, actor: Actor, options: SaveOptions = ..., changes: Any = ...) -> SaveWork: ...


def merge(begin: Begin, actor: Actor, order: MergeOrder) -> Merged:
    """Raises ForbiddenError access.E006 (without the tool), access.E001, access.E003 and access.E004 (a field that is
    not the actor's to change), NotFoundError record.E010, InvalidInputError merge.E001 to E004, StaleRecordError,
    ValidationError."""
    work = begin(actor)
    require_tool(work.published, actor, TOOL)
    for right in ("view", "edit", "delete"):
        require(work.published, actor, order.module, right)
    program = program_for(work, order.module)
    others = list(dict.fromkeys(order.others))
    if not 1 <= len(others) <= MOST_OTHERS or len(others) != len(order.others) or order.keep in others:
        raise InvalidInputError(codes.WRONG_NUMBER)
    stored = _lock(work, program, order)
    values = _chosen(work, program, order, stored)
    merge_id = _note(work, program, order)
    actor = actor.through(f"merge:{merge_id} {actor.via}".strip())
    moved = Moved()
    _turn(begin, actor, order, values, moved)
    move_links(begin(actor), order.module, others, order.keep, moved)
    ended = sa.and_(share.c.module == program.identity, share.c.record_id.in_([order.keep, *others]))
    clear_ended(work.connection, work.published, work.now, only=ended)  # what has ended hides nothing that lasts
    move_kept(work.connection, program.identity, others, order.keep, moved)
    delete(begin(actor), order.module, others)
    _say_where(work, program, order, actor.via)
    if values:
        run(begin(actor, _OPTIONS, [RecordChange(module=order.module, id=order.keep, values=values)]))
    after = read_rows(work, program, [order.keep])[order.keep]
    for name in sorted(program.recorded):
        old, new = stored[order.keep][name], after[name]
        if old != new:
            field = program.fields[name]
            moved.values[field.identity] = (encode_value(field, old), encode_value(field, new))
    update = sa.update(fs_merge).where(fs_merge.c.id == merge_id).values(moved=moved.to_text())
    work.connection.execute(update)
    return Merged(id=merge_id, module=order.module, keep=order.keep, others=others)


def _lock(work: SaveWork, program: ModuleProgram, order: MergeOrder) -> Mapping[int, Mapping[str, Any]]:
    """The rows of all of them, which nobody else can change or refer to until the end."""
    ids = [order.keep, *order.others]
    stored = read_rows(work, program, ids, right="edit", exclusive=True)
    seen = visible_ids(work.connection, work.published, work.actor, order.module, ids, "view")
    seen &= {order.keep} | visible_ids(
        work.connection, work.published, work.actor, order.module, order.others, "delete"
    )
    for record_id in ids:
        if record_id not in stored or record_id not in seen:
            raise NotFoundError(record_codes.NOT_FOUND, module=order.module, id=record_id)
    for record_id, version in order.versions.items():
        row = stored.get(record_id)
        if row is not None and row["version"] != version:
            author = row["modified_by"]
            raise StaleRecordError(
                module=order.module,
                record_id=record_id,
                version=row["version"],
                conflicts=(),
                changed_by=principal_labels(work.connection, [author]).get(author, ""),
            )
    return stored


def _chosen(
    work: SaveWork, program: ModuleProgram, order: MergeOrder, stored: Mapping[int, Mapping[str, Any]]
) -> dict[str, Any]:
    """Field → the value that the kept record gets. One of the records themselves counts as none."""
    values = {}
    own = {*order.others, order.keep}
    choosable = choosable_fields(work.published, work.actor, order.module)
    for name, source in order.choices.items():
        field = program.fields.get(name)
        if field is None:
            raise InvalidInputError(record_codes.NO_FIELD, module=order.module, field=name)
        require_editable(work.published, work.actor, order.module, [name])
        if name not in choosable:
            raise InvalidInputError(codes.NOT_CHOOSABLE, label=field.field.label)
        if source not in own:
            raise InvalidInputError(codes.NO_SUCH_CHOICE, label=field.field.label)
        value = stored[source][name]
        named = value if isinstance(value, RecordRef) else None
        if named is None and field.type.name == "lookup" and isinstance(value, int):
            named = RecordRef(field.field.to[0], value)
        if named is not None and named.module == order.module and named.id in own:
            value = None
        if source != order.keep:
            values[name] = value
    return values


def _note(work: SaveWork, program: ModuleProgram, order: MergeOrder) -> int:
    insert = sa.insert(fs_merge).values(
        module=program.identity,
        kept_id=order.keep,
        other_ids=json.dumps(list(order.others)),
        moved="{}",
        by=work.actor.user_id,
        at=work.now,
    )
    return int(work.connection.execute(insert.returning(fs_merge.c.id)).scalar_one())


def _turn(begin: Begin, actor: Actor, order: MergeOrder, values: Mapping[str, Any], moved: Moved) -> None:
    work = begin(actor)
    references = find_references(work, order.module, list(order.others), order.keep)
    if len(references) > MOST_REFERENCES:
        raise InvalidInputError(codes.TOO_MUCH, limit=MOST_REFERENCES)
    own = program_for(work, order.module)
    problems = [
        FieldProblem(field=each.field, code=record_codes.REQUIRED, params={"label": field.label})
        for each in references
        if each.to is None and (field := own.fields[each.field].field).required and values.get(each.field) is None
    ]
    if problems:
        raise ValidationError(problems)
    for each in turn_references(work, order.module, references):
        if each.to is not None:
            program = program_for(work, each.module)
            moved.references.append((program.identity, each.id, program.fields[each.field].identity, each.target))


def _say_where(work: SaveWork, program: ModuleProgram, order: MergeOrder, via: str) -> None:
    """The entries of the deletion say into which record they went."""
    changes = json.dumps({MERGED_INTO: [None, [program.identity, order.keep]]}, separators=(",", ":"))
    update = sa.update(history).where(
        history.c.module == program.identity,
        history.c.record_id.in_(order.others),
        history.c.via == via,
        history.c.kind == "deleted",
    )
    work.connection.execute(update.values(changes=changes))
