"""The delivery of reminders, those of people and those that follow a date: each once, by whichever worker."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from fieldstone.activity.notices import Notice, Notices, Telling, Words
from fieldstone.activity.people import Person, people_of
from fieldstone.activity.record_reminders import next_due, next_value
from fieldstone.activity.tables import fs_reminder
from fieldstone.activity.words import word
from fieldstone.fields.base import ShowContext
from fieldstone.jobs.context import JobContext
from fieldstone.jobs.kinds import JobKind
from fieldstone.jobs.queue import JobQueue
from fieldstone.jobs.schedule import Recurring
from fieldstone.kernel.actors import SYSTEM
from fieldstone.metadata.definitions import ModuleDef, ReminderDef
from fieldstone.records.access import can_read_field
from fieldstone.records.query import query_records
from fieldstone.records.query_types import Query, Record
from fieldstone.records.writing import write
from fieldstone.storage.principals import team_member
from fieldstone.storage.published import ModelSource, PublishedModel

KIND = "activity.reminders"
UNIT = 200
_KEPT = timedelta(days=180)


class ReminderDelivery:
    """Registers the kind of job that delivers."""

    def __init__(self, models: ModelSource, jobs: JobQueue, notices: Notices) -> None:
        self._models = models
        self._jobs = jobs
        self._notices = notices
        jobs.kinds.register(JobKind(name=KIND, label="Deliver reminders", run=self._run))

    def recurring(self) -> Iterator[Recurring]:
        """A job of this minute, while something is due: nothing is put in the queue for nothing."""
        table = fs_reminder
        due = sa.select(table.c.id).where(table.c.fired_at.is_(None), table.c.due_at <= self._jobs.clock()).limit(1)
        with self._models.database.read() as conn:
            if conn.execute(due).first() is not None:
                yield Recurring(key=KIND, kind=KIND, cron="* * * * *")

    def _run(self, context: JobContext, payload: Mapping[str, Any]) -> None:
        done = delivered = write(self._models, self.deliver)
        while delivered and not context.cancelled():
            delivered = write(self._models, self.deliver)
            done += delivered
            context.progress(done)
        old = sa.delete(fs_reminder).where(fs_reminder.c.fired_at < context.now() - _KEPT)
        self._models.database.transact(lambda conn: conn.execute(old))

    def deliver(self, conn: sa.Connection, published: PublishedModel) -> int:
        """Deliver some that are due: they are marked, and their notices and mails written, with one commit."""
        now, table = self._jobs.clock(), fs_reminder
        query = sa.select(table).where(table.c.fired_at.is_(None), table.c.due_at <= now)
        query = query.order_by(table.c.due_at, table.c.id).limit(UNIT).with_for_update(skip_locked=True)
        rows = conn.execute(query).all()
        if not rows:
            return 0
        conn.execute(sa.update(table).where(table.c.id.in_([row.id for row in rows])).values(fired_at=now))
        telling = Telling(conn=conn, published=published, now=now, by=None)
        for module in published.model.modules.values():
            about = [row for row in rows if row.module == module.identity]
            if about:
                for notice in self._notices_of(conn, published, module, about, now):
                    telling.add(notice)
        self._notices.tell(telling)
        return len(rows)

    def _notices_of(
        self, conn: sa.Connection, published: PublishedModel, module: ModuleDef, rows: Sequence[Any], now: datetime
    ) -> Iterator[Notice]:
        own = [row for row in rows if row.user_id is not None]
        live = _live(conn, published, module.name, {row.record_id for row in own}, "", ("id",), now)
        for row in own:
            if row.record_id in live:
                yield _notice(row.user_id, module.name, row.record_id, _words_of_note(row.note))
        rule = module.reminder
        dated = {row.record_id for row in rows if row.user_id is None}
        if rule is None or not dated:
            return
        self._set_next(conn, published, module, dated, now)
        fields = (rule.at, "owner", *_repeating(module))
        found = _live(conn, published, module.name, dated, rule.condition, fields, now)
        due = {row.record_id: row.due_at for row in rows if row.user_id is None}
        people = _members(conn, {record.values.get("owner") for record in found.values()})
        for record in found.values():
            for user_id in people.get(record.values.get("owner"), ()):
                words = _words_of_date(published, module, rule, _value(published, module, rule, record, due[record.id]))
                yield _notice(user_id, module.name, record.id, words)

    def _set_next(
        self, conn: sa.Connection, published: PublishedModel, module: ModuleDef, ids: Collection[int], now: datetime
    ) -> None:
        """Series remind of their next occurrence, whether they told of this one or not."""
        rule, repeating = module.reminder, _repeating(module)
        if rule is None or not repeating:
            return
        where = f"not is_empty({repeating[0]})"
        found = _live(conn, published, module.name, ids, where, (rule.at, rule.before, "owner", *repeating), now)
        owners = people_of(conn, published.model, {record.values.get("owner") for record in found.values()})
        new = []
        for record in found.values():
            owner = owners.get(record.values.get("owner") or 0)
            zone = owner.actor.zone if owner is not None else published.model.app.zone
            due = next_due(module, record.values, zone, after=now)
            if due is not None:
                new.append({"due_at": due, "module": module.identity, "record_id": record.id, "note": ""})
        if new:
            conn.execute(sa.insert(fs_reminder), new)


def _repeating(module: ModuleDef) -> tuple[str, ...]:
    """The fields that say how records of a module repeat; () when they do not."""
    occurs = module.occurs
    if occurs is None or not occurs.repeat:
        return ()
    return tuple(filter(None, (occurs.repeat, occurs.start, occurs.zone)))


def _value(
    published: PublishedModel, module: ModuleDef, rule: ReminderDef, record: Record, due: datetime
) -> date | datetime | None:
    """The date that is reminded of: of a series that of the occurrence."""
    if record.values.get(rule.at) is None:
        return None
    return next_value(module, rule, record.values, published.model.app.zone, after=due) or record.values[rule.at]


def _notice(user_id: int, module: str, record_id: int, words: Words) -> Notice:
    return Notice(user_id=user_id, kind="reminder", module=module, record_id=record_id, words=words)


def _live(
    conn: sa.Connection,
    published: PublishedModel,
    module: str,
    ids: Collection[int],
    condition: str,
    fields: tuple[str, ...],
    now: datetime,
) -> Mapping[int, Record]:
    """Those of the records that are there and for which the condition holds."""
    if not ids:
        return {}
    where = f"id in ({', '.join(map(str, sorted(ids)))},)"
    query = Query(where=f"({condition}) and {where}" if condition else where, fields=fields, sort=("id",), limit=UNIT)
    return {each.id: each for each in query_records(conn, published, SYSTEM, module, query, now=now).records}


def _members(conn: sa.Connection, owners: Collection[int | None]) -> Mapping[int | None, Sequence[int]]:
    """Owner → the user, or the members of the team."""
    ids = sorted(id for id in owners if id is not None)
    found: dict[int | None, list[int]] = {id: [id] for id in ids}
    query = sa.select(team_member.c.team_id, team_member.c.user_id).where(team_member.c.team_id.in_(ids))
    for team_id, user_id in conn.execute(query.order_by(team_member.c.user_id)):
        found[team_id].append(user_id)
    return found


def _words_of_note(note: str) -> Words:
    def words(person: Person) -> str:
        language = person.actor.language
        return word("reminder_note", language, note=note) if note else word("reminder", language)

    return words


def _words_of_date(
    published: PublishedModel, module: ModuleDef, rule: ReminderDef, value: date | datetime | None
) -> Words:
    field = module.fields[rule.at]

    def words(person: Person) -> str:
        actor = person.actor
        if value is None or not can_read_field(published, actor, module.name, rule.at):
            return word("reminder", actor.language)
        context = ShowContext(
            language=actor.language, zone=actor.zone, date_format=actor.date_format, number_format=actor.number_format
        )
        return word("due", actor.language, when=published.model.type_of(field).show(field, value, context))

    return words
