"""The difference of two texts, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

_AROUND = 3


@dataclass(frozen=True, kw_only=True)
class DiffRow:
    """A line of each text; number 0 and "" where there is none. `gap`: so many equal lines are left out."""

    left: tuple[int, str] = (0, "")
    right: tuple[int, str] = (0, "")
    changed: bool = False
    gap: int = 0


def side_by_side(before: str, after: str) -> list[DiffRow]:
    """Rows for what differs, with three equal lines around it; empty when nothing does."""
    old, new = before.splitlines(), after.splitlines()
    rows: list[DiffRow] = []
    blocks = SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes()
    if all(tag == "equal" for tag, *_ in blocks):
        return []
    for position, (tag, a1, a2, b1, b2) in enumerate(blocks):
        if tag != "equal":
            pairs = zip_longest(range(a1, a2), range(b1, b2))
            rows += [DiffRow(left=_line(old, a), right=_line(new, b), changed=True) for a, b in pairs]
            continue
        length = a2 - a1
        head = 0 if position == 0 else _AROUND
        tail = 0 if position == len(blocks) - 1 else _AROUND
        shown = range(length) if length <= head + tail + 1 else [*range(head), -1, *range(length - tail, length)]
        for offset in shown:
            if offset < 0:
                rows.append(DiffRow(gap=length - head - tail))
            else:
                rows.append(DiffRow(left=_line(old, a1 + offset), right=_line(new, b1 + offset)))
    return rows


def _line(lines: list[str], index: int | None) -> tuple[int, str]:
    return (0, "") if index is None else (index + 1, lines[index])


def count_lines(rows: list[DiffRow]) -> tuple[int, int]:
    """(added, removed)"""
    changed = [row for row in rows if row.changed]
    return sum(bool(row.right[0]) for row in changed), sum(bool(row.left[0]) for row in changed)
