"""Many ids in one bound value, so that one statement serves any number of them."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from fieldstone.storage.columns import Id, Text


def in_ids(
    column: sa.ColumnElement[Any],
    name: str,
    dialect: str,
    value: object = None,
    more: sa.Select[tuple[int]] | None = None,
) -> sa.ColumnElement[bool]:
    """The column is one of the ids bound as `name` (with `bind_ids`), or one that `more` selects.

    Both databases find the ids once and look each up in an index of the column.
    """
    if dialect == "postgresql":
        ids = sa.bindparam(name, value, type_=postgresql.ARRAY(sa.BigInteger))
        if more is None:
            return column == sa.any_(ids)
        everyone = sa.union(sa.select(sa.func.unnest(ids)), more)
        return column == sa.any_(sa.func.array(everyone.scalar_subquery()))
    items = sa.func.json_each(sa.bindparam(name, value, type_=Text)).table_valued(sa.column("value", Id))
    listed = sa.select(items.c.value)
    return column.in_(listed if more is None else sa.union(listed, more))


def in_texts(column: sa.ColumnElement[Any], name: str, dialect: str) -> sa.ColumnElement[bool]:
    """The column is one of the texts bound as `name` (with `bind_texts`)."""
    if dialect == "postgresql":
        return column == sa.any_(sa.bindparam(name, type_=postgresql.ARRAY(sa.Text)))
    items = sa.func.json_each(sa.bindparam(name, type_=Text)).table_valued(sa.column("value", Text))
    return column.in_(sa.select(items.c.value))


def bind_texts(texts: Collection[str], dialect: str) -> object:
    """What to bind for `in_texts`."""
    return list(texts) if dialect == "postgresql" else json.dumps(list(texts), ensure_ascii=False)


def bind_ids(ids: Collection[int], dialect: str) -> object:
    """What to bind; ids beyond 64 bits, which no record has, are left out."""
    known = [id for id in ids if -(2**63) <= id < 2**63]
    return known if dialect == "postgresql" else f"[{','.join(map(str, known))}]"
