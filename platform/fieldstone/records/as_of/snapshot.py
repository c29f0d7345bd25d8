"""One snapshot of the past: a connection on which the module tables are as they were, and the model of then."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.kernel.errors import InvalidInputError
from fieldstone.records.as_of import codes
from fieldstone.records.as_of.entries import count_after, entries_after, modules_after
from fieldstone.records.as_of.reach import Reach
from fieldstone.records.as_of.shadows import Shadows
from fieldstone.records.as_of.walk_back import Walker, links_undone
from fieldstone.storage.archive import ModelArchive, PastModel
from fieldstone.storage.physical import read_physical
from fieldstone.storage.published import ModelSource, PublishedModel

MOST_CHANGES = 50_000
"""How many later entries are walked back while somebody waits."""


@contextmanager
def past_snapshot(
    models: ModelSource,
    archive: ModelArchive,
    moment: datetime,
    reach_of: Callable[[PublishedModel], Reach],
    *,
    limit: int | None = MOST_CHANGES,
) -> Iterator[tuple[sa.Connection, PastModel]]:
    """`reach_of` says what will be read; nothing else is as it was. `limit` None: however many changes there are.

    Raises NotFoundError storage.E010, UnavailableError storage.E011, InvalidInputError as_of.E003.
    """
    current, past = models.current, archive.at(moment)
    reach = reach_of(past)
    identities = {past.model.modules[name].identity: name for name in reach.modules}
    declaring = {past.model.modules[module].identity for module, _ in reach.links}
    with models.database.scratch() as conn:
        if limit is not None and count_after(conn, identities.keys() | declaring, moment, limit) > limit:
            raise InvalidInputError(codes.TOO_MANY, limit=limit)
        shadows = Shadows(conn, read_physical(conn), moment)
        # Links first: what is walked back is read from the tables themselves, before views stand before them.
        for module, relation in sorted(reach.links):
            entries = entries_after(conn, past.model.modules[module].identity, moment)
            undone = links_undone(conn, past, module, relation, entries)
            shadows.add_links(past.tables.link(module, relation), undone)
        touched = modules_after(conn, identities.keys(), moment)
        for identity, name in identities.items():
            if identity in touched or shadows.misses(past.tables.module(name).table):
                walker = Walker(conn, current, past, name, moment)
                shadows.add_module(walker, entries_after(conn, identity, moment))
        yield conn, past


def actor_then(actor: Actor, current: PublishedModel, past: PublishedModel) -> Actor:
    """The actor with the scopes of a token under the names that modules had."""
    if not any(scope.startswith("module:") for scope in actor.scopes):
        return actor
    then = {module.identity: name for name, module in past.model.modules.items()}
    scopes = []
    for scope in actor.scopes:
        found = current.model.modules.get(scope.removeprefix("module:")) if scope.startswith("module:") else None
        named = then.get(found.identity, "-") if found is not None else "-"
        scopes.append(f"module:{named}" if scope.startswith("module:") else scope)
    return replace(actor, scopes=tuple(scopes))
