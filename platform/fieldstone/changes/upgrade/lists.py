"""Lists that both sides changed: a list is replaced as a whole, its items can still be told apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fieldstone.changes.upgrade.patches import same


def merge_lists(then: Sequence[Any], now: Sequence[Any], site: Sequence[Any]) -> list[Any]:
    """The site's list in the site's order, without what the base took out of it, with what the base added: each
    behind the item it follows in `now`."""
    merged = [item for item in site if not (_has(then, item) and not _has(now, item))]
    for position, item in enumerate(now):
        if not _has(then, item) and not _has(merged, item):
            before = (_place(merged, each) for each in reversed(now[:position]) if _has(merged, each))
            merged.insert(next(before, -1) + 1, item)
    return merged


def contains_change(then: Sequence[Any], now: Sequence[Any], site: Sequence[Any]) -> bool:
    """Whether the site's list has all that the base changed: the items it added, none that it removed, and it
    did not put those that stayed in another order."""
    stayed = [item for item in then if _has(now, item)]
    is_in_order = same(stayed, [item for item in now if _has(then, item)])
    return is_in_order and same(merge_lists(then, now, site), list(site))


def _has(items: Sequence[Any], item: Any) -> bool:
    return any(same(each, item) for each in items)


def _place(items: Sequence[Any], item: Any) -> int:
    return next(place for place, each in enumerate(items) if same(each, item))
