"""Relating records: many-to-many links with their attributes, and related lists of lookups.

Both sides get an entry in their history; versions do not move. Linking what is linked already only
changes its attributes; unlinking what is not linked does nothing."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from fieldstone.fields.base import FieldValueError
from fieldstone.fields.values import RecordRef
from fieldstone.kernel.errors import FieldProblem, InvalidInputError, NotFoundError, ValidationError
from fieldstone.metadata.definitions import RelationDef
from fieldstone.records import codes
from fieldstone.records.access import get_module, visible_ids
from fieldstone.records.changes import RecordChange
from fieldstone.records.id_lists import bind_ids, in_ids
from fieldstone.records.save.dependants import Pending, settle_dependants
from fieldstone.records.save.history import add_entries
from fieldstone.records.save.load import read_rows
from fieldstone.records.save.parse import parse_context
from fieldstone.records.save.program import program_for
from fieldstone.records.save.rollups import rollups_of
from fieldstone.records.save.statements import insert_tuples
from fieldstone.records.stages import LinkChange, LinkStage, SaveRow, SaveWork
from fieldstone.storage.allocate import allocate_ids
from fieldstone.storage.published import PublishedModel


def get_relation(published: PublishedModel, module: str, relation: str) -> RelationDef:
    """Raises NotFoundError record.E031."""
    found = get_module(published, module).relations.get(relation)
    if found is None:
        raise NotFoundError(codes.NO_RELATION, module=module, relation=relation)
    return found


def lookup_changes(
    work: SaveWork, record_id: int, relation: RelationDef, module: str, others: Sequence[int], *, link: bool
) -> list[RecordChange]:
    """Linking through a related list of a lookup is saving the lookup of the others.

    Raises NotFoundError record.E010 for a record out of reach, InvalidInputError record.E037 for
    unlinking records that cannot do without."""
    if not visible_ids(work.connection, work.published, work.actor, module, [record_id], "view"):
        raise NotFoundError(codes.NOT_FOUND, module=module, id=record_id)
    program = program_for(work, relation.to)
    field = program.fields[relation.field]
    value = RecordRef(module, record_id) if field.holds_record_ref else record_id
    if link:
        return [RecordChange(module=relation.to, id=other, values={field.name: value}) for other in others]
    if field.field.required:
        raise InvalidInputError(codes.NOT_LINKABLE, relation=relation.name, label=field.field.label)
    stored = read_rows(work, program, others, right="edit")
    linked = [other for other in others if other in stored and stored[other][field.name] == value]
    return [RecordChange(module=relation.to, id=other, values={field.name: None}) for other in linked]


@dataclass(frozen=True, kw_only=True)
class Sides:
    """A many-to-many relation seen from one record."""

    module: str
    record_id: int
    relation: RelationDef
    declared: RelationDef
    table: sa.Table

    @property
    def here(self) -> str:
        return "right_id" if self.relation.inverse_of else "left_id"

    @property
    def there(self) -> str:
        return "left_id" if self.relation.inverse_of else "right_id"


def sides_of(work: SaveWork, module: str, record_id: int, relation: RelationDef) -> Sides:
    owner, name = relation.inverse_of or (module, relation.name)
    return Sides(
        module=module,
        record_id=record_id,
        relation=relation,
        declared=work.published.model.modules[owner].relations[name],
        table=work.published.tables.link(module, relation.name),
    )


def link(
    work: SaveWork,
    module: str,
    record_id: int,
    relation: RelationDef,
    others: Sequence[int],
    attributes: Mapping[str, Any] | None,
) -> None:
    """Raises NotFoundError record.E010 for records out of reach, ValidationError for attributes."""
    sides = sides_of(work, module, record_id, relation)
    mine, theirs = _lock(work, sides, others)
    values = _parse_attributes(work, sides.declared, attributes or {})
    linked = _linked(work, sides, others)
    table, conn = sides.table, work.connection
    known = [other for other in others if other in linked]
    if known and values:
        update = sa.update(table).where(table.c[sides.here] == record_id, _among(work, table.c[sides.there]))
        conn.execute(update.values(values), {"ids": bind_ids(known, conn.dialect.name)})
    new = [other for other in dict.fromkeys(others) if other not in linked]
    if new:
        names = ("id", sides.here, sides.there, "created_at", "created_by", *values)
        ids = allocate_ids(conn, table, len(new))
        stamp = (work.now, work.actor.user_id, *values.values())
        rows = [(row_id, record_id, other, *stamp) for row_id, other in zip(ids, new, strict=True)]
        insert_tuples(conn, table, names, rows)
        note_links(work, sides, mine, [theirs[other] for other in new], "linked")
        _tell_stages(work, sides, new, "linked")


def unlink(work: SaveWork, module: str, record_id: int, relation: RelationDef, others: Sequence[int]) -> None:
    sides = sides_of(work, module, record_id, relation)
    mine, theirs = _lock(work, sides, others)
    linked = _linked(work, sides, others)
    if linked:
        table, conn = sides.table, work.connection
        statement = sa.delete(table).where(table.c[sides.here] == record_id, _among(work, table.c[sides.there]))
        conn.execute(statement, {"ids": bind_ids(linked, conn.dialect.name)})
        note_links(work, sides, mine, [theirs[other] for other in others if other in linked], "unlinked")
        _tell_stages(work, sides, sorted(linked), "unlinked")


def _tell_stages(work: SaveWork, sides: Sides, others: Sequence[int], kind: str) -> None:
    """Both ends of every link, each with the relation as it is called there."""
    stages = [stage for stage in work.environment.stages if isinstance(stage, LinkStage)]
    if not stages or not work.options.workflows:
        return
    here, there = (sides.module, sides.relation.name), (sides.relation.to, _far_name(work, sides))
    ends = [(here, sides.record_id, there, other) for other in others]
    if there[1] and here != there:
        ends += [(there, other, here, sides.record_id) for other in others]
    changes = [
        LinkChange(kind=kind, module=near[0], id=mine, relation=near[1], other_module=far[0], other_id=other)
        for near, mine, far, other in ends
    ]
    for stage in stages:
        stage.after_link(work, changes)


def _far_name(work: SaveWork, sides: Sides) -> str:
    """What the relation is called at the other end; "" where it has no list there."""
    if sides.relation.inverse_of:
        return sides.relation.inverse_of[1]
    declared = (sides.module, sides.relation.name)
    relations = work.published.model.modules[sides.relation.to].relations.values()
    return next((each.name for each in relations if each.inverse_of == declared), "")


def _among(work: SaveWork, column: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    return in_ids(column, "ids", work.connection.dialect.name)


def _lock(work: SaveWork, sides: Sides, others: Collection[int]) -> tuple[SaveRow, dict[int, SaveRow]]:
    """The record, which the actor may edit, and the others, which the actor may see."""
    found = visible_ids(work.connection, work.published, work.actor, sides.module, [sides.record_id], "edit")
    if not found:
        raise NotFoundError(codes.NOT_FOUND, module=sides.module, id=sides.record_id)
    target = sides.relation.to
    seen = visible_ids(work.connection, work.published, work.actor, target, set(others), "view")
    for other in others:
        if other not in seen:
            raise NotFoundError(codes.NOT_FOUND, module=target, id=other)
    mine = read_rows(work, program_for(work, sides.module), found)[sides.record_id]
    theirs = read_rows(work, program_for(work, target), seen)
    rows = {id: SaveRow(module=target, id=id, old=old, values=dict(old)) for id, old in theirs.items()}
    return SaveRow(module=sides.module, id=sides.record_id, old=mine, values=dict(mine)), rows


def _linked(work: SaveWork, sides: Sides, others: Collection[int]) -> set[int]:
    table = sides.table
    query = sa.select(table.c[sides.there]).where(
        table.c[sides.here] == sides.record_id, _among(work, table.c[sides.there])
    )
    return set(work.connection.execute(query, {"ids": bind_ids(set(others), work.connection.dialect.name)}).scalars())


def _parse_attributes(work: SaveWork, relation: RelationDef, raw: Mapping[str, Any]) -> dict[str, Any]:
    """Column → value of the attributes given."""
    context = parse_context(work)
    values: dict[str, Any] = {}
    problems = []
    for name, value in raw.items():
        field = relation.attributes.get(name)
        if field is None:
            params: dict[str, object] = {"relation": relation.name, "field": name}
            problems.append(FieldProblem(field=name, code=codes.NO_ATTRIBUTE, params=params))
            continue
        field_type = work.published.model.type_of(field)
        try:
            parsed = field_type.parse(field, value, context)
        except FieldValueError as error:
            problems.append(FieldProblem(field=name, code=error.code, params={"label": field.label, **error.params}))
        else:
            values |= {field.column + suffix: cell for suffix, cell in field_type.store(field, parsed).items()}
    if problems:
        raise ValidationError(problems)
    return values


def note_links(work: SaveWork, sides: Sides, mine: SaveRow, theirs: Sequence[SaveRow], kind: str) -> None:
    """History on both sides, and the rollups over the relation."""
    identity = sides.declared.identity

    def entry(other: SaveRow) -> str:
        ref = [work.published.model.modules[other.module].identity, other.id]
        return json.dumps({identity: [None, ref] if kind == "linked" else [ref, None]}, separators=(",", ":"))

    here, there = program_for(work, sides.module), program_for(work, sides.relation.to)
    ends = [(here, [(mine, kind, entry(other)) for other in theirs]),
            (there, [(other, kind, entry(mine)) for other in theirs])]  # fmt: skip
    # The left end first: between records of one module nothing else tells which end was which.
    for program, entries in reversed(ends) if sides.relation.inverse_of else ends:
        add_entries(work, program, entries)
    pending = Pending()
    for program, ids in ((here, [mine.id]), (there, [row.id for row in theirs])):
        for rollup in rollups_of(work.published, program):
            if rollup.relation.kind == "many_to_many" and rollup.relation.to in (sides.module, sides.relation.to):
                pending.add(program.module.name, rollup.field.name, ids)
    settle_dependants(work, {}, pending)
