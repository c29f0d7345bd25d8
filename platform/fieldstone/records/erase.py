"""Removing records for good: the rows and everything that is kept about them elsewhere."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from fieldstone.records.access.tables import share, stands_for
from fieldstone.records.id_lists import bind_ids, in_ids
from fieldstone.records.referrers import referrers_to
from fieldstone.records.save.program import program_for
from fieldstone.records.search.index import remove_rows
from fieldstone.records.search.tables import search_entry
from fieldstone.records.stages import SaveWork
from fieldstone.records.tables import history, recycle_bin, stage_time
from fieldstone.storage.hidden import clear_hidden_references
from fieldstone.storage.published import PublishedModel


def erase_rows(work: SaveWork, module: str, ids: Collection[int]) -> None:
    """Delete rows with their history, stage times, links, shares, search entries and places in the recycle bin.

    References to them in rows that stay are emptied; the caller has made sure that none of those is live.
    """
    program = program_for(work, module)
    conn, dialect = work.connection, work.connection.dialect.name
    bound = {"ids": bind_ids(ids, dialect)}
    for referrer in referrers_to(work.published, module):
        found = in_ids(referrer.column, "ids", dialect)
        condition = found if referrer.condition is None else sa.and_(found, referrer.condition)
        table = work.published.tables.module(referrer.module).table
        columns = work.published.tables.module(referrer.module).columns_of(referrer.field)
        emptied = [columns[suffix] for suffix in ("_module", "_id") if suffix in columns] or [referrer.column]
        values = {column.name: None for column in emptied}
        conn.execute(sa.update(table).where(condition).values(values), bound)
    for relation in program.module.relations.values():
        if relation.kind == "many_to_many":
            link = work.published.tables.link(module, relation.name)
            side = link.c["right_id" if relation.inverse_of else "left_id"]
            conn.execute(sa.delete(link).where(in_ids(side, "ids", dialect)), bound)
    for kept in (history, stage_time, recycle_bin, share, stands_for):
        mine = sa.and_(kept.c.module == program.identity, in_ids(kept.c.record_id, "ids", dialect))
        conn.execute(sa.delete(kept).where(mine), bound)
    remove_rows(conn, work.published, module, ids)
    clear_hidden_references(
        conn, work.published, program.table.name, lambda column: in_ids(column, "gone", dialect, bound["ids"])
    )
    conn.execute(sa.delete(program.table).where(in_ids(program.table.c.id, "ids", dialect)), bound)


def erase_module(conn: sa.Connection, published: PublishedModel, identity: str) -> None:
    """Delete what is kept about the records of a module that is gone for good, and references to them."""
    for kept in (history, stage_time, recycle_bin, search_entry, share, stands_for):
        conn.execute(sa.delete(kept).where(kept.c.module == identity))
    conn.execute(sa.delete(recycle_bin).where(recycle_bin.c.root_module == identity))
    for module in published.model.modules.values():
        table = published.tables.module(module.name)
        for field in module.fields.values():
            columns = table.columns_of(field)
            if {"_module", "_id"} <= columns.keys():
                emptied = {columns["_module"].name: None, columns["_id"].name: None}
                conn.execute(sa.update(table.table).where(columns["_module"] == identity).values(emptied))
