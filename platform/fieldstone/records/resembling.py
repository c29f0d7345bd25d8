"""Records that look like one that is being typed, by the fields its module names; folded, as the save compares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.records.access import can_read_field, has_right, row_condition, scope_parameters
from fieldstone.records.changes import DuplicateMatch
from fieldstone.records.save.keys import key_of
from fieldstone.records.save.program import program_of
from fieldstone.storage.published import PublishedModel

MOST_SHOWN = 3


def find_resembling(
    conn: sa.Connection,
    published: PublishedModel,
    actor: Actor,
    module: str,
    values: Mapping[str, Any],
    *,
    besides: int | None = None,
) -> tuple[DuplicateMatch, ...]:
    """The first live ones within the actor's reach, without the record `besides`. `values` are parsed ones. () while
    one of the fields is empty, when the module has no such rule or is none, and for who may not read those fields: that
    another record has the same would tell its value."""
    definition = published.model.modules.get(module)
    rule = None if definition is None else definition.duplicates
    if rule is None or not has_right(published, actor, module, "view"):
        return ()
    if not all(can_read_field(published, actor, module, name) for name in rule.match):
        return ()
    program = program_of(published, module, conn.dialect)
    fields = [program.fields[name] for name in rule.match]
    keys = [key_of(field, values.get(field.name)) for field in fields]
    if any(key is None or key == "" for key in keys):
        return ()
    table = program.table
    name = program.module_table.column(program.module.name_field)
    query = sa.select(table.c.id, name).where(table.c.deleted_at.is_(None), table.c.id != (besides or 0))
    query = query.where(*(field.key.column == key for field, key in zip(fields, keys, strict=True)))
    visible = row_condition(published, actor, module, table)
    if visible is not None:
        query = query.where(visible)
    found = conn.execute(query.order_by(table.c.id).limit(MOST_SHOWN), scope_parameters(actor, conn.dialect.name))
    may_read_name = can_read_field(published, actor, module, program.module.name_field)
    return tuple(
        DuplicateMatch(id=record_id, label=(label or "") if may_read_name else f"#{record_id}")
        for record_id, label in found
    )
