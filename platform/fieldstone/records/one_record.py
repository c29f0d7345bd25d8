"""The part of the reading half that is about one record: its past, its activity, its neighbours, who reaches it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

from fieldstone.kernel.actors import Actor
from fieldstone.kernel.errors import NotFoundError
from fieldstone.records import codes
from fieldstone.records.access import has_right, visible_ids
from fieldstone.records.access.audience import Audience, PersonExplained, audience_of, explain_person
from fieldstone.records.access.shares import Share, shares_of
from fieldstone.records.activity import ActivityReader
from fieldstone.records.activity_types import ActivityPage
from fieldstone.records.history import HistoryEntry, read_history
from fieldstone.records.merge.past import MergedInto, merged_into
from fieldstone.records.merge.preview import count_moving
from fieldstone.records.neighbours import Neighbours, find_neighbours
from fieldstone.records.query_types import Query
from fieldstone.records.snapshots import Snapshots


class OneRecord(Snapshots):
    """Raises as `Reading`."""

    def neighbours(self, actor: Actor, module: str, id: int, query: Query) -> Neighbours:
        """The records before and after one in the list of a query."""
        with self.models.read() as (conn, published):
            return find_neighbours(conn, published, actor, module, id, query, now=self.clock())

    def history(
        self,
        actor: Actor,
        module: str,
        id: int,
        limit: int = 50,
        before: int | None = None,
        *,
        as_of: datetime | None = None,
    ) -> list[HistoryEntry]:
        """Newest first. Raises NotFoundError record.E010. As of a time: the entries up to it, with the fields
        of then, those removed since too."""
        with self._snapshot(actor, as_of, module, ("id",)) as at:
            return read_history(at.conn, at.published, at.actor, module, id, limit, before, until=as_of)

    def activity(
        self, actor: Actor, module: str, id: int, *, kinds: Sequence[str] = (), cursor: str = "", limit: int = 30
    ) -> ActivityPage:
        """Changes, comments and what else is about a record, newest first; `kinds` of `activity_types.KINDS`, () all.
        Raises NotFoundError record.E010, InvalidInputError query.E003."""
        with self._activity(actor, module, id) as reader:
            return reader.page(kinds, cursor, max(1, min(limit, 200)))

    def comment_thread(self, actor: Actor, module: str, id: int, comment: int) -> ActivityPage:
        """The thread of one comment on a record; no entry when there is none within reach."""
        with self._activity(actor, module, id) as reader:
            return reader.comment(comment)

    @contextmanager
    def _activity(self, actor: Actor, module: str, id: int) -> Iterator[ActivityReader]:
        with self.models.read() as (conn, published):
            if not visible_ids(conn, published, actor, module, [id], "view"):
                raise NotFoundError(codes.NOT_FOUND)
            yield ActivityReader(conn=conn, published=published, actor=actor, module=module, id=id, now=self.clock())

    def within_reach(
        self, actor: Actor, module: str, ids: Collection[int], right: str, *, deleted: bool = False
    ) -> set[int]:
        """Those of the records for which the actor has a right; none without the right on the module."""
        with self.models.read() as (conn, published):
            if not has_right(published, actor, module, right):
                return set()
            return visible_ids(conn, published, actor, module, ids, right, deleted=deleted)

    def shares(self, actor: Actor, module: str, id: int) -> list[Share]:
        """With whom a record is shared by hand. Raises NotFoundError record.E010."""
        with self.models.read() as (conn, published):
            return shares_of(conn, published, actor, module, id)

    def audience(self, actor: Actor, module: str, id: int) -> Audience:
        """Who sees a record, and why, as far as the actor may know. Raises ForbiddenError access.E003 when that is
        not even who owns it, NotFoundError record.E010."""
        with self.models.read() as (conn, published):
            return audience_of(conn, published, actor, module, id)

    def explain(self, actor: Actor, module: str, id: int, user_id: int) -> PersonExplained:
        """What a user may do with a record, and why. Raises as `audience`, NotFoundError account.E009."""
        with self.models.read() as (conn, published):
            return explain_person(conn, published, actor, module, id, user_id)

    def merged_into(self, actor: Actor, module: str, ids: Collection[int]) -> Mapping[int, MergedInto]:
        """Record of the recycle bin → the merge by which it went, of those within reach that did."""
        with self.models.read() as (conn, published):
            return merged_into(conn, published, actor, module, ids)

    def moving(self, actor: Actor, module: str, id: int, others: Sequence[int]) -> Mapping[str, int]:
        """Module → how many records a merge of `id` with `others` would move away from it, as far as the actor sees."""
        with self.models.read() as (conn, published):
            return count_moving(conn, published, actor, module, id, others)
