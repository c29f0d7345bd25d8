"""One document merged three ways: what the base said then, what it says now, what the site patches."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from fieldstone.changes.upgrade.documents import REMOVED
from fieldstone.changes.upgrade.lists import contains_change
from fieldstone.changes.upgrade.patches import ABSENT, hold, overlay, same
from fieldstone.changes.upgrade.placing import keep_places
from fieldstone.changes.upgrade.structure import Steps, holds_entries, is_container, is_field, is_place
from fieldstone.changes.upgrade.typed_fields import is_of_one_piece
from fieldstone.metadata.addresses import Address
from fieldstone.metadata.conflict import Conflict
from fieldstone.metadata.documents import WHOLE, DocumentKind


class DocumentMerge:
    """`held` are paths at which what was in force before stays, whatever the base says now. After `merge`,
    `conflicts` has what both changed. Values are plain data, or ABSENT."""

    def __init__(self, kind: DocumentKind, name: str, held: Collection[Steps] = ()) -> None:
        self.conflicts: list[Conflict] = []
        self._kind = kind
        self._name = name
        self._held = held

    def merge(self, then: Any, now: Any, patch: Any) -> Any:
        """The patch of the site upon `now`; the very one that was given when nothing is to be done."""
        merged = self._merge((), then, now, patch)
        if not isinstance(merged, dict):
            return merged
        naming = {} if self._kind.file else {self._kind.key: self._name}
        made = {**naming, **merged}
        return ABSENT if made == naming and not same(made, patch) else made

    def _merge(self, steps: Steps, then: Any, now: Any, patch: Any) -> Any:
        if steps in self._held and not same(then, now):
            return self._keep(steps, then, now, patch)
        if same(then, now) or is_place(self._kind, steps) or self._is_name(steps):
            return patch
        if patch is ABSENT:
            return self._merge_mapping(steps, then, now, {}) or ABSENT if self._holds_below(steps) else ABSENT
        if patch is None:
            return self._merge_removal(steps, then, now)
        if isinstance(patch, dict):
            return self._merge_patch(steps, then, now, patch)
        if not self._agrees(then, now, patch):
            self._report(steps, then, now, patch)
        return patch

    def _merge_removal(self, steps: Steps, then: Any, now: Any) -> Any:
        if now is ABSENT:
            return ABSENT
        self._report(steps, then, now, None)
        return None

    def _merge_patch(self, steps: Steps, then: Any, now: Any, patch: dict[str, Any]) -> Any:
        if not steps and self._kind in WHOLE and patch.get(REMOVED) is True:
            return patch if self._merge_removal(steps, then, now) is None else ABSENT
        if is_container(self._kind, steps):
            return self._merge_mapping(steps, then, now, patch) or ABSENT
        if not isinstance(then, dict) or not isinstance(now, dict):
            return self._keep(steps, then, now, patch)
        if is_field(self._kind, steps) and is_of_one_piece(then, now, patch):
            return self._keep(steps, then, now, patch)
        return self._merge_mapping(steps, then, now, patch) or ABSENT

    def _merge_mapping(self, steps: Steps, then: Any, now: Any, patch: dict[str, Any]) -> dict[str, Any]:
        below, above = _mapping(then), _mapping(now)
        merged: dict[str, Any] = {}
        for key in dict.fromkeys((*patch, *self._held_keys(steps))):
            found = self._merge((*steps, key), below.get(key, ABSENT), above.get(key, ABSENT), patch.get(key, ABSENT))
            if found is not ABSENT:
                merged[key] = found
        if holds_entries(self._kind, steps):
            before = overlay(self._kind, steps, below, patch)
            return keep_places(merged, above, below, list(before))
        return merged

    def _keep(self, steps: Steps, then: Any, now: Any, patch: Any) -> Any:
        """What was in force before, whole."""
        wanted = overlay(self._kind, steps, then, patch)
        if not same(wanted, now):
            self._report(steps, then, now, patch)
        return hold(now, wanted, patch)

    def _agrees(self, then: Any, now: Any, patch: Any) -> bool:
        if isinstance(patch, list) and isinstance(now, list) and isinstance(then, list):
            return contains_change(then, now, patch)
        return same(now, patch)

    def _report(self, steps: Steps, then: Any, now: Any, patch: Any) -> None:
        address = Address(kind=self._kind, name=self._name, steps=steps)
        then, now, patch = (None if value is ABSENT else value for value in (then, now, patch))
        self.conflicts.append(Conflict(key=address.key, file=address.path, base_then=then, base_now=now, site=patch))

    def _is_name(self, steps: Steps) -> bool:
        """What the document is about, which it says again."""
        return not self._kind.file and steps == (self._kind.key,)

    def _holds_below(self, steps: Steps) -> bool:
        return any(held[: len(steps)] == steps for held in self._held)

    def _held_keys(self, steps: Steps) -> list[str]:
        depth = len(steps)
        return [held[depth] for held in self._held if len(held) > depth and held[:depth] == steps]


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
