"""Notifications as the pages show them. What they are about is read with the reader's own rights: a record or a comment
that is out of reach by now is not named."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from fieldstone.activity.mentions import mentioned
from fieldstone.records import access
from fieldstone.records.query_types import PRINCIPAL
from fieldstone.web import times
from fieldstone.web.comment_text import comment_html
from fieldstone.web.current import current_actor, current_published, current_records
from fieldstone.web.described import describe
from fieldstone.web.persons import avatar
from fieldstone.web.show import Shower
from fieldstone.workflows.notifications import Notification

ICONS = {
    "mention": "at",
    "comment": "chat-left-text",
    "change": "arrow-right",
    "assigned": "person-check",
    "reminder": "alarm",
    "approval": "patch-question",
    "job": "check2-circle",
    "workflow": "lightning-charge",
}


@dataclass(frozen=True, kw_only=True)
class Notice:
    """`record` and `url` are "" when it is about none, or one out of reach. `sign` is who did it, else an icon."""

    id: int
    kind: str
    lines: Sequence[str]
    record: str
    module: str
    url: str
    body: Markup
    unread: bool
    sign: Markup
    time: str
    title: str
    day: date

    @property
    def message(self) -> str:
        return "\n".join(self.lines)


@dataclass(frozen=True, kw_only=True)
class NoticeDay:
    label: str
    notices: Sequence[Notice]


def by_day(items: Sequence[Notice], shower: Shower) -> list[NoticeDay]:
    days: dict[date, list[Notice]] = {}
    for item in items:
        days.setdefault(item.day, []).append(item)
    return [
        NoticeDay(label=times.day_heading(day, shower.today, shower.language), notices=found)
        for day, found in days.items()
    ]


def notices(items: Iterable[Notification], shower: Shower) -> list[Notice]:
    told = list(items)
    actor, records = current_actor(), current_records()
    wanted: dict[str, set[int]] = {PRINCIPAL: {item.by for item in told if item.by is not None}}
    for item in told:
        if item.module and item.record_id is not None:
            wanted.setdefault(item.module, set()).add(item.record_id)
    texts = _texts(told)
    wanted[PRINCIPAL] |= {user for text in texts.values() for user in mentioned(text)}
    labels = records.labels(actor, wanted)
    names = {id: label for (target, id), label in labels.items() if target == PRINCIPAL}
    found = []
    for item in told:
        record = labels.get((item.module, item.record_id), "") if item.record_id is not None else ""
        url = f"/m/{item.module}/{item.record_id}" if record else item.link
        if record and item.entry is not None:
            url += f"?comment={item.entry[1]}"
        text = texts.get(item.entry, "") if item.entry is not None and record else ""
        name = names.get(item.by or 0, "")
        found.append(
            Notice(
                id=item.id,
                kind=item.kind,
                lines=item.message.split("\n"),
                record=record,
                module=describe(current_published(), item.module, actor).label if record else "",
                url=url,
                body=comment_html(text, names) if text else Markup(""),
                unread=item.read_at is None,
                sign=avatar(item.by, name, extra="is-lg") if item.by is not None and name else _icon(item),
                time=times.short_moment(item.at, shower.zone, shower.today, shower.language, shower.date_format),
                title=times.full_moment(item.at, shower.zone, shower.language, shower.date_format),
                day=times.local(item.at, shower.zone).date(),
            )
        )
    return found


def _texts(told: Sequence[Notification]) -> dict[tuple[str, int], str]:
    """The comments that notices are about, as far as the reader may see them: one query for each module of them."""
    actor, published = current_actor(), current_published()
    ids: dict[str, list[int]] = {}
    for item in told:
        if item.entry is not None:
            ids.setdefault(item.entry[0], []).append(item.entry[1])
    found = {}
    for module, wanted in ids.items():
        activity = published.model.modules[module].activity
        if activity is None or not access.has_right(published, actor, module, "view"):
            continue
        if activity.text and access.can_read_field(published, actor, module, activity.text):
            for record in current_records().fetch(actor, module, wanted, fields=(activity.text,)):
                found[module, record.id] = str(record.values[activity.text] or "")
    return found


def _icon(item: Notification) -> Markup:
    hue = "blue" if item.read_at is None else "gray"
    icon = ICONS.get(item.kind, "bell")
    return Markup(f'<span class="fs-event-icon fs-{hue}"><i class="bi bi-{icon}" aria-hidden="true"></i></span>')
