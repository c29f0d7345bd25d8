"""People as the pages show them: a hue that stays with the person, and initials."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup, escape

from fieldstone.kernel.folding import has_cjk

HUES = ("violet", "teal", "pink", "blue", "orange", "green", "cyan", "amber", "red", "gray")


@dataclass(frozen=True)
class Person:
    id: int
    name: str

    @property
    def hue(self) -> str:
        return HUES[self.id % len(HUES)]

    @property
    def initials(self) -> str:
        return initials(self.name)


def initials(name: str) -> str:
    """AS for Anna Snelling, one character in Chinese."""
    if has_cjk(name):
        return name[:1]
    words = [word for word in name.replace("-", " ").split() if word[0].isalnum()]
    if not words:
        return name[:1].upper() or "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def avatar(person_id: int, name: str, *, extra: str = "") -> Markup:
    hue = HUES[person_id % len(HUES)]
    classes = f"fs-avatar fs-{hue} {extra}".rstrip()
    return Markup(f'<span class="{classes}" aria-hidden="true">{escape(initials(name))}</span>')


def person(person_id: int, name: str) -> Markup:
    return Markup(f'<span class="fs-person">{avatar(person_id, name)}<span class="fs-cut">{escape(name)}</span></span>')
