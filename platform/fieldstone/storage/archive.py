"""The models of the past: what was in force at a time, with the access of today."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import FieldstoneError, NotFoundError, UnavailableError
from fieldstone.metadata.past_access import with_access_of
from fieldstone.storage.published import ModelSource, PublishedModel
from fieldstone.storage.revisions import revision

log = logging.getLogger(__name__)

declare("storage.E010", "Nothing was published yet at {moment}.", "Ask for a later time.")
declare(
    "storage.E011",
    "The model of that time (revision {revision}) cannot be used here: {reason}",
    "Install the plugins and the Fieldstone that it needs, or ask for another time.",
)

CAPACITY = 8
"""How many past models are kept."""

_ARCHIVE = "archive"


@dataclass(frozen=True, kw_only=True)
class PastModel(PublishedModel):
    """A model that was in force. Its roles, profiles and sharing are those of today under the names that modules
    and fields had then: who may see what is decided today. Its computed fields are to be computed on
    reading, since the stored values are of today."""


class ModelArchive:
    """Gives past models by time, and keeps the last ones. Threads share it. `past` gives those of revisions.

    The models of `models` and its own know it (`find_archive`).
    """

    def __init__(self, models: ModelSource, past: Callable[[int], PublishedModel]) -> None:
        self._models = models
        self._past = past
        self._kept: OrderedDict[tuple[int, int], PastModel] = OrderedDict()
        self._times: tuple[int, list[tuple[datetime, int]]] = (0, [])
        self._lock = threading.Lock()
        models.on_swap(self._attach)
        self._attach(models.current)

    def at(self, moment: datetime) -> PastModel:
        """The model in force at a time. Raises NotFoundError storage.E010 before the first one,
        UnavailableError storage.E011 for one that does not compile here."""
        current = self._models.current
        version = self._version_at(moment, current.version)
        key = (version, current.version)
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
                return found
        made = self._make(version, current)
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > CAPACITY:
                self._kept.popitem(last=False)
        return made

    def _version_at(self, moment: datetime, latest: int) -> int:
        known = self._times
        if known[0] != latest:
            with self._models.database.read() as conn:
                times = conn.execute(sa.select(revision.c.at, revision.c.id).order_by(revision.c.id.desc())).all()
            known = self._times = (latest, [(at, version) for at, version in times])
        for at, version in known[1]:
            if at <= moment:
                return version
        raise NotFoundError("storage.E010", moment=moment.isoformat())

    def _make(self, version: int, current: PublishedModel) -> PastModel:
        try:
            then = self._past(version)
        except (FieldstoneError, LookupError, ValueError) as error:
            log.exception("revision %s cannot be used any more", version)
            raise UnavailableError("storage.E011", revision=version, reason=str(error)) from error
        model = with_access_of(current.model, then.model)
        made = PastModel(
            version=version, model=model, tables=then.tables, catalogue=then.catalogue, clock=current.clock
        )
        self._attach(made)
        return made

    def _attach(self, published: PublishedModel) -> None:
        published.cache[_ARCHIVE] = self


def find_archive(published: PublishedModel) -> ModelArchive | None:
    """The archive of the site whose model this is."""
    found: ModelArchive | None = published.cache.get(_ARCHIVE)
    return found
