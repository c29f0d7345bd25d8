"""The activity of a record: its changes and what is about it (comments, tasks, notes) as one stream, newest first.

What takes part is declared by the modules (`ActivityDef`). Each source is one query, whatever it holds: the history,
and for each such module one for what was added and one for what was finished. They are merged here, and the cursor
holds how far each has been read. Access is that of the queries: what is out of reach takes no place in the stream.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.metadata.definitions import ActivityDef, RelationDef
from fieldstone.records.access import can_read_field, get_module, has_right
from fieldstone.records.access.fields import can_follow
from fieldstone.records.activity_cursors import END, iso, read_place, write_place
from fieldstone.records.activity_types import KINDS, ActivityEntry, ActivityPage
from fieldstone.records.history import read_history
from fieldstone.records.id_lists import bind_ids, in_ids
from fieldstone.records.plan_cache import plans_of
from fieldstone.records.query_types import Labels, Query, Record
from fieldstone.records.related import related_records
from fieldstone.records.tables import history
from fieldstone.storage.published import PublishedModel

REPLIES = 500
PINNED = 5
_HISTORY = "history"


@dataclass(frozen=True, kw_only=True)
class Source:
    """What a module adds to the stream: its records by one of their moments."""

    relation: RelationDef
    activity: ActivityDef
    moment: str

    @property
    def key(self) -> str:
        return f"{self.relation.to}.{self.moment}"

    @property
    def kind(self) -> str:
        if self.activity.kind == "comment":
            return "comment"
        return "added" if self.moment == "created_at" else "done"


@dataclass(frozen=True, kw_only=True)
class ActivityReader:
    """Reads for one record that is within reach, in one transaction."""

    conn: sa.Connection
    published: PublishedModel
    actor: Actor
    module: str
    id: int
    now: datetime

    def page(self, kinds: Sequence[str] = (), cursor: str = "", limit: int = 30) -> ActivityPage:
        """Raises InvalidInputError query.E003."""
        read = read_place(cursor) if cursor else {}
        labels: Labels = {}
        found: list[tuple[str, list[Any], ActivityEntry]] = []
        more: dict[str, bool] = {}
        for key, fetch in self._sources(kinds or KINDS, labels):
            if read.get(key) == END:
                more[key] = False
                continue
            entries = list(fetch(read.get(key), limit + 1))
            more[key] = len(entries) > limit
            found += [(key, position, entry) for position, entry in entries]
        found.sort(key=lambda each: each[2].at, reverse=True)
        shown, left = found[:limit], found[limit:]
        place = {key: position for key, position in read.items() if key in more}
        place.update({key: position for key, position, _ in shown})
        for key in more:
            if not more[key] and all(each[0] != key for each in left):
                place[key] = END
        return ActivityPage(
            entries=self._with_replies([entry for _, _, entry in shown], labels),
            next_cursor=write_place(place) if left else "",
            pinned=[] if cursor else list(self._pinned(kinds or KINDS, labels)),
            labels=labels,
        )

    def comment(self, comment_id: int) -> ActivityPage:
        """The thread that one comment belongs to, if it is one on this record within reach; else nothing."""
        labels: Labels = {}
        for source in self._of_modules(("comments",)):
            reply_to = source.activity.reply_to
            (found,) = self._read(source, f"id == {comment_id}", 1, labels, roots=False) or (None,)
            root = found.values.get(reply_to) if found is not None and reply_to else None
            if root is not None:
                (found,) = self._read(source, f"id == {root}", 1, labels) or (None,)
            if found is not None:
                entry = ActivityEntry(at=found.values[source.moment], kind="comment", record=found)
                return ActivityPage(entries=self._with_replies([entry], labels), labels=labels)
        return ActivityPage(entries=[])

    def _sources(
        self, kinds: Sequence[str], labels: Labels
    ) -> Iterator[tuple[str, Callable[[list[Any] | None, int], Iterator[tuple[list[Any], ActivityEntry]]]]]:
        if "changes" in kinds:
            yield _HISTORY, lambda position, limit: self._changes(position, limit, labels)
        for source in self._of_modules(kinds):
            yield source.key, lambda position, limit, at=source: self._records(at, position, limit, labels)  # type: ignore[misc]

    def _of_modules(self, kinds: Sequence[str]) -> Iterator[Source]:
        """Those that the actor may know of."""
        modules = self.published.model.modules
        for relation in get_module(self.published, self.module).relations.values():
            activity = modules[relation.to].activity
            if activity is None or relation.kind != "one_to_many" or relation.field != activity.about:
                continue
            if ("comments" if activity.kind == "comment" else "activities") not in kinds:
                continue
            if not has_right(self.published, self.actor, relation.to, "view"):
                continue
            if not can_follow(self.published, self.actor, relation):
                continue
            for moment in ("created_at", activity.done):
                if moment and self._reads(relation.to, moment):
                    yield Source(relation=relation, activity=activity, moment=moment)

    def _changes(
        self, position: list[Any] | None, limit: int, labels: Labels
    ) -> Iterator[tuple[list[Any], ActivityEntry]]:
        before = position[1] if position else None
        entries = read_history(self.conn, self.published, self.actor, self.module, self.id, limit, before)
        if entries:
            labels.update(entries[0].labels)
        for entry in entries:
            yield [iso(entry.at), entry.id], ActivityEntry(at=entry.at, kind="change", change=entry)

    def _records(
        self, source: Source, position: list[Any] | None, limit: int, labels: Labels
    ) -> Iterator[tuple[list[Any], ActivityEntry]]:
        where = ""
        if position:
            at, last = position
            where = f"({source.moment} < '{at}' or ({source.moment} == '{at}' and id < {last}))"
        for record in self._read(source, where, limit, labels):
            moment = record.values[source.moment]
            if moment is not None:
                yield [iso(moment), record.id], ActivityEntry(at=moment, kind=source.kind, record=record)

    def _read(self, source: Source, where: str, limit: int, labels: Labels, *, roots: bool = True) -> list[Record]:
        activity, module = source.activity, source.relation.to
        conditions = [where] if where else []
        if source.moment != "created_at":
            conditions.append(f"not is_empty({source.moment})")
        if roots and activity.reply_to and self._reads(module, activity.reply_to):
            conditions.append(f"is_empty({activity.reply_to})")
        query = Query(
            where=" and ".join(conditions),
            fields=self._fields(module, activity),
            sort=(f"-{source.moment}", "-id"),
            limit=limit,
        )
        return self._related(source.relation, query, labels)

    def _pinned(self, kinds: Sequence[str], labels: Labels) -> Iterator[Record]:
        for source in self._of_modules(kinds):
            pinned = source.activity.pinned
            if pinned and source.moment == "created_at" and self._reads(source.relation.to, pinned):
                fields = self._fields(source.relation.to, source.activity)
                query = Query(where=pinned, fields=fields, sort=("-created_at",), limit=PINNED)
                yield from self._related(source.relation, query, labels)

    def _with_replies(self, entries: Sequence[ActivityEntry], labels: Labels) -> list[ActivityEntry]:
        """Comments with the replies to them, read for all at once."""
        roots = [entry.record for entry in entries if entry.kind == "comment" and entry.record is not None]
        replies: dict[tuple[str, int], list[Record]] = {}
        for source in self._of_modules(("comments",)) if roots else ():
            reply_to, module = source.activity.reply_to, source.relation.to
            ids = {record.id for record in roots if record.module == module}
            if not ids or not reply_to or not self._reads(module, reply_to):
                continue
            for reply in self._replies(source, reply_to, ids, labels):
                replies.setdefault((module, reply.values[reply_to]), []).append(reply)
        via = self._made_through(entries)
        return [
            replace(
                entry,
                replies=replies.get((entry.record.module, entry.record.id), ()),
                via=via.get((entry.record.module, entry.record.id), "") if entry.kind != "done" else "",
            )
            if entry.record is not None
            else entry
            for entry in entries
        ]

    def _made_through(self, entries: Sequence[ActivityEntry]) -> Mapping[tuple[str, int], str]:
        """(module, record) → through what it was made, of those that no person made: one query for all."""
        modules = self.published.model.modules
        ids: dict[str, list[int]] = {}
        for entry in entries:
            if entry.record is not None:
                ids.setdefault(entry.record.module, []).append(entry.record.id)
        if not ids:
            return {}
        dialect = self.published.tables.dialect
        names = {modules[name].identity: name for name in ids}

        def build() -> sa.Select[Any]:
            mine = [
                sa.and_(history.c.module == identity, in_ids(history.c.record_id, f"ids_{place}", dialect))
                for place, identity in enumerate(names)
            ]
            query = sa.select(history.c.module, history.c.record_id, history.c.via)
            return query.where(sa.or_(*mine), history.c.kind == "created", history.c.via != "")

        query = plans_of(self.published).get(("activity.made_through", *names), build)
        bound = {f"ids_{place}": bind_ids(found, dialect) for place, found in enumerate(ids.values())}
        return {(names[row.module], row.record_id): row.via for row in self.conn.execute(query, bound)}

    def _replies(self, source: Source, reply_to: str, ids: Collection[int], labels: Labels) -> list[Record]:
        """Oldest first. The same statement for every page, unless there are very many."""
        fields = self._fields(source.relation.to, source.activity)
        where, sort = f"not is_empty({reply_to})", ("created_at", "id")
        found = self._related(source.relation, Query(where=where, fields=fields, sort=sort, limit=REPLIES), labels)
        if len(found) == REPLIES:
            where = f"{reply_to} in ({', '.join(map(str, sorted(ids)))},)"
            found = self._related(source.relation, Query(where=where, fields=fields, sort=sort, limit=REPLIES), labels)
        return [reply for reply in found if reply.values[reply_to] in ids]

    def _related(self, relation: RelationDef, query: Query, labels: Labels) -> list[Record]:
        page = related_records(
            self.conn,
            self.published,
            self.actor,
            self.module,
            self.id,
            relation.name,
            query,
            now=self.now,
            reached=True,
        )
        labels.update(page.labels)
        return page.records

    def _fields(self, module: str, activity: ActivityDef) -> tuple[str, ...]:
        """What of a record is shown and may be."""
        name = self.published.model.modules[module].name_field
        wanted = (name, "created_at", "created_by", "owner", activity.text, activity.done, activity.edited_at)
        names = dict.fromkeys((*wanted, activity.reply_to, activity.pinned))
        return tuple(each for each in names if each and self._reads(module, each))

    def _reads(self, module: str, name: str) -> bool:
        return can_read_field(self.published, self.actor, module, name)
