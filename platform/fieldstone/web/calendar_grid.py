"""Where entries stand: bars in the rows of a week, and slots side by side in the hours of a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from fieldstone.web.calendar_entries import Entry

QUARTERS = 96
"""Of an hour, in a day: the steps of the time grid."""

COLUMNS = 12
"""Of a day in the time grid; slots side by side share them."""

_MOST_BESIDE = 6


@dataclass(frozen=True, kw_only=True)
class Bar:
    """An entry in a week: from day `column` (1 to 7) over `span` days, in `row` (1 is the first)."""

    entry: Entry
    column: int
    span: int
    row: int
    before: bool
    after: bool


@dataclass(frozen=True, kw_only=True)
class Slot:
    """An entry in a day: from quarter `top` to before `bottom`, in `width` of 12 columns from `column` (1 to 12)."""

    entry: Entry
    top: int
    bottom: int
    column: int
    width: int
    before: bool
    after: bool


def bars(days: Sequence[date], entries: Sequence[Entry], rows: int) -> tuple[list[Bar], list[int]]:
    """The bars that fit into so many rows, and how many entries of each day did not."""
    found: list[Bar] = []
    hidden = [0] * len(days)
    taken: list[list[bool]] = []
    for entry in sorted(entries, key=_order):
        if entry.last < days[0] or entry.first > days[-1]:
            continue
        first = max(0, (entry.first - days[0]).days)
        last = min(len(days) - 1, (entry.last - days[0]).days)
        row = next((place for place, line in enumerate(taken) if not any(line[first : last + 1])), len(taken))
        if row == len(taken):
            taken.append([False] * len(days))
        taken[row][first : last + 1] = [True] * (last - first + 1)
        if row >= rows:
            for day in range(first, last + 1):
                hidden[day] += 1
            continue
        found.append(
            Bar(
                entry=entry,
                column=first + 1,
                span=last - first + 1,
                row=row + 1,
                before=entry.first < days[0],
                after=entry.last > days[-1],
            )
        )
    return found, hidden


def slots(day: date, entries: Sequence[Entry]) -> list[Slot]:
    """The timed entries of a day. Those that overlap stand side by side."""
    cut = [_cut(day, entry) for entry in sorted(entries, key=_order) if entry.first <= day <= entry.last]
    groups: list[list[tuple[Entry, int, int]]] = []
    until = 0
    for entry, top, bottom in sorted(cut, key=lambda item: (item[1], -item[2])):
        if not groups or top >= until:
            groups.append([])
            until = 0
        groups[-1].append((entry, top, bottom))
        until = max(until, bottom)
    return [slot for group in groups for slot in _beside(day, group)]


def _beside(day: date, group: Sequence[tuple[Entry, int, int]]) -> list[Slot]:
    ends: list[int] = []
    places = []
    for _entry, top, bottom in group:
        column = next((place for place, end in enumerate(ends) if end <= top), len(ends))
        if column == len(ends):
            ends.append(0)
        ends[column] = bottom
        places.append(column)
    beside = min(len(ends), _MOST_BESIDE)
    width = COLUMNS // beside
    return [
        Slot(
            entry=entry,
            top=top,
            bottom=bottom,
            column=min(place, beside - 1) * width + 1,
            width=width,
            before=entry.first < day,
            after=entry.last > day,
        )
        for (entry, top, bottom), place in zip(group, places, strict=True)
    ]


def _cut(day: date, entry: Entry) -> tuple[Entry, int, int]:
    """An entry with the quarters it takes of a day: two at least, so that it can be read."""
    assert entry.start is not None
    assert entry.end is not None
    top = _quarter(day, entry.start)
    bottom = _quarter(day, entry.end + timedelta(minutes=14))
    top = min(top, QUARTERS - 2)
    return entry, top, min(QUARTERS, max(bottom, top + 2))


def _quarter(day: date, moment: datetime) -> int:
    minutes = int((moment - datetime.combine(day, time())).total_seconds() // 60)
    return max(0, min(QUARTERS, minutes // 15))


def _order(entry: Entry) -> tuple[date, int, datetime, str, int]:
    """Longer ones first, then by the clock."""
    return entry.first, -(entry.last - entry.first).days, entry.start or datetime.min, entry.module, entry.id
