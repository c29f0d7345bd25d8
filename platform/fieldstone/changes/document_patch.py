"""The smallest patch of a document that makes the layers say what is wanted, in the order that is wanted."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any

from fieldstone.changes.upgrade.documents import REMOVED
from fieldstone.changes.upgrade.patches import ABSENT, Absence, overlay, same
from fieldstone.changes.upgrade.structure import Steps, holds_entries, is_container
from fieldstone.metadata.documents import WHOLE, DocumentKind

Plain = dict[str, Any]


def find_patch(
    kind: DocumentKind, name: str, below: Plain, before: Plain, wanted: Plain | None, said: Plain
) -> Plain | None:
    """What the site is to say in the document `name`, None: nothing. All are plain data.

    `below` is what the lower layers say, `before` what all say now, `said` the site's patch now, `wanted` what all
    are to say (None: the document is gone). Where `before` and `wanted` agree the site's lines stay as they are,
    elsewhere no line says what `below` says already.
    """
    naming = {} if kind.file else {kind.key: name}
    if wanted is None:
        if not below:
            return None
        return {**naming, REMOVED: True} if kind in WHOLE else {**dict.fromkeys(below), **naming}
    was_removed = kind in WHOLE and said.get(REMOVED) is True
    lines = {key: value for key, value in said.items() if key != REMOVED}
    found = _Patch(kind).find((), below, {} if was_removed else before, wanted, {} if was_removed else lines)
    patch = found if isinstance(found, dict) else {}
    if naming.items() <= patch.items():
        patch = {key: value for key, value in patch.items() if key not in naming}
    return {**naming, **patch} if patch else None


class _Patch:
    def __init__(self, kind: DocumentKind) -> None:
        self._kind = kind

    def find(self, steps: Steps, below: Any, before: Any, wanted: Any, said: Any) -> Any:
        if same(before, wanted) and _same_order(before, wanted):
            return said
        if wanted is ABSENT:
            return ABSENT if below is ABSENT else None
        if not isinstance(wanted, dict):
            return ABSENT if same(below, wanted) else wanted
        lines = _mapping(said)
        lower = _mapping(below)
        now = _mapping(before) if isinstance(said, dict) else lower
        made: Plain = {}
        for key in dict.fromkeys((*lines, *wanted, *lower)):
            if key == "after" and key not in wanted:
                continue
            found = self.find(
                (*steps, key),
                lower.get(key, ABSENT),
                now.get(key, ABSENT),
                wanted.get(key, ABSENT),
                lines.get(key, ABSENT),
            )
            if found is not ABSENT:
                made[key] = found
        if holds_entries(self._kind, steps):
            made = self._placed(steps, lower, now, wanted, made)
        if not made and (isinstance(below, dict) or is_container(self._kind, steps)):
            return ABSENT
        return self._with_place(steps, made, lines)

    def _with_place(self, steps: Steps, made: Plain, lines: Plain) -> Plain:
        """An entry keeps its place until those around it are placed."""
        if "after" in lines and "after" not in made and steps and holds_entries(self._kind, steps[:-1]):
            return {**made, "after": lines["after"]}
        return made

    def _placed(self, steps: Steps, below: Plain, before: Plain, wanted: Plain, made: Plain) -> Plain:
        """The entries with `after:` where the order asks for it."""
        if list(before) == list(wanted) == list(overlay(self._kind, steps, below, made)):
            return made
        bare = {key: _without_place(line) for key, line in made.items()}
        bare = {key: line for key, line in bare.items() if line != {} or key not in below}
        order = list(wanted)
        natural = list(overlay(self._kind, steps, below, _in_order(bare, order)))
        moved = _moved(natural, order)
        placed = _in_order(bare, order)
        for key in moved:
            position = order.index(key)
            placed[key] = {**_entry(placed.get(key, {})), "after": order[position - 1] if position else ""}
        return _in_order(placed, order)


def _moved(natural: Sequence[str], wanted: Sequence[str]) -> list[str]:
    """The fewest keys that have to be put elsewhere to get from one order to the other, in the order wanted."""
    places = {key: place for place, key in enumerate(wanted)}
    ends: list[int] = []
    tails: list[int] = []
    before: list[int] = []
    row = [places[key] for key in natural]
    for index, place in enumerate(row):
        length = bisect_left(ends, place)
        before.append(tails[length - 1] if length else -1)
        ends[length:] = [place, *ends[length + 1 :]]
        tails[length:] = [index, *tails[length + 1 :]]
    stays: set[str] = set()
    index = tails[-1] if tails else -1
    while index >= 0:
        stays.add(natural[index])
        index = before[index]
    return [key for key in wanted if key not in stays]


def _in_order(lines: Plain, order: Sequence[str]) -> Plain:
    gone = [key for key in lines if key not in order]
    return {key: lines[key] for key in (*(key for key in order if key in lines), *gone)}


def _entry(line: Any) -> Plain:
    """A value of a picklist may be written as just its label."""
    return line if isinstance(line, dict) else {"label": line}


def _without_place(line: Any) -> Any:
    return {key: value for key, value in line.items() if key != "after"} if isinstance(line, dict) else line


def _mapping(value: Any | Absence) -> Plain:
    return value if isinstance(value, dict) else {}


def _same_order(left: Any, right: Any) -> bool:
    """Of equal data: whether the keys come in the same order too, all the way down."""
    if not isinstance(left, dict) or not isinstance(right, dict):
        return True
    return list(left) == list(right) and all(_same_order(value, right[key]) for key, value in left.items())
