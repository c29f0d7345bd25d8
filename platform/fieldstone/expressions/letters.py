"""Capitals and small letters, one for one, so that every database can change them exactly alike.

PostgreSQL's own lower() depends on how the server was built. Letters without a single counterpart
(ß in capitals) stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

_LAST = 0x20000
"""No letter beyond has a capital or small form."""


def lower(text: str) -> str:
    return text.lower() if text.isascii() else text.translate(_table(str.lower))


def upper(text: str) -> str:
    return text.upper() if text.isascii() else text.translate(_table(str.upper))


@cache
def counterparts(change: Callable[[str], str]) -> tuple[str, str]:
    """The letters that `change` (str.lower, str.upper, str.casefold) turns into one other letter, and those letters."""
    pairs = [(char, change(char)) for char in map(chr, range(_LAST)) if not char.isascii() or char.isalpha()]
    kept = [(char, other) for char, other in pairs if other != char and len(other) == 1]
    return "".join(char for char, _ in kept), "".join(other for _, other in kept)


@cache
def _table(change: Callable[[str], str]) -> dict[int, int]:
    return str.maketrans(*counterparts(change))
