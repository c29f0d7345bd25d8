"""The activity beside a record: composer, filter, what is pinned, the stream."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup

from fieldstone.records.query_types import Record
from fieldstone.web.comment_view import Comments
from fieldstone.web.current import current_actor, current_published, current_records
from fieldstone.web.described import DescribedModule, describe
from fieldstone.web.i18n import gettext as _
from fieldstone.web.related_lists import can_follow, carried
from fieldstone.web.rights import rights_on
from fieldstone.web.show import Shower
from fieldstone.web.timeline import Day, Timeline

LIMIT = 30


@dataclass(frozen=True, kw_only=True)
class Adding:
    """A way to add something about the record, beside commenting."""

    label: str
    icon: str
    url: str
    quick_url: str


@dataclass(frozen=True, kw_only=True)
class Pinned:
    label: str
    url: str
    icon: str
    body: Markup


@dataclass(frozen=True, kw_only=True)
class Activity:
    """`thread`: the days of the one comment that the address names. `after`: the day that is headed already."""

    url: str
    show: str
    days: Sequence[Day]
    thread: Sequence[Day]
    pinned: Sequence[Pinned]
    older_url: str
    after: date | None
    comment_url: str
    comment_module: str
    can_delete: bool
    adding: Sequence[Adding]

    @property
    def choices(self) -> list[tuple[str, str]]:
        return [
            ("", _("Everything")),
            ("comments", _("Comments")),
            ("activities", _("Tasks, events and notes")),
            ("changes", _("Changes")),
        ]

    @property
    def chosen(self) -> str:
        return dict(self.choices)[self.show]


def read_activity(
    module: DescribedModule,
    record: Record,
    *,
    show: str = "",
    cursor: str = "",
    comment: int | None = None,
    after: date | None = None,
) -> Activity:
    """Raises InvalidInputError query.E003 for a cursor that is none."""
    actor, records = current_actor(), current_records()
    shower = Shower(current_published().model, actor, record.labels)
    kinds = (show,) if show else ()
    page = records.activity(actor, module.name, record.id, kinds=kinds, cursor=cursor, limit=LIMIT)
    shower.with_labels(page.labels)
    thread = records.comment_thread(actor, module.name, record.id, comment) if comment else None
    entries = list(page.entries)
    if thread is not None:
        shower.with_labels(thread.labels)
        entries += thread.entries
    comments = Comments.of(entries, page.pinned, shower)
    timeline = Timeline(module, shower, comments)
    days = timeline.days(page.entries)
    base = f"/m/{module.name}/{record.id}/activity"
    commented = _comments_of(module)
    older = {"cursor": page.next_cursor, "show": show, "after": days[-1].day.isoformat() if days else ""}
    return Activity(
        url=base,
        show=show,
        days=days,
        thread=timeline.days(thread.entries) if thread is not None else [],
        pinned=[_pinned(each, shower, comments) for each in page.pinned],
        older_url=f"{base}?{urlencode(older)}" if page.next_cursor else "",
        after=after,
        comment_url=f"/m/{module.name}/{record.id}/comments" if commented and rights_on(commented).create else "",
        comment_module=commented,
        can_delete=bool(commented) and rights_on(commented).delete,
        adding=list(_adding(module, record)),
    )


def _comments_of(module: DescribedModule) -> str:
    """The module of comments on records like this, "" when there is none or the person may not see them."""
    for relation in module.module.relations.values():
        activity = module.model.modules[relation.to].activity
        if activity is not None and activity.kind == "comment" and relation.field == activity.about:
            return relation.to if rights_on(relation.to).view and can_follow(relation) else ""
    return ""


def _adding(module: DescribedModule, record: Record) -> Any:
    for relation in module.module.relations.values():
        activity = module.model.modules[relation.to].activity
        if activity is None or activity.kind == "comment" or relation.field != activity.about:
            continue
        given = carried(module, record, relation) if can_follow(relation) else {}
        if given and rights_on(relation.to).create:
            other = describe(current_published(), relation.to, current_actor())
            query = urlencode({**given, "next": f"/m/{module.name}/{record.id}"})
            yield Adding(
                label=other.label,
                icon=other.icon,
                url=f"/m/{other.name}/new?{query}",
                quick_url=f"/m/{other.name}/quick?{query}",
            )


def _pinned(record: Record, shower: Shower, comments: Comments) -> Pinned:
    module = describe(current_published(), record.module, current_actor())
    return Pinned(
        label=shower.text(module.name_field, record.values.get(module.module.name_field)) or f"#{record.id}",
        url=f"/m/{record.module}/{record.id}",
        icon=module.icon,
        body=comments.text(record),
    )
