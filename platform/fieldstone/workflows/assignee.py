"""Which principal gets a record or a task."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from fieldstone.records.stages import SaveRow
from fieldstone.storage.principals import principal, team, user
from fieldstone.workflows.batch import Batch
from fieldstone.workflows.recipients import Recipient


def find_principal(conn: sa.Connection, recipient: Recipient) -> int | None:
    """The id of an active user (by user name) or team (by name), or None."""
    if recipient.kind == "user":
        query = sa.select(user.c.id).join(principal, principal.c.id == user.c.id)
        query = query.where(user.c.username == recipient.value, principal.c.active)
    else:
        query = sa.select(team.c.id).join(principal, principal.c.id == team.c.id)
        query = query.where(team.c.name == recipient.value, principal.c.active)
    return conn.execute(query).scalar_one_or_none()


def find_assignee(batch: Batch, recipient: Recipient) -> Callable[[SaveRow], int | None]:
    """Row → the principal meant; None when there is no such user or team any more, or the owner is empty."""
    if recipient.kind == "owner":
        return lambda row: row.values.get("owner")
    fixed = batch.work.actor.user_id
    if recipient.kind != "actor":
        fixed = find_principal(batch.work.connection, recipient)
    return lambda row: fixed
