"""References in columns that are hidden: fields and modules that were removed and not purged yet."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import sqlalchemy as sa

from fieldstone.storage.columns import Id
from fieldstone.storage.published import PublishedModel
from fieldstone.storage.shapes import model_shapes

_REFERENCES = """
SELECT t.name, f."from" FROM sqlite_schema t, pragma_foreign_key_list(t.name) f WHERE t.type = 'table' AND f."table" = ?
"""


def clear_hidden_references(
    conn: sa.Connection,
    published: PublishedModel,
    table: str,
    among: Callable[[sa.ColumnElement[int]], sa.ColumnElement[bool]],
) -> None:
    """Clear what hidden columns say of rows that go for good. PostgreSQL needs that only when they are shown again:
    there their constraints went with them (`storage.ddl`).

    `among` gives the condition that a column names one of these rows; what it binds is bound already.
    """
    if conn.dialect.name != "sqlite":
        return
    for name, column in _hidden(conn, published, table):
        hidden = sa.table(name, sa.column(column, Id))
        conn.execute(sa.update(hidden).where(among(hidden.c[column])).values({column: None}))


def _hidden(conn: sa.Connection, published: PublishedModel, table: str) -> Iterator[tuple[str, str]]:
    shown: set[tuple[str, str]] | None = published.cache.get("storage.shown_references")
    if shown is None:
        shapes = model_shapes(published.model).values()
        shown = {(shape.name, column.name) for shape in shapes for column in shape.columns if column.references}
        published.cache["storage.shown_references"] = shown
    for name, column in conn.exec_driver_sql(_REFERENCES, (table,)).all():
        if (name, column) not in shown and not name.startswith("fs_"):
            yield name, column
