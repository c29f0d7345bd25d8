"""Step 7: the records and people that lookups name exist, and the actor may know of them."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from fieldstone.fields.values import RecordRef
from fieldstone.records import codes
from fieldstone.records.access import access_profile, has_right, row_condition, scope_parameters
from fieldstone.records.id_lists import bind_ids, in_ids
from fieldstone.records.save.field_program import FieldProgram
from fieldstone.records.save.program import ModuleProgram, program_for
from fieldstone.records.stages import SaveRow, SaveWork
from fieldstone.storage.principals import principal

PRINCIPAL = "principal"


_PEOPLE = {
    dialect: sa.select(principal.c.id, principal.c.kind).where(
        in_ids(principal.c.id, "ids", dialect), principal.c.active
    )
    for dialect in ("sqlite", "postgresql")
}


def check_targets(work: SaveWork, program: ModuleProgram, rows: Sequence[SaveRow]) -> None:
    """Only references that this save sets are looked at."""
    wanted: dict[str, set[int]] = {}
    found: list[tuple[SaveRow, FieldProgram, str, int]] = []
    for field in program.lookups:
        name = field.name
        single = field.field.to[0] if field.field.to else PRINCIPAL
        for row in rows:
            value = row.values[name]
            if value is None or name not in row.changed or name in row.faulty:
                continue
            target, record_id = (value.module, value.id) if type(value) is RecordRef else (single, value)
            if (target, record_id) in work.index or (name == "owner" and value == work.actor.user_id):
                continue
            wanted.setdefault(target, set()).add(record_id)
            found.append((row, field, target, record_id))
    known = {target: _existing(work, target, ids) for target, ids in wanted.items()}
    for row, field, target, record_id in found:
        kind = known[target].get(record_id)
        if kind is None or (field.field.type == "user" and kind != "user"):
            work.refuse(row, field.name, codes.NO_TARGET, label=field.field.label)


def _existing(work: SaveWork, target: str, ids: set[int]) -> dict[int, str]:
    """id → kind, of those that may be referred to."""
    dialect = work.connection.dialect.name
    if target == PRINCIPAL:
        people = work.connection.execute(_PEOPLE[dialect], {"ids": bind_ids(ids, dialect)}).all()
        return {row.id: row.kind for row in people}
    if target not in work.published.model.modules:
        return {}
    scoped = not work.depth
    if scoped and not has_right(work.published, work.actor, target, "view"):
        return {}
    key = ("save.targets", target, access_profile(work.actor) if scoped else None)
    statement = work.published.cache.get(key)
    if statement is None:
        table = program_for(work, target).table
        statement = sa.select(table.c.id).where(in_ids(table.c.id, "ids", dialect), table.c.deleted_at.is_(None))
        condition = row_condition(work.published, work.actor, target, table) if scoped else None
        if condition is not None:
            statement = statement.where(condition)
        # The lock keeps a deletion from slipping in between this check and the commit.
        statement = statement.order_by(table.c.id).with_for_update(of=table, read=True, key_share=True)
        work.published.cache[key] = statement
    parameters = {"ids": bind_ids(ids, dialect), **(scope_parameters(work.actor, dialect) if scoped else {})}
    return dict.fromkeys(work.connection.execute(statement, parameters).scalars().all(), target)
