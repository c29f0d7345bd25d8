"""The activity of a record: its comments and its history as one list, by day, newest first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup, escape

from fieldstone.fields.values import RecordRef
from fieldstone.kernel.actors import without_impersonator
from fieldstone.records.history import HistoryEntry
from fieldstone.records.query_types import Record
from fieldstone.web import times
from fieldstone.web.described import DescribedModule
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


@dataclass(frozen=True, kw_only=True)
class Day:
    label: str
    events: Sequence[Event]


class Timeline:
    def __init__(self, module: DescribedModule, shower: Shower) -> None:
        self._module = module
        self._shower = shower

    def days(self, entries: Iterable[HistoryEntry], comments: Iterable[Record]) -> list[Day]:
        events = [*map(self._entry, entries), *map(self._comment, comments)]
        events.sort(key=lambda event: event.at, reverse=True)
        days: dict[str, list[Event]] = {}
        for event in events:
            day = times.local(event.at, self._shower.zone).date()
            label = times.day_heading(day, self._shower.today, self._shower.language)
            days.setdefault(label, []).append(event)
        return [Day(label=label, events=found) for label, found in days.items()]

    def _comment(self, comment: Record) -> Event:
        author = comment.values.get("created_by") or 0
        name = self._shower.labels.get(("principal", author)) or gettext("Unknown")
        return self._event(
            comment.values["created_at"],
            sign=avatar(author, name, extra="is-lg"),
            line=_line(gettext("%(who)s commented"), who=_bold(name)),
            body=Markup('<span class="fs-lines">%s</span>') % (comment.values.get("text") or ""),
        )

    def _entry(self, entry: HistoryEntry) -> Event:
        if entry.kind == "updated" and entry.changes:
            return self._update(entry)
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

    def _event(self, at: datetime, *, sign: Markup, line: Markup, body: Markup = _NOTHING) -> Event:
        return Event(
            at=at,
            time=times.clock(at, self._shower.zone),
            title=times.full_moment(at, self._shower.zone, self._shower.language, self._shower.date_format),
            sign=sign,
            line=line,
            body=body,
        )


def _through(entry: HistoryEntry) -> str:
    """The workflow or import that acted; "" for people, whoever acted in their name and to however many records."""
    words = without_impersonator(entry.via).split(" ")
    return " ".join(word for word in words if not word.startswith("mass:"))


def _line(words: str, **parts: object) -> Markup:
    """A translated sentence with parts that are HTML already, or are escaped."""
    return Markup(escape(words)) % parts


def _bold(text: str) -> Markup:
    return Markup("<b>%s</b>") % text


def _sign(icon: str, hue: str) -> Markup:
    return Markup(f'<span class="fs-event-icon fs-{hue}"><i class="bi bi-{icon}" aria-hidden="true"></i></span>')
