"""The known names closest to a misspelt one, for the hints of diagnostics."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

SHOWN = 6


def nearest(name: str, known: Iterable[str]) -> str:
    """Known names, the most similar first, as one text for a hint; a dash when there are none."""
    names = list(dict.fromkeys(known))
    close = get_close_matches(name, names, n=3, cutoff=0.5)
    if close:
        return ", ".join(close)
    more = ", …" if len(names) > SHOWN else ""
    return (", ".join(names[:SHOWN]) + more) or "—"
