"""Step 10: the search index follows what was written."""

from __future__ import annotations

from fieldstone.records.save.grouping import by_module
from fieldstone.records.search.index import index_rows, remove_rows, search_fields
from fieldstone.records.stages import SaveWork


def update_search(work: SaveWork) -> None:
    for module, rows in by_module(work.rows).items():
        gone = [row for row in rows if row.deleted]
        if gone:
            remove_rows(work.connection, work.published, module, [row.id for row in gone])
        wanted = search_fields(work.published, module)
        there = [row for row in rows if not row.deleted and (row.created or row.restored or row.changed & wanted)]
        index_rows(work.connection, work.published, module, there)
