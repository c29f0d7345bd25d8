"""What records are called where others refer to them: one statement for a page, however many there are.

A lookup shows the name of the record it holds even when that record is out of the actor's reach (the
referring record says so itself), but only in modules that the actor may view at all.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.records.access import has_right
from fieldstone.records.id_lists import bind_ids, in_ids
from fieldstone.records.query_types import PRINCIPAL, Labels
from fieldstone.storage import principals
from fieldstone.storage.columns import Text
from fieldstone.storage.published import PublishedModel


def find_labels(conn: sa.Connection, published: PublishedModel, target: str, ids: Collection[int]) -> dict[int, str]:
    """id → label of the records of a module, or of users and teams (`target` "principal"). Ids of records
    that do not exist are left out; nothing is asked about access."""
    return {id: label for (_, id), label in _find(conn, published, {target: ids}).items()}


def collect_labels(
    conn: sa.Connection, published: PublishedModel, actor: Actor, wanted: Mapping[str, Collection[int]]
) -> Labels:
    """The labels of everything that some records refer to: target → ids."""
    modules = published.model.modules
    return _find(
        conn,
        published,
        {
            target: ids
            for target, ids in wanted.items()
            if target == PRINCIPAL or (target in modules and has_right(published, actor, target, "view"))
        },
    )


def _find(conn: sa.Connection, published: PublishedModel, wanted: Mapping[str, Collection[int]]) -> Labels:
    targets = [target for target, ids in wanted.items() if ids]
    if not targets:
        return {}
    key = ("labels", *targets)
    statement = published.cache.get(key)
    if statement is None:
        statement = published.cache[key] = _statement(published, targets)
    dialect = published.tables.dialect
    bound = {f"ids_{place}": bind_ids(wanted[target], dialect) for place, target in enumerate(targets)}
    rows = conn.execute(statement, bound).all()
    return {(targets[place], id): label or number or f"#{id}" for place, id, label, number in rows}


def _statement(published: PublishedModel, targets: Sequence[str]) -> sa.Select[Any] | sa.CompoundSelect[Any]:
    parts = []
    for place, target in enumerate(targets):
        number: sa.ColumnElement[Any] = sa.null()
        if target == PRINCIPAL:
            id, name = principals.principal.c.id, principals.principal.c.label
        else:
            module, table = published.model.modules[target], published.tables.module(target)
            id, name = table.table.c.id, table.column(module.name_field)
            number = table.table.c.record_number
        columns = (sa.literal_column(str(place), sa.Integer), id, name, sa.cast(number, Text))
        parts.append(sa.select(*columns).where(in_ids(id, f"ids_{place}", published.tables.dialect)))
    return parts[0] if len(parts) == 1 else sa.union_all(*parts)
