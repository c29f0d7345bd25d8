"""What the index is asked, in the words of each database. Every token is quoted; none can end the quotes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fieldstone.records.search.index import owner_token
from fieldstone.records.search.tokens import Term


@dataclass(frozen=True, slots=True)
class Owned:
    """Parts of which only the records of some owners are within reach."""

    parts: tuple[str, ...]
    owners: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Reach:
    """What may be found. `modules` are the identities of all that is searched, `parts` the tokens of what is within
    reach or has to be looked at record by record. `complete`: nothing is out of reach, so that nothing has to be
    asked."""

    modules: tuple[str, ...]
    parts: tuple[str, ...]
    owned: tuple[Owned, ...] = ()
    complete: bool = False


MOST_OWNERS = 100
"""Beyond this many, the owner is only looked at in the records found."""


def sqlite_match(terms: Sequence[Term], reach: Reach) -> str:
    """An FTS5 expression."""
    parts = [_quoted(term.token, '"') + ("*" if term.prefix else "") for term in terms]
    return " AND ".join([*parts, *_reach(reach, '"', " AND ", " OR ")])


def postgresql_match(terms: Sequence[Term], reach: Reach) -> str:
    """The text of a tsquery."""
    parts = [_quoted(term.token, "'") + (":*" if term.prefix else "") for term in terms]
    return " & ".join([*parts, *_reach(reach, "'", " & ", " | ")])


def _reach(reach: Reach, quote: str, both: str, either: str) -> list[str]:
    if reach.complete:
        return []
    ways = [_quoted(part, quote) for part in reach.parts]
    for owned in reach.owned:
        way = either.join(_quoted(part, quote) for part in owned.parts)
        if len(owned.owners) <= MOST_OWNERS:
            owners = either.join(_quoted(owner_token(principal), quote) for principal in owned.owners)
            way = f"({way}){both}({owners})"
        ways.append(f"({way})")
    return [f"({either.join(ways)})"]


def _quoted(token: str, quote: str) -> str:
    return quote + token.replace("\\", "\\\\").replace(quote, quote * 2) + quote
