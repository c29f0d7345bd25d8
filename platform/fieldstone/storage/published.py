"""The model in force, kept up with what any process publishes."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Protocol, TypeVar

import sqlalchemy as sa

from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import FieldstoneError, ForbiddenError, SiteError, UnavailableError
from fieldstone.metadata.catalogue import Catalogue
from fieldstone.metadata.layers import Layer
from fieldstone.metadata.model import AppModel
from fieldstone.storage.catalogue import load_catalogue
from fieldstone.storage.database import Database
from fieldstone.storage.locks import utc_now
from fieldstone.storage.physical import Physical
from fieldstone.storage.retries import with_retries
from fieldstone.storage.revisions import find_version, hold_version, list_revisions, load_layers
from fieldstone.storage.stand_ins import stand_ins_for
from fieldstone.storage.steps import load_waiting
from fieldstone.storage.tables import Tables, build_tables

T = TypeVar("T")

log = logging.getLogger(__name__)

NOT_PUBLISHED = declare(
    "storage.E013", "This is a preview of what is not published, where nothing is saved.", "Leave the preview first."
)

declare(
    "storage.E007",
    "None of the site's revisions can be used: {reason}",
    "Restore a backup, or install the Fieldstone and the plugins that published it.",
)

RESTARTS = 20
"""How often a write begins again because a publish came in between; each publish can do that once."""

LOOK_BACK = 20
"""How many revisions are tried at start when the newest does not compile."""


@dataclass(frozen=True, kw_only=True)
class PublishedModel:
    """One version of the model with all that belongs to it. `cache`: what others compile per model, by key.

    `waiting`: identity of a field → what of it cannot be relied on until a job has done the rows there are:
    "values" (they are not there yet), "order" (finding and sorting by it), "stored" (computed ones are of before),
    "filled" (records may still lack the value that they are to get). `clock`: what time it is, for statements that
    depend on it.
    """

    version: int
    model: AppModel
    tables: Tables
    catalogue: Catalogue
    waiting: Mapping[str, str] = field(default_factory=dict)
    cache: dict[Any, Any] = field(default_factory=dict)
    clock: Callable[[], datetime] = utc_now


@dataclass(frozen=True, kw_only=True)
class PreviewModel(PublishedModel):
    """A model that is not published, to look at records with; nothing is written with it. `physical` is what the
    database has, `apart` the tables that it has not as the model knows them: what is not there is read as empty.
    `recomputed`: (module, field) of the computed fields whose stored values are of another definition."""

    physical: Physical
    apart: tuple[sa.Table, ...]
    recomputed: frozenset[tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class FailedRevision:
    """A stored revision that this process cannot use."""

    version: int
    error: Exception


class CompileModel(Protocol):
    """Makes the model of stored layers. Raises FieldstoneError when they have problems."""

    def __call__(self, layers: Sequence[Layer], catalogue: Catalogue) -> AppModel: ...


class _ModelMovedError(Exception):
    """The model moved on since this write began; nothing was written."""


class ModelSource:
    """The current model of this process. Threads share it.

    A revision that fails to compile leaves the last good model in force; `failed` says why.
    """

    def __init__(
        self, database: Database, compile_model: CompileModel, *, clock: Callable[[], datetime] = utc_now
    ) -> None:
        self.database = database
        self.clock = clock
        self.failed: FailedRevision | None = None
        self._compile = compile_model
        self._loading = threading.Lock()
        self._watchers: list[Callable[[PublishedModel], None]] = []
        self.current = self._load_first()

    def on_swap(self, watcher: Callable[[PublishedModel], None]) -> None:
        """Call `watcher` with every later model, after it is in force."""
        self._watchers.append(watcher)

    def refresh(self) -> PublishedModel:
        """The model in force: one cheap query, in a snapshot that begins with it. While another thread compiles a new
        one, still the old one."""
        self.database.renew_snapshot()
        version = with_retries(self._look)
        if self._is_known(version):
            return self._ask_what_waits() if self.current.waiting else self.current
        if self._loading.acquire(blocking=False):
            try:
                self._load_up_to(version)
            finally:
                self._loading.release()
        return self.current

    def _ask_what_waits(self) -> PublishedModel:
        """The model in force, told which of its fields have become ready. Asked only while some are not."""
        published = self.current
        with self.database.read() as conn:
            waiting = load_waiting(conn)
        if waiting != published.waiting and self._loading.acquire(blocking=False):
            try:
                if self.current is published:
                    self._swap(replace(published, waiting=waiting, cache={}))
            finally:
                self._loading.release()
        return self.current

    @property
    def reading(self) -> PublishedModel:
        """The model that reads use here and now: the pinned one, else that of the process."""
        return _pins.get().get(self) or self.current

    @contextmanager
    def pinned(self, published: PublishedModel) -> Iterator[None]:
        """Let all reads of this thread (or context) use one model, whatever is published meanwhile.

        For what reads several times and must not see two models: a request, a long export. Writes do not
        heed it, they always use the newest. May be nested; the inner one counts.
        """
        token = _pins.set({**_pins.get(), self: published})
        try:
            yield
        finally:
            _pins.reset(token)

    @contextmanager
    def read(self) -> Iterator[tuple[sa.Connection, PublishedModel]]:
        """One read-only snapshot with the model that is pinned, else that of this process. It may be older than
        the snapshot: publishing only adds, so what it names is there."""
        published = self.reading
        with self._with_stand_ins(published) or self.database.read() as conn:
            yield conn, published

    @contextmanager
    def read_apart(self) -> Iterator[tuple[sa.Connection, PublishedModel]]:
        """As `read`, in a snapshot of its own: for what is read piece by piece while it is sent."""
        published = self.reading
        with self._with_stand_ins(published) or self.database.read_apart() as conn:
            yield conn, published

    def _with_stand_ins(self, published: PublishedModel) -> AbstractContextManager[sa.Connection] | None:
        """A snapshot with what a preview's tables lack; None where nothing is lacking."""
        if not isinstance(published, PreviewModel) or not published.apart:
            return None
        return stand_ins_for(self.database, published.physical, published.apart)

    def write(self, work: Callable[[sa.Connection, PublishedModel], T]) -> T:
        """Run `work` in one write transaction, with a model that stays in force until it commits.

        `work` is run again on the new model when one was published meanwhile, and when the database asks for it.
        Raises ForbiddenError storage.E013 where a preview is pinned.
        """
        if isinstance(self.reading, PreviewModel):
            raise ForbiddenError(NOT_PUBLISHED)
        for _ in range(RESTARTS):
            try:
                return self.database.transact(lambda conn: self._on_current(conn, work))
            except _ModelMovedError:
                self._catch_up()
        raise UnavailableError("storage.E003")

    def _on_current(self, conn: sa.Connection, work: Callable[[sa.Connection, PublishedModel], T]) -> T:
        version = hold_version(conn)
        # Only now: while this waited for a publisher, another thread may have taken up what was published.
        published = self.current
        if version != published.version and not (self.failed and self.failed.version == version):
            raise _ModelMovedError
        return work(conn, published)

    def _catch_up(self) -> None:
        self.database.renew_snapshot()
        version = with_retries(self._look)
        with self._loading:
            self._load_up_to(version)

    def _look(self) -> int:
        with self.database.read() as conn:
            return find_version(conn)

    def _is_known(self, version: int) -> bool:
        return version == self.current.version or bool(self.failed and self.failed.version == version)

    def _load_up_to(self, version: int) -> None:
        if self._is_known(version):
            return
        try:
            fresh = self._load(version, self.current.tables)
        except (FieldstoneError, LookupError, ValueError) as error:
            log.exception("revision %s cannot be used; revision %s stays in force", version, self.current.version)
            self.failed = FailedRevision(version=version, error=error)
            return
        self.failed = None
        self._swap(fresh)

    def _swap(self, fresh: PublishedModel) -> None:
        self.current = fresh
        self.database.forget_statements()
        for watcher in self._watchers:
            watcher(fresh)

    def _load(self, version: int, previous: Tables | None) -> PublishedModel:
        with self.database.read() as conn:
            return replace(load_model(conn, version, self._compile, previous), clock=self.clock)

    def _load_first(self) -> PublishedModel:
        with self.database.read() as conn:
            version = find_version(conn)
            candidates = [item.id for item in list_revisions(conn, limit=LOOK_BACK, before=version + 1)]
        for candidate in candidates:
            try:
                loaded = self._load(candidate, None)
            except (FieldstoneError, LookupError, ValueError) as error:
                log.exception("revision %s cannot be used", candidate)
                self.failed = self.failed or FailedRevision(version=candidate, error=error)
            else:
                return loaded
        reason = str(self.failed.error) if self.failed else "nothing was ever published."
        raise SiteError("storage.E007", reason=reason)


def load_model(
    conn: sa.Connection, version: int, compile_model: CompileModel, previous: Tables | None = None
) -> PublishedModel:
    """The model of a revision, with the names and places of then. Raises LookupError when there is no such
    revision, MetadataError when it does not compile here."""
    catalogue = load_catalogue(conn, version)
    model = compile_model(load_layers(conn, version), catalogue)
    return PublishedModel(
        version=version,
        model=model,
        tables=build_tables(model, conn.dialect.name, previous),
        catalogue=catalogue,
        waiting=load_waiting(conn),
    )


_pins: ContextVar[Mapping[ModelSource, PublishedModel]] = ContextVar("pinned_models", default=MappingProxyType({}))
"""What is pinned in this thread or context, for each source."""
