"""What the index is asked, in the words of each database. Every token is quoted; none can end the quotes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fieldstone.records.search.index import module_token, owner_token
from fieldstone.records.search.tokens import Term


@dataclass(frozen=True, slots=True)
class Reach:
    """`modules` (identities) whose records are all within reach, and those of which only the records of
    `owners` are. `complete`: nothing is out of reach, so that nothing has to be asked."""

    modules: tuple[str, ...]
    owned: tuple[str, ...] = ()
    owners: tuple[int, ...] = ()
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
    ways = [_quoted(module_token(identity), quote) for identity in reach.modules]
    if reach.owned:
        owned = either.join(_quoted(module_token(identity), quote) for identity in reach.owned)
        if len(reach.owners) <= MOST_OWNERS:
            owners = either.join(_quoted(owner_token(principal), quote) for principal in reach.owners)
            owned = f"({owned}){both}({owners})"
        ways.append(f"({owned})")
    return [f"({either.join(ways)})"]


def _quoted(token: str, quote: str) -> str:
    return quote + token.replace("\\", "\\\\").replace(quote, quote * 2) + quote
