"""Telling people: who may know is told, where they want to be told, once for each record and save."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from fieldstone.activity.choices import Choice, read_choices
from fieldstone.activity.mentions import plain_mentions
from fieldstone.activity.people import Person, people_of
from fieldstone.activity.words import word
from fieldstone.records.access import can_read_field
from fieldstone.records.labels import collect_labels
from fieldstone.storage.published import PublishedModel
from fieldstone.workflows.mail import Mail, Mailer, is_address
from fieldstone.workflows.notifications import MESSAGE_LENGTH, NewNotification, Notifications
from fieldstone.workflows.tables import fs_notification

Words = Callable[[Person], str]
_EXCERPT = 2_000
MOST = 20
"""What somebody is told one by one of one save; of the rest only how much there is."""
_MERGED = ("change", "assigned")


@dataclass(frozen=True, kw_only=True)
class Notice:
    """For one person about one record. `words` gives the sentence in the person's language, "" when it is nothing
    for them. `entry`: module, id and text of a comment, that the person must be able to see too."""

    user_id: int
    kind: str
    module: str
    record_id: int
    words: Words
    entry: tuple[str, int, str] | None = None


@dataclass(kw_only=True)
class Telling:
    """The notices of one save or one run. `by` did it and is told nothing."""

    conn: sa.Connection
    published: PublishedModel
    now: datetime
    by: int | None
    notices: list[Notice] = field(default_factory=list)

    def add(self, notice: Notice) -> None:
        if notice.user_id != self.by:
            self.notices.append(notice)


class Notices:
    """Writes notices as notifications and mails, in the transaction of the caller."""

    def __init__(self, notifications: Notifications, mailer: Mailer, base_url: str) -> None:
        self._notifications = notifications
        self._mailer = mailer
        self._base_url = base_url

    def tell(self, telling: Telling, people: Mapping[int, Person] | None = None) -> None:
        """`people`: those that are known already."""
        if not telling.notices:
            return
        wanted = {notice.user_id for notice in telling.notices}
        known = people if people is not None else people_of(telling.conn, telling.published.model, wanted)
        choices = read_choices(telling.conn, wanted)
        told: list[NewNotification] = []
        mails: list[Mail] = []
        for user_id in sorted(wanted & known.keys()):
            person = known[user_id]
            mine = [notice for notice in telling.notices if notice.user_id == user_id]
            groups = list(self._reached(telling, person, mine))
            for group in groups[:MOST]:
                self._word(telling, person, group, choices[user_id], told, mails)
            if len(groups) > MOST:
                told.append(_summary(person, groups[MOST:], telling.by))
        self._notifications.notify(telling.conn, self._merged(telling, told))
        self._mailer.enqueue(telling.conn, mails, created_by=telling.by)

    def _reached(
        self, telling: Telling, person: Person, notices: Sequence[Notice]
    ) -> Iterable[tuple[str, Sequence[Notice]]]:
        """What the person may know of: the label of a record, and what there is to tell about it; of a comment only
        the most important."""
        wanted: dict[str, set[int]] = {}
        for notice in notices:
            wanted.setdefault(notice.module, set()).add(notice.record_id)
            if notice.entry is not None:
                wanted.setdefault(notice.entry[0], set()).add(notice.entry[1])
        labels = collect_labels(telling.conn, telling.published, person.actor, wanted)
        groups: dict[tuple[str, int, tuple[str, int] | None], list[Notice]] = {}
        for notice in notices:
            entry = notice.entry[:2] if notice.entry is not None else None
            if entry is not None and not _reads_comments(telling.published, person, entry[0]):
                continue
            if (notice.module, notice.record_id) in labels and (entry is None or entry in labels):
                groups.setdefault((notice.module, notice.record_id, entry), []).append(notice)
        for (module, record_id, entry), group in groups.items():
            yield labels[module, record_id], group[:1] if entry is not None else group

    def _word(
        self,
        telling: Telling,
        person: Person,
        group: tuple[str, Sequence[Notice]],
        choices: Mapping[str, Choice],
        told: list[NewNotification],
        mails: list[Mail],
    ) -> None:
        label, notices = group
        worded = [(notice, text) for notice in notices if (text := notice.words(person))]
        if not worded:
            return
        # Whoever is made the owner of a record and follows it is told of everything at once.
        first = max((notice for notice, _ in worded), key=lambda notice: notice.kind == "assigned")
        kinds = {choices[notice.kind] for notice, _ in worded}
        message = "\n".join(dict.fromkeys(text for _, text in worded))[:MESSAGE_LENGTH]
        if any(choice.app for choice in kinds):
            told.append(
                NewNotification(
                    user_id=person.id,
                    message=message,
                    module=first.module,
                    record_id=first.record_id,
                    kind=first.kind,
                    by=telling.by,
                    entry=first.entry[:2] if first.entry else None,
                )
            )
        if any(choice.mail for choice in kinds) and is_address(person.email):
            mails.append(self._mail(person, first, message, label))

    def _mail(self, person: Person, notice: Notice, message: str, label: str) -> Mail:
        language = person.actor.language
        link = f"{self._base_url}/m/{notice.module}/{notice.record_id}"
        if notice.entry is not None:
            link += f"?comment={notice.entry[1]}"
        first = " ".join(message.split("\n")[0].split())
        parts = [f"{message}\n{label}"]
        if notice.entry is not None:
            parts.append("\n".join(f"> {line}" for line in plain_mentions(notice.entry[2])[:_EXCERPT].splitlines()))
        subject = word("subject", language, message=first, record=" ".join(label.split()))
        return write_mail(person, subject, parts, link, self._base_url)

    def _merged(self, telling: Telling, told: Sequence[NewNotification]) -> Sequence[NewNotification]:
        """Without those that can be added to what a save around or inside this one has just told: one transaction
        tells somebody of the changes of a record once."""
        table = fs_notification
        changes = [item for item in told if item.kind in _MERGED]
        if not changes:
            return told
        rows = telling.conn.execute(
            sa.select(table.c.id, table.c.user_id, table.c.kind, table.c.module, table.c.record_id, table.c.message)
            .where(table.c.user_id.in_(sorted({item.user_id for item in changes})), table.c.at == telling.now)
            .where(table.c.kind.in_(_MERGED))
        ).all()
        modules = telling.published.model.modules
        before = {(row.user_id, row.kind, row.module, row.record_id): row for row in rows}
        new = []
        for item in told:
            module = modules[item.module].identity if item.module in modules else None
            row = before.get((item.user_id, item.kind, module, item.record_id))
            if row is None:
                new.append(item)
                continue
            message = f"{row.message}\n{item.message}"[:MESSAGE_LENGTH]
            telling.conn.execute(sa.update(table).where(table.c.id == row.id).values(message=message))
        return new


def write_mail(person: Person, subject: str, parts: Sequence[str], link: str, base_url: str) -> Mail:
    """A mail to somebody: greeting, the parts, where it can be opened and where such mail can be turned off."""
    language = person.actor.language
    text = (
        word("hello", language, name=person.actor.name),
        *parts,
        word("open", language, link=link),
        word("settings", language, link=f"{base_url}/account/notices"),
    )
    line = "".join(char for char in subject if char.isprintable())[:250]  # a header must not break the save
    return Mail(to=person.email, subject=line, text="\n\n".join(text) + "\n")


def _summary(person: Person, groups: Sequence[tuple[str, Sequence[Notice]]], by: int | None) -> NewNotification:
    message = word("more", person.actor.language, count=len(groups))
    return NewNotification(user_id=person.id, message=message, kind=groups[0][1][0].kind, by=by)


def _reads_comments(published: PublishedModel, person: Person, module: str) -> bool:
    activity = published.model.modules[module].activity
    names = (activity.text, activity.about) if activity is not None else ()
    return all(can_read_field(published, person.actor, module, name) for name in names if name)


def visible_to(
    conn: sa.Connection, published: PublishedModel, person: Person, module: str, ids: Collection[int]
) -> frozenset[int]:
    """Those of the records that somebody may see."""
    return frozenset(id for _, id in collect_labels(conn, published, person.actor, {module: ids}))
