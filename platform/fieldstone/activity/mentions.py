"""Mentions in texts: written as @username, kept as @[Name](user:5), so that they survive that people change names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

import sqlalchemy as sa

from fieldstone.storage.principals import principal, user

MENTION = re.compile(r"@\[([^\[\]\n]{1,200})\]\(user:(\d{1,18})\)")
# Chinese is written without blanks: what stands before or behind a name in it does not belong to the name.
_LATIN = re.compile(r"[A-Za-z0-9_.+\-]+")
_TYPED = re.compile(r"(?<![A-Za-z0-9_@/.+\-])@([^\W_][\w.+\-]{0,99}(?:@[\w.\-]{1,100})?)")


def mentioned(text: str | None) -> frozenset[int]:
    """The ids of the users that a stored text mentions."""
    return frozenset(int(found[2]) for found in MENTION.finditer(text or ""))


def resolve_mentions(conn: sa.Connection, texts: Iterable[str]) -> Callable[[str], str]:
    """What turns each of the texts into how it is kept: one query for all. A name that is nobody's stays as typed."""
    names = {name for text in texts for found in _TYPED.finditer(_apart(text)) for name in _candidates(found[1])}
    people = _people(conn, names)

    def stored(text: str) -> str:
        if not people:
            return text
        parts = MENTION.split(text)
        kept = [found[0] for found in MENTION.finditer(text)]
        plain = [_TYPED.sub(lambda found: _link(found, people), part) for part in parts[::3]]
        return "".join(piece + link for piece, link in zip(plain, [*kept, ""], strict=True))

    return stored


def typed_mentions(conn: sa.Connection, text: str) -> str:
    """A stored text as its author types it again."""
    ids = mentioned(text)
    if not ids:
        return text
    rows = conn.execute(sa.select(user.c.id, user.c.username).where(user.c.id.in_(sorted(ids))))
    names = {row.id: row.username for row in rows}
    return MENTION.sub(lambda found: f"@{names[int(found[2])]}" if int(found[2]) in names else found[0], text)


def plain_mentions(text: str) -> str:
    """A stored text for a mail or a line: @Name."""
    return MENTION.sub(r"@\1", text)


def _apart(text: str) -> str:
    return MENTION.sub(" ", text)


def _candidates(typed: str) -> list[str]:
    """What was typed may be a name followed by punctuation: the longest one first."""
    found = [typed]
    while found[-1] and found[-1][-1] in ".-_+@":
        found.append(found[-1][:-1])
    if "@" in found[-1]:
        found.append(found[-1].partition("@")[0])
    if latin := _LATIN.match(typed):
        found.append(latin[0].rstrip(".-_+"))
    return [name.lower() for name in found if name]


def _people(conn: sa.Connection, names: set[str]) -> Mapping[str, tuple[int, str]]:
    """User name in lower case → id and label."""
    if not names:
        return {}
    query = (
        sa.select(user.c.username, user.c.id, principal.c.label)
        .join(principal, principal.c.id == user.c.id)
        .where(sa.func.lower(user.c.username).in_(sorted(names)))
    )
    return {row.username.lower(): (row.id, row.label) for row in conn.execute(query)}


def _link(found: re.Match[str], people: Mapping[str, tuple[int, str]]) -> str:
    typed = found[1]
    for name in _candidates(typed):
        if name in people:
            user_id, label = people[name]
            shown = label.translate({ord("["): "(", ord("]"): ")", ord("\n"): " "})[:200]
            return f"@[{shown}](user:{user_id}){typed[len(name) :]}"
    return found[0]
