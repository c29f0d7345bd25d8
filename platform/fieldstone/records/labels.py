"""What records are called where others refer to them: one query per module, however many there are.

A lookup shows the name of the record it holds even when that record is out of the actor's reach (the
referring record says so itself), but only in modules that the actor may view at all.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.records.access import has_right
from fieldstone.records.id_lists import bind_ids, in_ids
from fieldstone.records.people import principal_labels
from fieldstone.records.query_types import PRINCIPAL, Labels
from fieldstone.storage.published import PublishedModel


def find_labels(conn: sa.Connection, published: PublishedModel, target: str, ids: Collection[int]) -> dict[int, str]:
    """id → label of the records of a module, or of users and teams (`target` "principal"). Ids of records
    that do not exist are left out; nothing is asked about access."""
    if not ids:
        return {}
    if target == PRINCIPAL:
        return principal_labels(conn, ids)
    key = ("labels", target)
    statement = published.cache.get(key)
    if statement is None:
        statement = published.cache[key] = _statement(published, target)
    rows = conn.execute(statement, {"ids": bind_ids(ids, published.tables.dialect)}).all()
    return {id: label or number or f"#{id}" for id, label, number in rows}


def collect_labels(
    conn: sa.Connection, published: PublishedModel, actor: Actor, wanted: Mapping[str, Collection[int]]
) -> Labels:
    """The labels of everything that some records refer to: target → ids."""
    labels: Labels = {}
    for target, ids in wanted.items():
        if target == PRINCIPAL or (target in published.model.modules and has_right(published, actor, target, "view")):
            for id, label in find_labels(conn, published, target, ids).items():
                labels[target, id] = label
    return labels


def _statement(published: PublishedModel, module: str) -> sa.Select[tuple[int, str, str]]:
    definition = published.model.modules[module]
    table = published.tables.module(module)
    name = table.column(definition.name_field)
    found = sa.select(table.table.c.id, name, table.table.c.record_number)
    return found.where(in_ids(table.table.c.id, "ids", published.tables.dialect))
