"""Places of entries (`after:`) when the entries they name have gone."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any


def keep_places(
    patch: Mapping[str, Any], now: Mapping[str, Any], then: Mapping[str, Any], order: Sequence[str]
) -> dict[str, Any]:
    """The entries of a patch with places that exist over `now`.

    `order` is the order that `then` and the patch before gave. A place that has gone is replaced by its nearest
    predecessor that is still there. Entries of `then` that only the patch keeps stay where they were.
    """
    there = {key for key in now if patch.get(key, "") is not None} | {
        key for key, value in patch.items() if value is not None
    }
    placed = {}
    for key, value in patch.items():
        if isinstance(value, dict):
            after = value.get("after")
            if isinstance(after, str) and after and after not in there:
                value = {**value, "after": _predecessor(after, key, order, there)}
            elif after is None and key in then and key not in now:
                value = {**value, "after": _predecessor(key, key, order, there)}
        placed[key] = value
    return placed


def _predecessor(gone: str, key: str, order: Sequence[str], there: Collection[str]) -> str:
    """ "" when there is none: the entry comes first."""
    earlier = order[: order.index(gone)] if gone in order else ()
    return next((name for name in reversed(earlier) if name in there and name != key), "")
