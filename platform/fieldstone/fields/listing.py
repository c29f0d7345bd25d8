"""Lists of short texts as one stored text, so that both databases find an item with LIKE."""

from __future__ import annotations

from collections.abc import Iterable

_MARK = "\x1f"


def store_list(items: Iterable[str] | None) -> str | None:
    """("a", "b") → "\\x1fa\\x1fb\\x1f". Items hold no control characters."""
    return f"{_MARK}{_MARK.join(items)}{_MARK}" if items else None


def load_list(stored: str | None) -> tuple[str, ...] | None:
    return tuple(stored[1:-1].split(_MARK)) if stored else None


def show_list(items: Iterable[str], language: str) -> str:
    return ("、" if language.startswith("zh") else ", ").join(items)
