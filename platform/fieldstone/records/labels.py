"""What records are called where others refer to them: one statement for a page, however many there are.

A lookup names the record it holds only to those who may see that record; for everybody else it holds an id.
Users and teams are known to all.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.records.access import access_profile, has_right, row_condition, scope_parameters
from fieldstone.records.columns import past_formula
from fieldstone.records.contexts import site_context
from fieldstone.records.id_lists import bind_ids, in_ids
from fieldstone.records.live import LiveFormula, find_live
from fieldstone.records.query_types import PRINCIPAL, Labels
from fieldstone.storage import principals
from fieldstone.storage.archive import PastModel
from fieldstone.storage.columns import Text
from fieldstone.storage.published import PublishedModel
from fieldstone.storage.shared_snapshot import memory_of
from fieldstone.storage.tables import ModuleTable


def collect_labels(
    conn: sa.Connection, published: PublishedModel, actor: Actor, wanted: Mapping[str, Collection[int]]
) -> Labels:
    """The labels of everything within reach that some records refer to: target → ids. Records in the recycle
    bin have theirs too; ids of records that do not exist are left out."""
    memory = memory_of(conn)
    if memory is None:
        return _ask(conn, published, actor, wanted)
    known: dict[tuple[str, int], str | None] = memory.setdefault(("labels", published.version, actor), {})
    pairs = [(target, id) for target, ids in wanted.items() for id in ids]
    asked: dict[str, list[int]] = {}
    for target, id in pairs:
        if (target, id) not in known:
            asked.setdefault(target, []).append(id)
            known[target, id] = None
    known.update(_ask(conn, published, actor, asked))
    return {pair: label for pair in pairs if (label := known[pair]) is not None}


def _ask(conn: sa.Connection, published: PublishedModel, actor: Actor, wanted: Mapping[str, Collection[int]]) -> Labels:
    modules = published.model.modules
    targets = [
        target
        for target, ids in wanted.items()
        if ids and (target == PRINCIPAL or (target in modules and has_right(published, actor, target, "view")))
    ]
    if not targets:
        return {}
    key = ("labels", *targets, access_profile(actor))
    statement = published.cache.get(key)
    if statement is None:
        statement = published.cache[key] = _statement(published, actor, targets)
    dialect = published.tables.dialect
    bound = {f"ids_{place}": bind_ids(wanted[target], dialect) for place, target in enumerate(targets)}
    rows = conn.execute(statement, {**bound, **scope_parameters(actor, dialect)}).all()
    return {(targets[place], id): label or number or f"#{id}" for place, id, label, number in rows}


def _statement(
    published: PublishedModel, actor: Actor, targets: Sequence[str]
) -> sa.Select[Any] | sa.CompoundSelect[Any]:
    parts = []
    for place, target in enumerate(targets):
        number: sa.ColumnElement[Any] = sa.null()
        visible: sa.ColumnElement[bool] | None = None
        id: sa.ColumnElement[Any]
        name: sa.ColumnElement[Any]
        if target == PRINCIPAL:
            id, name = principals.principal.c.id, principals.principal.c.label
        else:
            table = published.tables.module(target)
            id, name = table.table.c.id, _name_column(published, target, table)
            number = table.table.c.record_number
            visible = row_condition(published, actor, target, table.table)
        columns = (sa.literal_column(str(place), sa.Integer), id, name, sa.cast(number, Text))
        part = sa.select(*columns).where(in_ids(id, f"ids_{place}", published.tables.dialect))
        parts.append(part if visible is None else part.where(visible))
    return parts[0] if len(parts) == 1 else sa.union_all(*parts)


def _name_column(published: PublishedModel, module: str, table: ModuleTable) -> sa.ColumnElement[Any]:
    """Where the records' names are; of a past model that computes them, their expression."""
    name = published.model.modules[module].name_field
    live = find_live(published, module, name)
    if isinstance(live, LiveFormula) and isinstance(published, PastModel):
        return past_formula(published, live, table.table.c.id, site_context(published.model, datetime.now(UTC)))
    return table.column(name)
