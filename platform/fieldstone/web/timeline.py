"""The activity of a record as the pages show it: by day, newest first, each entry a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from markupsafe import Markup, escape

from fieldstone.fields.values import RecordRef
from fieldstone.kernel.actors import without_impersonator
from fieldstone.records.activity_types import ActivityEntry
from fieldstone.records.history import HistoryEntry
from fieldstone.records.query_types import Record
from fieldstone.records.tables import MAILED, MERGED_INTO
from fieldstone.web import times
from fieldstone.web.comment_view import Comments, CommentView
from fieldstone.web.current import current_actor, current_published
from fieldstone.web.described import DescribedModule, describe
from fieldstone.web.i18n import gettext, ngettext
from fieldstone.web.persons import avatar
from fieldstone.web.show import Shower

_SHOWN_CHANGES = 6
_NOTHING = Markup("")


@dataclass(frozen=True, kw_only=True)
class Event:
    at: datetime
    time: str
    title: str
    sign: Markup
    line: Markup
    body: Markup = _NOTHING
    undo: int = 0
    comment: CommentView | None = None


@dataclass(frozen=True, kw_only=True)
class Day:
    """`undo` of an event is the entry of the history that can be taken back."""

    day: date
    label: str
    events: Sequence[Event]


class Timeline:
    """`comments` draws comments and notes; `undoable`: the person may take changes back."""

    def __init__(
        self, module: DescribedModule, shower: Shower, comments: Comments | None = None, *, undoable: bool = False
    ) -> None:
        self._module = module
        self._shower = shower
        self._comments = comments
        self._undoable = undoable

    def days(self, entries: Iterable[ActivityEntry]) -> list[Day]:
        days: dict[date, list[Event]] = {}
        for entry in entries:
            event = self._draw(entry)
            days.setdefault(times.local(event.at, self._shower.zone).date(), []).append(event)
        today, language = self._shower.today, self._shower.language
        return [
            Day(day=day, label=times.day_heading(day, today, language), events=events) for day, events in days.items()
        ]

    def of_history(self, entries: Iterable[HistoryEntry]) -> list[Day]:
        return self.days(ActivityEntry(at=entry.at, kind="change", change=entry) for entry in entries)

    def _draw(self, entry: ActivityEntry) -> Event:
        if entry.change is not None:
            return self._entry(entry.change)
        assert entry.record is not None
        assert self._comments is not None
        if entry.kind != "comment":
            return self._record(entry.at, entry.record, entry.kind, _acted(entry.via))
        view = self._comments.view(entry.record, entry.replies)
        return self._event(
            entry.at,
            sign=avatar(view.author, view.name, extra="is-lg"),
            line=_line(
                gettext("%(who)s commented"), who=_bold(self._via(via) if (via := _acted(entry.via)) else view.name)
            ),
            comment=view,
        )

    def _record(self, at: datetime, record: Record, kind: str, via: str) -> Event:
        """A task, an event, a note: added (`via` a workflow, or ""), or finished."""
        module = describe(current_published(), record.module, current_actor())
        words, icon, hue = gettext("%(who)s added the %(module)s %(record)s"), module.icon, "gray"
        who = record.values.get("created_by")
        if kind == "done":
            words, icon, hue = gettext("%(who)s completed the %(module)s %(record)s"), "check2-square", "green"
            who = record.values.get("owner")
        name = self._shower.labels.get(("principal", who or 0)) or gettext("The system")
        label = self._shower.text(module.name_field, record.values.get(module.module.name_field)) or f"#{record.id}"
        link = Markup('<a href="/m/%s/%s">%s</a>') % (record.module, record.id, label)
        text = self._comments.text(record) if self._comments is not None and kind == "added" else _NOTHING
        body = Markup('<div class="fs-prose">%s</div>') % text if text else _NOTHING
        line = _line(words, who=_bold(self._via(via) if via else name), module=module.noun, record=link)
        return self._event(at, sign=_sign(icon, hue), line=line, body=body)

    def _entry(self, entry: HistoryEntry) -> Event:
        if entry.kind == "updated" and entry.changes:
            event = self._update(entry)
            return replace(event, undo=entry.id) if self._undoable else event
        if entry.kind == "deleted" and any(change.field == MERGED_INTO for change in entry.changes):
            line = _line(gettext("%(who)s merged it into %(record)s"), who=self._who(entry), record=self._linked(entry))
            return self._event(entry.at, sign=_sign("intersect", "violet"), line=line)
        if entry.kind == MAILED:
            subject = next((change.new for change in entry.changes if change.field == MAILED), "")
            line = _line(gettext("%(who)s sent the e-mail %(subject)s"), who=self._who(entry), subject=_bold(subject))
            return self._event(entry.at, sign=_sign("envelope", "blue"), line=line)
        words, icon, hue = {
            "created": (gettext("%(who)s created this %(module)s"), "plus-lg", "green"),
            "deleted": (gettext("%(who)s moved it to the recycle bin"), "trash3", "red"),
            "restored": (gettext("%(who)s took it out of the recycle bin"), "arrow-counterclockwise", "green"),
            "linked": (gettext("%(who)s linked %(record)s"), "link-45deg", "gray"),
            "unlinked": (gettext("%(who)s removed the link to %(record)s"), "link-45deg", "gray"),
            "shared": (gettext("%(who)s shared it"), "share", "gray"),
            "unshared": (gettext("%(who)s no longer shares it"), "share", "gray"),
        }.get(entry.kind, (gettext("%(who)s changed it"), "pencil", "gray"))
        return self._event(
            entry.at,
            sign=_sign(icon, hue),
            line=_line(words, who=self._who(entry), module=self._module.noun, record=self._linked(entry)),
        )

    def _update(self, entry: HistoryEntry) -> Event:
        stage = self._module.stage
        changes = [(field, change) for change in entry.changes if (field := self._module.find(change.field))]
        if stage is not None and len(changes) == 1 and changes[0][0].name == stage.name:
            change = changes[0][1]
            line = _line(
                gettext("%(who)s moved %(field)s from %(old)s to %(new)s"),
                who=self._who(entry),
                field=stage.label,
                old=self._shower.change(stage, change.old),
                new=Markup("<b>%s</b>") % self._shower.change(stage, change.new),
            )
            return self._event(entry.at, sign=_sign("arrow-right", "amber"), line=line)
        if len(changes) == 1:
            field, change = changes[0]
            line = _line(
                gettext("%(who)s changed %(field)s from %(old)s to %(new)s"),
                who=self._who(entry),
                field=field.label,
                old=self._shower.change(field, change.old),
                new=Markup("<b>%s</b>") % self._shower.change(field, change.new),
            )
            return self._event(entry.at, sign=self._update_sign(entry), line=line)
        lines = [
            Markup("<li>%s: %s → <b>%s</b></li>")
            % (field.label, self._shower.change(field, change.old), self._shower.change(field, change.new))
            for field, change in changes[:_SHOWN_CHANGES]
        ]
        if len(changes) > _SHOWN_CHANGES:
            left = len(changes) - _SHOWN_CHANGES
            lines.append(Markup("<li>%s</li>") % ngettext("and %(num)d more", "and %(num)d more", left))
        return self._event(
            entry.at,
            sign=self._update_sign(entry),
            line=_line(
                ngettext(
                    "%(who)s changed %(num)s field", "%(who)s changed %(num)s fields", len(changes), who="%(who)s"
                ),
                who=self._who(entry),
            ),
            body=Markup('<ul class="fs-changes">%s</ul>') % Markup("").join(lines),
        )

    def _linked(self, entry: HistoryEntry) -> Markup:
        """The other ends of the links that were made or undone."""
        ends = [end for change in entry.changes for end in (change.old, change.new) if isinstance(end, RecordRef)]
        return Markup(", ").join(Markup(self._shower.record_link(end.module, end.id)) for end in ends)

    def _update_sign(self, entry: HistoryEntry) -> Markup:
        return _sign("lightning-charge", "violet") if _through(entry) else _sign("pencil", "gray")

    def _who(self, entry: HistoryEntry) -> Markup:
        """The person, or the workflow or import that acted for somebody."""
        via = _through(entry)
        who = _bold(self._via(via) if via else entry.by_label or gettext("The system"))
        if not entry.acting_label:
            return who
        return _line(gettext("%(who)s (by %(administrator)s)"), who=who, administrator=_bold(entry.acting_label))

    def _via(self, via: str) -> str:
        kind, _, name = via.partition(":")
        if kind == "workflow":
            module, _, workflow = name.rpartition(".")
            found = self._module.model.workflows.get(module or self._module.name, {}).get(workflow)
            key = f"workflow.{module or self._module.name}.{workflow}"
            label = self._module.model.text(key, self._shower.language, found.label) if found else name
            return gettext("Workflow %(name)s", name=label)
        if kind == "import":
            return gettext("An import")
        if kind == "hand_over":
            return gettext("A hand-over")
        if kind == "revision":
            return gettext("Revision %(number)s of the setup", number=name)
        return name or via

    def _event(
        self, at: datetime, *, sign: Markup, line: Markup, body: Markup = _NOTHING, comment: CommentView | None = None
    ) -> Event:
        return Event(
            at=at,
            time=times.clock(at, self._shower.zone),
            title=times.full_moment(at, self._shower.zone, self._shower.language, self._shower.date_format),
            sign=sign,
            line=line,
            body=body,
            comment=comment,
        )


def _through(entry: HistoryEntry) -> str:
    return _acted(entry.via)


def _acted(via: str) -> str:
    """The workflow or import that acted; "" for people, whoever acted in their name and to however many records."""
    return " ".join(word for word in without_impersonator(via).split(" ") if not word.startswith(("mass:", "merge:")))


def _line(words: str, **parts: object) -> Markup:
    """A translated sentence with parts that are HTML already, or are escaped."""
    return Markup(escape(words)) % parts


def _bold(text: str) -> Markup:
    return Markup("<b>%s</b>") % text


def _sign(icon: str, hue: str) -> Markup:
    return Markup(f'<span class="fs-event-icon fs-{hue}"><i class="bi bi-{icon}" aria-hidden="true"></i></span>')
