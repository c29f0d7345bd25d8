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
    if dialect == "postgresql" and more is None:
        return column == sa.any_(sa.bindparam(name, value, type_=postgresql.ARRAY(sa.BigInteger)))
    listed = listed_ids(name, dialect, value)
    return in_selected(column, listed if more is None else sa.union(listed, more), dialect)


def listed_ids(name: str, dialect: str, value: object = None) -> sa.Select[tuple[int]]:
    """The ids bound as `name` (with `bind_ids`), as a select."""
    if dialect == "postgresql":
        return sa.select(sa.func.unnest(sa.bindparam(name, value, type_=postgresql.ARRAY(sa.BigInteger))).label("id"))
    items = sa.func.json_each(sa.bindparam(name, value, type_=Text)).table_valued(sa.column("value", Id))
    return sa.select(items.c.value.label("id"))


def in_selected(
    column: sa.ColumnElement[Any], ids: sa.Select[tuple[int]] | sa.CompoundSelect[tuple[int]], dialect: str
) -> sa.ColumnElement[bool]:
    """The column is one of the ids that a select gives, which refers to nothing outside of it. Both databases find
    the ids once; as an array PostgreSQL looks them up in an index, also where the condition is one of several."""
    if dialect == "postgresql":
        return column == sa.any_(sa.func.array(ids.scalar_subquery()))
    return column.in_(ids)


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
