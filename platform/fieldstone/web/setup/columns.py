"""Columns of the lists of Setup, and how their values look."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from markupsafe import Markup, escape

from fieldstone.web import times
from fieldstone.web.current import current_actor
from fieldstone.web.i18n import gettext
from fieldstone.web.persons import person

EMPTY = "—"
_DEEPEST = 5

Show = Callable[[Any], object]


@dataclass(frozen=True, kw_only=True)
class Column:
    """`slot` is title, sub, figure, status, person, date or extra, as in every list; `show` gives text or markup
    of a row; `key` is what the rows are sorted by, None where they are not."""

    name: str
    label: object
    show: Show
    slot: str = "extra"
    width: str = ""
    key: Callable[[Any], Any] | None = None

    @property
    def classes(self) -> str:
        return f"is-{self.slot} {self.width}".rstrip()


def moment(value: datetime | None, *, empty: str = EMPTY) -> Markup:
    """Short, with the whole of it as title."""
    if value is None:
        return escape(empty)
    actor = current_actor()
    today = times.today_in(actor.zone)
    full = times.full_moment(value, actor.zone, actor.language)
    there = times.local(value, actor.zone)
    short = times.short_moment(value, actor.zone, today, actor.language)
    if there.date() != today:
        short = f"{short} {there:%H:%M}"
    stamp = value.astimezone(UTC).isoformat()
    return Markup('<time datetime="{}" title="{}">{}</time>').format(stamp, full, short)


def full_moment(value: datetime | None, *, empty: str = EMPTY) -> str:
    actor = current_actor()
    return empty if value is None else times.full_moment(value, actor.zone, actor.language)


def badge(text: object, hue: str = "gray", icon: str = "") -> Markup:
    """The state of a thing: a word, and an icon where the hue alone would say something."""
    sign = Markup('<i class="bi bi-{}" aria-hidden="true"></i>').format(icon) if icon else ""
    return Markup('<span class="fs-badge fs-{}">{}{}</span>').format(hue, sign, text)


def tags(texts: list[str] | tuple[str, ...]) -> Markup:
    if not texts:
        return escape(EMPTY)
    return Markup(" ").join(Markup('<span class="fs-tag">{}</span>').format(text) for text in texts)


def branch(depth: int, shown: Markup) -> Markup:
    """A thing at its place in a tree; what is deeper than five levels stands at the fifth."""
    sign = Markup('<i class="bi bi-arrow-return-right fs-quiet" aria-hidden="true"></i>') if depth else ""
    return Markup('<span class="fs-tree fs-depth-{}">{}{}</span>').format(min(depth, _DEEPEST), sign, shown)


def link(url: str, text: object) -> Markup:
    return Markup('<a href="{}">{}</a>').format(url, text)


def someone(user_id: int | None, names: dict[int, str]) -> Markup:
    """A person by id; the system without one."""
    if user_id is None:
        return Markup('<span class="fs-quiet">{}</span>').format(gettext("The system"))
    name = names.get(user_id)
    return person(user_id, name) if name else Markup('<span class="fs-quiet">#{}</span>').format(user_id)


def mono(text: object) -> Markup:
    return Markup('<span class="fs-mono">{}</span>').format(text)
