"""Whose turn it is."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from fieldstone.workflows.tables import fs_turn


def take_turns(conn: sa.Connection, key: str, users: Sequence[int], count: int) -> Sequence[int | None]:
    """The next `count` of the users in turn. Turns are counted per key and kept when the save commits; two
    saves at once wait for each other, so that nobody is passed over."""
    if not users:
        return [None] * count
    insert = sqlite_insert if conn.dialect.name == "sqlite" else postgresql_insert
    statement = (
        insert(fs_turn)
        .values(key=key, count=count)
        .on_conflict_do_update(index_elements=[fs_turn.c.key], set_={"count": fs_turn.c["count"] + count})
        .returning(fs_turn.c["count"])
    )
    after: int = conn.execute(statement).scalar_one()
    return [users[(after - count + number) % len(users)] for number in range(count)]
