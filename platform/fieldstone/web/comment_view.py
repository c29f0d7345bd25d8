"""Comments with their replies, as the templates draw them, and the texts of what else is about a record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from fieldstone.activity.mentions import mentioned
from fieldstone.metadata.definitions import ActivityDef
from fieldstone.records.activity_types import ActivityEntry
from fieldstone.records.query_types import PRINCIPAL, Record
from fieldstone.web import times
from fieldstone.web.comment_text import comment_html
from fieldstone.web.current import current_actor, current_model, current_records
from fieldstone.web.i18n import gettext
from fieldstone.web.persons import avatar
from fieldstone.web.show import Shower


@dataclass(frozen=True, kw_only=True)
class CommentView:
    """`edited` says when it was changed, "" never. `own`: the person wrote it."""

    module: str
    id: int
    author: int
    name: str
    sign: Markup
    time: str
    title: str
    body: Markup
    edited: str = ""
    own: bool = False
    replies: Sequence[CommentView] = ()


class Comments:
    """Draws the comments of one page. All names are read at once."""

    def __init__(self, records: Iterable[Record], shower: Shower) -> None:
        self._shower = shower
        ids = {user for record in records for user in mentioned(_text(record))}
        labels = current_records().labels(current_actor(), {PRINCIPAL: ids}) if ids else {}
        self._names: Mapping[int, str] = {id: label for (_, id), label in labels.items()}

    @classmethod
    def of(cls, entries: Iterable[ActivityEntry], pinned: Iterable[Record], shower: Shower) -> Comments:
        found = [each for entry in entries if entry.record for each in (entry.record, *entry.replies)]
        return cls([*found, *pinned], shower)

    def view(self, record: Record, replies: Sequence[Record] = ()) -> CommentView:
        shower, activity = self._shower, _activity(record)
        author = record.values.get("created_by") or 0
        name = shower.labels.get((PRINCIPAL, author)) or gettext("Unknown")
        at = record.values["created_at"]
        edited = record.values.get(activity.edited_at) if activity.edited_at else None
        return CommentView(
            module=record.module,
            id=record.id,
            author=author,
            name=name,
            sign=avatar(author, name),
            time=times.short_moment(at, shower.zone, shower.today, shower.language, shower.date_format),
            title=times.full_moment(at, shower.zone, shower.language, shower.date_format),
            body=self.text(record),
            edited=times.full_moment(edited, shower.zone, shower.language, shower.date_format) if edited else "",
            own=author == current_actor().user_id,
            replies=[self.view(reply) for reply in replies],
        )

    def text(self, record: Record) -> Markup:
        text = _text(record)
        return comment_html(text, self._names) if text else Markup("")


def _activity(record: Record) -> ActivityDef:
    activity = current_model().modules[record.module].activity
    assert activity is not None
    return activity


def _text(record: Record) -> str:
    name = _activity(record).text
    return str(record.values.get(name) or "") if name else ""
