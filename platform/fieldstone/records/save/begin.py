"""A unit of work at its beginning."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.kernel.errors import InvalidInputError
from fieldstone.records import codes
from fieldstone.records.changes import RecordChange, SaveOptions
from fieldstone.records.contexts import app_context
from fieldstone.records.save.environment import SaveEnvironment
from fieldstone.records.stages import MAX_DEPTH, SaveRow, SaveWork
from fieldstone.storage.published import PublishedModel

PLAIN = SaveOptions()


def begin(
    conn: sa.Connection,
    published: PublishedModel,
    actor: Actor,
    environment: SaveEnvironment,
    options: SaveOptions = PLAIN,
    changes: Sequence[RecordChange] = (),
) -> SaveWork:
    """The work of a changeset, first in its transaction."""
    now = environment.clock()
    work = SaveWork(
        connection=conn,
        published=published,
        actor=actor,
        rows=rows_of(changes),
        now=now,
        options=options,
        environment=environment,
        context=app_context(published.model.app, now=now, roles=actor.roles, team=frozenset(actor.team_ids)),
    )
    work.done = list(work.rows)
    return work


def begin_within(
    outer: SaveWork, actor: Actor, options: SaveOptions, changes: Sequence[RecordChange], through: str
) -> SaveWork:
    """The work of a changeset that a stage of `outer` saves. Raises InvalidInputError record.E028 when saves
    set each other off deeper than MAX_DEPTH."""
    path = (*outer.path, through) if through else outer.path
    if outer.depth >= MAX_DEPTH:
        raise InvalidInputError(codes.TOO_DEEP, path=" → ".join(path))
    work = SaveWork(
        connection=outer.connection,
        published=outer.published,
        actor=actor,
        rows=rows_of(changes),
        now=outer.now,
        options=options,
        environment=outer.environment,
        context=outer.context,
        depth=outer.depth + 1,
        path=path,
        origin=tuple(dict.fromkeys((*outer.origin, outer.actor.via))),
        outer=outer,
    )
    work.done = list(work.rows)
    return work


def tell_outer(work: SaveWork) -> None:
    """Let the saves around this one see what it has written: workflows that follow, and the caller, who is
    told the versions."""
    outer = work.outer
    if outer is None:
        return
    for row in (*work.done, *work.rows):
        for known in outer.known(row.module, row.id):
            known.values.update(row.values)
    while outer is not None:
        outer.reached.clear()
        outer = outer.outer


def rows_of(changes: Sequence[RecordChange]) -> list[SaveRow]:
    return [
        SaveRow(module=change.module, id=change.id or 0, created=change.id is None, index=index, change=change)
        for index, change in enumerate(changes)
    ]
