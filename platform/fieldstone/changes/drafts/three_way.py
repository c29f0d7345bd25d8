"""One effective document changed by two people: merged key by key, with what both changed differently."""

from __future__ import annotations

from typing import Any

from fieldstone.changes.drafts.draft import Clash
from fieldstone.changes.upgrade.lists import merge_lists
from fieldstone.changes.upgrade.patches import ABSENT, same
from fieldstone.changes.upgrade.structure import Steps, holds_entries
from fieldstone.metadata.addresses import Address
from fieldstone.metadata.documents import DocumentKind


class DraftMerge:
    """After `merge`, `clashes` has what both changed; there mine counts. Values are plain data, or ABSENT."""

    def __init__(self, kind: DocumentKind, name: str) -> None:
        self.clashes: list[Clash] = []
        self._kind = kind
        self._name = name

    def merge(self, base: Any, theirs: Any, mine: Any) -> Any:
        return self._merge((), base, theirs, mine)

    def _merge(self, steps: Steps, base: Any, theirs: Any, mine: Any) -> Any:
        if isinstance(base, dict) and isinstance(theirs, dict) and isinstance(mine, dict):
            return self._merge_mappings(steps, base, theirs, mine)
        if same(base, theirs) or same(theirs, mine):
            return mine
        if same(base, mine):
            return theirs
        if isinstance(theirs, dict) and isinstance(mine, dict) and base is ABSENT:
            return self._merge_mappings(steps, {}, theirs, mine)
        if isinstance(base, list) and isinstance(theirs, list) and isinstance(mine, list):
            if _in_order(base, theirs):
                return merge_lists(base, theirs, mine)
            if _in_order(base, mine):
                return merge_lists(base, mine, theirs)
        self._report(steps, base, theirs, mine)
        return mine

    def _merge_mappings(
        self, steps: Steps, base: dict[str, Any], theirs: dict[str, Any], mine: dict[str, Any]
    ) -> dict[str, Any]:
        merged: dict[str, Any] = {}
        for key in _order(base, theirs, mine) if holds_entries(self._kind, steps) else {**theirs, **mine}:
            found = self._merge((*steps, key), base.get(key, ABSENT), theirs.get(key, ABSENT), mine.get(key, ABSENT))
            if found is not ABSENT:
                merged[key] = found
        return merged

    def _report(self, steps: Steps, base: Any, theirs: Any, mine: Any) -> None:
        address = Address(kind=self._kind, name=self._name, steps=steps)
        base, theirs, mine = (None if value is ABSENT else value for value in (base, theirs, mine))
        self.clashes.append(Clash(key=address.key, file=address.path, steps=steps, base=base, theirs=theirs, mine=mine))


def _order(base: dict[str, Any], theirs: dict[str, Any], mine: dict[str, Any]) -> list[str]:
    """Entries in my order where I changed it, in theirs otherwise; what only one of us has stands behind what it
    follows there."""
    kept = [key for key in base if key in mine]
    first, second = (theirs, mine) if [key for key in mine if key in base] == kept else (mine, theirs)
    merged = list(first)
    before = ""
    for key in second:
        if key not in first:
            merged.insert(merged.index(before) + 1 if before in merged else 0, key)
        before = key
    return merged


def _in_order(base: list[Any], changed: list[Any]) -> bool:
    """Whether what has stayed of a list has stayed in its order."""
    stayed = [item for item in base if any(same(item, each) for each in changed)]
    return same(stayed, [item for item in changed if any(same(item, each) for each in base)])
