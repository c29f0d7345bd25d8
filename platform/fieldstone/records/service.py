"""The facade of records: every read and every write of the site goes through it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.kernel.errors import ForbiddenError, NotFoundError
from fieldstone.records.access.shares import share_record, unshare_record
from fieldstone.records.changes import RecordChange, SavedRecord, SaveOptions, SaveResult
from fieldstone.records.delete import delete
from fieldstone.records.hand_over import count_owned, hand_over
from fieldstone.records.link import get_relation, link, lookup_changes, unlink
from fieldstone.records.merge.order import Merged, MergeOrder
from fieldstone.records.merge.past import PastMerge, merges_of
from fieldstone.records.merge.run import merge
from fieldstone.records.merge.undo import undo_merge
from fieldstone.records.purge import purge
from fieldstone.records.query import get_records
from fieldstone.records.query_types import Record
from fieldstone.records.reading import Reading
from fieldstone.records.restore import restore
from fieldstone.records.save.begin import PLAIN, begin, begin_within, tell_outer
from fieldstone.records.save.dependants import Pending, settle_dependants
from fieldstone.records.save.environment import INLINE_LIMIT, DeferRecompute, SaveEnvironment, utc_now
from fieldstone.records.save.pipeline import run
from fieldstone.records.stages import SaveStage, SaveWork
from fieldstone.records.undo import change_that_undoes
from fieldstone.records.undo_batch import UndoneBatch, undo_batch
from fieldstone.records.undo_refusals import UndoRefusal, find_refusals
from fieldstone.records.writing import write
from fieldstone.storage.archive import ModelArchive
from fieldstone.storage.published import ModelSource, PublishedModel

T = TypeVar("T")


class Records(Reading):
    """Safe to share between threads. Every method that writes is one unit of work with one commit.

    `hooks` (plugins) and `stages` (workflows) take part in every save; `defer_recompute` enqueues the
    job that recomputes dependants beyond a unit of work; `encrypt` keeps secret fields; `archive` has the
    models that reads of the past need.
    """

    def __init__(
        self,
        models: ModelSource,
        *,
        clock: Callable[[], datetime] = utc_now,
        encrypt: Callable[[str], str] | None = None,
        hooks: Sequence[SaveStage] = (),
        stages: Sequence[SaveStage] = (),
        defer_recompute: DeferRecompute | None = None,
        archive: ModelArchive | None = None,
    ) -> None:
        self.models = models
        self.archive = archive
        self.clock = clock
        self.hooks = list(hooks)
        self.stages = list(stages)
        self.environment = SaveEnvironment(
            clock=clock, encrypt=encrypt, hooks=self.hooks, stages=self.stages, defer_recompute=defer_recompute
        )

    def save(self, actor: Actor, changes: Sequence[RecordChange], *, options: SaveOptions = PLAIN) -> SaveResult:
        """Create and change records. All or none, unless `options.partial`.

        Raises ValidationError (every problem), StaleRecordError (somebody changed the same fields),
        PossibleDuplicatesError, NotFoundError, ForbiddenError, ConflictError record.E029.
        """
        return self._write(lambda conn, published: run(self._begin(conn, published, actor, options, changes)))

    def save_and_read(
        self, actor: Actor, change: RecordChange, *, options: SaveOptions = PLAIN
    ) -> tuple[SavedRecord, Record | None]:
        """Save one record and read all of it, as it is then, in the same transaction; None when it is out of the
        actor's reach by the change. Raises as `save`."""

        def work(conn: sa.Connection, published: PublishedModel) -> tuple[SavedRecord, Record | None]:
            (saved,) = run(self._begin(conn, published, actor, options, [change])).records
            reading = self.models.reading  # what the caller words it with; it may be older than that of the write
            try:
                found = get_records(conn, reading, actor, change.module, [saved.id], now=self.clock())
            except (ForbiddenError, NotFoundError):
                found = []
            return saved, found[0] if found else None

        return self._write(work)

    def save_in(
        self,
        conn: sa.Connection,
        published: PublishedModel,
        actor: Actor,
        changes: Sequence[RecordChange],
        *,
        options: SaveOptions = PLAIN,
    ) -> SaveResult:
        """Save in a transaction of `ModelSource.write`, so that more can commit with it. Raises as `save`."""
        return run(self._begin(conn, published, actor, options, changes))

    def save_within(
        self,
        work: SaveWork,
        actor: Actor,
        changes: Sequence[RecordChange],
        *,
        through: str = "",
        options: SaveOptions = PLAIN,
    ) -> SaveResult:
        """Save more in the transaction of a save, from a stage. `through` names the workflow, for the path.

        Raises as `save`, and InvalidInputError record.E028 beyond a depth of 8."""
        inner = begin_within(work, actor, options, changes, through)
        result = run(inner)
        tell_outer(inner)
        return result

    def delete(self, actor: Actor, module: str, ids: Sequence[int]) -> SaveResult:
        """Move records to the recycle bin. Raises NotFoundError, ValidationError record.E030 (restrict)."""
        return self._write(lambda conn, published: delete(self._begin(conn, published, actor), module, ids))

    def restore(self, actor: Actor, module: str, ids: Sequence[int]) -> SaveResult:
        """Bring records back with what their deletion took along. Raises NotFoundError record.E032."""
        return self._write(lambda conn, published: restore(self._begin(conn, published, actor), module, ids))

    def purge(self, actor: Actor, module: str, ids: Sequence[int]) -> None:
        """Remove records of the recycle bin for good, with their history. Raises NotFoundError
        record.E032, ValidationError record.E030 while live records refer to them."""
        self._write(lambda conn, published: purge(self._begin(conn, published, actor), module, ids))

    def delete_within(
        self, work: SaveWork, actor: Actor, module: str, ids: Sequence[int], *, through: str = ""
    ) -> None:
        """Delete in the transaction of a save, from a stage."""
        inner = begin_within(work, actor, PLAIN, (), through)
        delete(inner, module, ids)
        tell_outer(inner)

    def link(
        self,
        actor: Actor,
        module: str,
        id: int,
        relation: str,
        other_ids: Sequence[int],
        attributes: Mapping[str, Any] | None = None,
    ) -> None:
        """Relate records to one. Raises NotFoundError record.E010, record.E031, ValidationError."""

        def work(conn: sa.Connection, published: PublishedModel) -> None:
            found = get_relation(published, module, relation)
            if found.kind == "many_to_many":
                link(self._begin(conn, published, actor), module, id, found, other_ids, attributes)
            else:
                begun = self._begin(conn, published, actor)
                changes = lookup_changes(begun, id, found, module, other_ids, link=True)
                run(self._begin(conn, published, actor, PLAIN, changes))

        self._write(work)

    def unlink(self, actor: Actor, module: str, id: int, relation: str, other_ids: Sequence[int]) -> None:
        """Raises as `link`, and InvalidInputError record.E037 when the others cannot do without."""

        def work(conn: sa.Connection, published: PublishedModel) -> None:
            found = get_relation(published, module, relation)
            if found.kind == "many_to_many":
                unlink(self._begin(conn, published, actor), module, id, found, other_ids)
            else:
                begun = self._begin(conn, published, actor)
                changes = lookup_changes(begun, id, found, module, other_ids, link=False)
                run(self._begin(conn, published, actor, PLAIN, changes))

        self._write(work)

    def link_within(
        self,
        work: SaveWork,
        actor: Actor,
        module: str,
        id: int,
        relation: str,
        other_ids: Sequence[int],
        *,
        undo: bool = False,
        through: str = "",
    ) -> None:
        """Link, or unlink, in the transaction of a save, from a stage. Raises as `link`, `unlink` and `save_within`."""
        found = get_relation(work.published, module, relation)
        inner = begin_within(work, actor, PLAIN, (), through)
        if found.kind == "many_to_many":
            unlink(inner, module, id, found, other_ids) if undo else link(inner, module, id, found, other_ids, None)
            tell_outer(inner)
            return
        changes = lookup_changes(inner, id, found, module, other_ids, link=not undo)
        self.save_within(work, actor, changes, through=through)

    def share(
        self,
        actor: Actor,
        module: str,
        id: int,
        *,
        principal: int | None = None,
        role: str = "",
        access: str = "read",
        until: datetime | None = None,
    ) -> int:
        """Share a record with a user, a team or a role, `until` a time or for good; gives the id of the share. Raises
        ForbiddenError access.E006, NotFoundError record.E010, InvalidInputError access.E008, access.E010, E011."""
        receiver: dict[str, Any] = {"principal": principal, "role": role, "access": access, "until": until}
        return self._write(
            lambda conn, published: share_record(self._begin(conn, published, actor), module, id, **receiver)
        )

    def unshare(self, actor: Actor, module: str, id: int, share: int) -> None:
        """Take a share back. Raises as `share`, and NotFoundError access.E009."""
        self._write(lambda conn, published: unshare_record(self._begin(conn, published, actor), module, id, share))

    def undo(self, actor: Actor, module: str, id: int, entry: int) -> SaveResult:
        """Take back one change of the history. Raises NotFoundError record.E033, InvalidInputError
        record.E034, StaleRecordError when its fields have been changed since."""

        def work(conn: sa.Connection, published: PublishedModel) -> SaveResult:
            change = change_that_undoes(self._begin(conn, published, actor), module, id, entry)
            return run(self._begin(conn, published, actor, PLAIN, [change]))

        return self._write(work)

    def find_undo_refusals(self, actor: Actor, via: str) -> list[UndoRefusal]:
        """The records that keep everything done through `via` ("import:5") from being undone."""
        with self.models.read() as (conn, published):
            return find_refusals(self._begin(conn, published, actor), via)

    def undo_batch(self, actor: Actor, via: str, *, limit: int = INLINE_LIMIT) -> UndoneBatch:
        """Undo the newest entries of what was done through `via`; call again while something remains.

        Raises UndoRefusedError with the records changed or used since, ForbiddenError."""
        return self._write(lambda conn, published: undo_batch(self._begin(conn, published, actor), via, limit))

    def merge(self, actor: Actor, order: MergeOrder) -> Merged:
        """Merge records into one of them. Raises as `records.merge.run.merge`; nothing was changed then."""
        return self._write(lambda conn, published: merge(partial(self._begin, conn, published), actor, order))

    def undo_merge(self, actor: Actor, id: int) -> Merged:
        """Take a merge back, once. Raises as `records.merge.undo.undo_merge`; nothing was changed then."""
        return self._write(lambda conn, published: undo_merge(partial(self._begin, conn, published), actor, id))

    def merges(self, actor: Actor, module: str, id: int) -> list[PastMerge]:
        """The merges in which a record stayed, newest first, and what keeps each from being undone. Raises
        NotFoundError record.E010."""
        with self.models.read() as (conn, published):
            return merges_of(self._begin(conn, published, actor), module, id)

    def count_owned(self, owner: int) -> Mapping[str, int]:
        """Module → how many records a user or team owns, of the modules where there are any; the bin's too."""
        with self.models.read() as (conn, published):
            return count_owned(conn, published, owner)

    def hand_over(self, actor: Actor, module: str, owner: int, to: int, *, limit: int = INLINE_LIMIT) -> int:
        """Give at most `limit` records of a module from one owner to another, in the name of `actor`; call again until
        it gives 0. No workflow is set off. Raises ForbiddenError access.E022 unless the actor manages accounts."""
        options = SaveOptions(workflows=False)
        return self._write(
            lambda conn, published: hand_over(self._begin(conn, published, actor, options), module, owner, to, limit)
        )

    def recompute(self, actor: Actor, module: str, fields: Sequence[str], ids: Sequence[int]) -> None:
        """Compute these stored fields of these records again, and what depends on them (a job does)."""

        def work(conn: sa.Connection, published: PublishedModel) -> None:
            pending = Pending()
            for name in fields:
                pending.add(module, name, ids)
            settle_dependants(self._begin(conn, published, actor), {}, pending)

        self._write(work)

    def _begin(
        self,
        conn: sa.Connection,
        published: PublishedModel,
        actor: Actor,
        options: SaveOptions = PLAIN,
        changes: Sequence[RecordChange] = (),
    ) -> SaveWork:
        return begin(conn, published, actor, self.environment, options, changes)

    def _write(self, work: Callable[[sa.Connection, PublishedModel], T]) -> T:
        return write(self.models, work)
