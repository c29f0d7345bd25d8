"""Keys of picklists inside statements, where rows hold other ones than people write."""

from __future__ import annotations

import sqlalchemy as sa

from fieldstone.expressions.sql.values import Element
from fieldstone.kernel.stored_keys import StoredKeys


def present_key(column: Element) -> Element:
    """What people know the key in a column by, to compute, sort or compare with: the column itself where
    that is what it holds."""
    keys = column_keys(column)
    if keys is None:
        return column
    stored = sa.type_coerce(column, sa.Text())
    return sa.type_coerce(sa.case(dict(keys.shown), value=stored, else_=stored), sa.Text())


def stored_key(keys: StoredKeys, key: Element) -> Element:
    """What stands in rows for a computed key."""
    return sa.type_coerce(sa.case(dict(keys.stored), value=key, else_=key), sa.Text())


def column_keys(column: Element) -> StoredKeys | None:
    """How a column holds keys; its SQLAlchemy type says so. None: as they are."""
    keys = getattr(column.type, "keys", None)
    return keys if isinstance(keys, StoredKeys) else None
