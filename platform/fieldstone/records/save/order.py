"""The order in which new rows are inserted, so that foreign keys hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from fieldstone.records.changes import TempRef
from fieldstone.records.stages import SaveRow


@dataclass(kw_only=True)
class InsertOrder:
    """`rows`: those that others refer to first. `later`: references in a circle, which are set when all
    rows are there (row, field)."""

    rows: list[SaveRow] = field(default_factory=list)
    later: list[tuple[SaveRow, str]] = field(default_factory=list)


def order_inserts(rows: Sequence[SaveRow]) -> InsertOrder:
    """Only references within the changeset matter: all other targets are stored."""
    if not any(row.refers for row in rows):
        return InsertOrder(rows=list(rows))
    named = {row.change.ref: row for row in rows if row.change is not None and row.change.ref}
    order = InsertOrder()
    state: dict[int, str] = {}

    def targets(row: SaveRow) -> Iterator[tuple[str, SaveRow]]:
        for name, value in row.given.items():
            if isinstance(value, TempRef) and value.name in named:
                yield name, named[value.name]

    for first in rows:
        if id(first) in state:
            continue
        state[id(first)] = "open"
        waiting = [(first, targets(first))]
        while waiting:
            row, onward = waiting[-1]
            step = next(onward, None)
            if step is None:
                waiting.pop()
                state[id(row)] = "placed"
                order.rows.append(row)
            elif state.get(id(step[1])) == "open":
                order.later.append((row, step[0]))
            elif id(step[1]) not in state:
                state[id(step[1])] = "open"
                waiting.append((step[1], targets(step[1])))
    return order
