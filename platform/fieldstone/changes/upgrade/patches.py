"""Patches as plain data: laying one over a base, and finding the one that gives a wanted result."""

from __future__ import annotations

from enum import Enum
from typing import Any

from fieldstone.changes.upgrade.structure import Steps, holds_entries, is_place
from fieldstone.metadata.documents import DocumentKind


class Absence(Enum):
    """Nothing stands there. None cannot say it: in a patch it removes."""

    ABSENT = "absent"


ABSENT = Absence.ABSENT


def same(left: Any, right: Any) -> bool:
    """Equal as documents: true is not 1, the order of a mapping does not count."""
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(value, right[key]) for key, value in left.items())
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    return isinstance(left, bool) == isinstance(right, bool) and bool(left == right)


def overlay(kind: DocumentKind, steps: Steps, base: Any, patch: Any) -> Any:
    """What `metadata.merge` makes of a patch over a base at a path of a document; each may be ABSENT."""
    if patch is ABSENT:
        return base
    if patch is None:
        return ABSENT
    if not isinstance(patch, dict):
        return patch
    merged = dict(base) if isinstance(base, dict) else {}
    places: dict[str, str] = {}
    named = holds_entries(kind, steps)
    for key, value in patch.items():
        if is_place(kind, (*steps, key)):
            continue
        if named and isinstance(value, dict) and "after" in value:
            places[key] = str(value["after"])
        laid = overlay(kind, (*steps, key), merged.get(key, ABSENT), value)
        if laid is ABSENT:
            merged.pop(key, None)
        else:
            merged[key] = laid
    for key, after in places.items():
        merged = _moved(merged, key, after)
    return merged


def hold(base: Any, wanted: Any, patch: Any) -> Any:
    """The patch that gives `wanted` over `base`, with the lines that `patch` says already. ABSENT when none is
    needed. What `base` has and `wanted` has not is removed with null; places (`after`) of `patch` stay."""
    if wanted is ABSENT:
        return None if base is not ABSENT else ABSENT
    if not isinstance(wanted, dict) or not isinstance(base, dict):
        return _with_place(wanted, patch)
    said = patch if isinstance(patch, dict) else {}
    made: dict[str, Any] = {}
    for key in (*said, *(key for key in wanted if key not in said), *(key for key in base if key not in wanted)):
        if key in made:
            continue
        line, below = said.get(key, ABSENT), base.get(key, ABSENT)
        if key == "after" and key not in wanted and line is not ABSENT:
            made[key] = line
        elif key in said and key in wanted and not isinstance(wanted[key], dict):
            made[key] = wanted[key]
        elif key in said or not same(below, wanted.get(key, ABSENT)):
            found = hold(below, wanted.get(key, ABSENT), line)
            if found is not ABSENT:
                made[key] = found
    return made


def _with_place(wanted: Any, patch: Any) -> Any:
    if isinstance(wanted, dict) and isinstance(patch, dict) and "after" in patch and "after" not in wanted:
        return {**wanted, "after": patch["after"]}
    return wanted


def _moved(entries: dict[str, Any], key: str, after: str) -> dict[str, Any]:
    if after == key or (after and after not in entries):
        return entries
    order = [name for name in entries if name != key]
    order.insert(order.index(after) + 1 if after else 0, key)
    return {name: entries[name] for name in order}
