"""The folded form by which equal values are found: for unique fields and duplicates."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from fieldstone.records.access import visible_ids
from fieldstone.records.id_lists import bind_texts, in_texts
from fieldstone.records.save.field_program import FieldProgram
from fieldstone.records.save.program import ModuleProgram
from fieldstone.records.stages import SaveWork
from fieldstone.storage.columns import Text

CHUNK = 2_000


def key_of(field: FieldProgram, value: Any) -> Any:
    """What `FieldProgram.key` holds for a value; None for empty."""
    return None if value is None else field.store(value)[field.key.suffix]


def find_by_key(
    work: SaveWork, program: ModuleProgram, fields: Sequence[FieldProgram], first_keys: Collection[Any]
) -> list[tuple[Any, ...]]:
    """(id, key of each field) of the live records whose key of the first field is among `first_keys`."""
    key = ("save.by_key", program.module.name, *(field.name for field in fields))
    statement = work.published.cache.get(key)
    dialect = work.connection.dialect.name
    is_text = isinstance(fields[0].key.column.type, Text)
    if statement is None:
        table = program.table
        columns = [field.key.column for field in fields]
        among = (
            in_texts(columns[0], "keys", dialect) if is_text else columns[0].in_(sa.bindparam("keys", expanding=True))
        )
        statement = sa.select(table.c.id, *columns).where(table.c.deleted_at.is_(None), among).order_by(table.c.id)
        work.published.cache[key] = statement
    keys = list(first_keys)
    rows: list[tuple[Any, ...]] = []
    for start in range(0, len(keys), CHUNK):
        some = keys[start : start + CHUNK]
        found = work.connection.execute(statement, {"keys": bind_texts(some, dialect) if is_text else some})
        rows += [tuple(row) for row in found.all()]
    return rows


def visible_labels(work: SaveWork, program: ModuleProgram, ids: Collection[int]) -> Mapping[int, str]:
    """id → name, of those the actor may see."""
    visible = visible_ids(work.connection, work.published, work.actor, program.module.name, ids, "view")
    table = program.table
    name = program.module_table.column(program.module.name_field)
    query = sa.select(table.c.id, name).where(table.c.id.in_(visible))
    return {id: label or "" for id, label in work.connection.execute(query).all()}
