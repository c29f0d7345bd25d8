"""Fields that come back: the model in which they were last there tells what their values are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import sqlalchemy as sa

from fieldstone.changes.placed_fields import placed_fields
from fieldstone.metadata.model import AppModel
from fieldstone.storage.catalogue import last_declared
from fieldstone.storage.published import PublishedModel


def revived_fields(
    conn: sa.Connection, old: AppModel, new: AppModel, past: Callable[[int], PublishedModel]
) -> Mapping[str, PublishedModel]:
    """Identity → the last model that had it, of what has a place in `new` and none in `old`.

    `past` gives the model of a revision.
    """
    there = set(_identities(old))
    coming = [identity for identity in _identities(new) if identity not in there]
    last = last_declared(conn, "field") if coming else {}
    return {identity: past(last[identity]) for identity in coming if identity in last}


def _identities(model: AppModel) -> Iterator[str]:
    for module in model.modules.values():
        yield from (placed.field.identity for placed in placed_fields(module))
