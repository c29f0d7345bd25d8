"""What everything is read in: a read-only snapshot of now, or of a past time with the model of then."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.kernel.errors import InvalidInputError, UnavailableError
from fieldstone.records.as_of import codes as as_of_codes
from fieldstone.records.as_of.reach import Reach, all_names, find_reach, require_name
from fieldstone.records.as_of.snapshot import MOST_CHANGES, actor_then, past_snapshot
from fieldstone.storage.archive import ModelArchive, PastModel
from fieldstone.storage.published import ModelSource, PublishedModel


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """What one request reads with. `now`: what `today()` is."""

    conn: sa.Connection
    published: PublishedModel
    actor: Actor
    now: datetime


class Snapshots:
    """Composed by the facade; what reads is built on it."""

    models: ModelSource
    archive: ModelArchive | None
    clock: Callable[[], datetime]

    def model_at(self, as_of: datetime) -> PastModel:
        """The model that reads as of a time work with."""
        if as_of.tzinfo is None or as_of > self.clock():
            raise InvalidInputError(as_of_codes.IN_FUTURE, value=as_of.isoformat(), field="as_of")
        if self.archive is None:
            raise UnavailableError(as_of_codes.NO_ARCHIVE)
        return self.archive.at(as_of)

    def _snapshot(
        self,
        actor: Actor,
        as_of: datetime | None,
        module: str,
        fields: Sequence[str],
        more: Sequence[str] = (),
        *,
        relation: str = "",
        limit: int | None = MOST_CHANGES,
    ) -> AbstractContextManager[Snapshot]:
        """The snapshot for a statement over a module, or over what a `relation` of it leads to, that uses the names
        in `fields` (() all) and `more`."""

        def reach_of(past: PublishedModel) -> Reach:
            require_name(self.models.current, past, module)
            target, start = module, None
            if relation:
                start = (module, relation)
                known = past.model.find_relation(module, relation)
                target = known.to if known is not None else module
            return find_reach(past, target, [*(fields or all_names(past, target)), *more], start)

        return self._read(actor, as_of, reach_of, limit)

    @contextmanager
    def _read(
        self,
        actor: Actor,
        as_of: datetime | None,
        reach_of: Callable[[PublishedModel], Reach],
        limit: int | None = MOST_CHANGES,
    ) -> Iterator[Snapshot]:
        if as_of is None:
            with self.models.read() as (conn, published):
                yield Snapshot(conn=conn, published=published, actor=actor, now=self.clock())
            return
        self.model_at(as_of)
        assert self.archive is not None
        with past_snapshot(self.models, self.archive, as_of, reach_of, limit=limit) as (conn, past):
            then = actor_then(actor, self.models.current, past)
            yield Snapshot(conn=conn, published=past, actor=then, now=as_of)
