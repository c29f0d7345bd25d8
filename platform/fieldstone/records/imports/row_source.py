"""Rows of a file, some at a time; what could not be used yet is given back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from fieldstone.records.imports.csv_file import CsvRow


class RowSource:
    def __init__(self, rows: Iterator[CsvRow]) -> None:
        self._rows = rows
        self._back: list[CsvRow] = []

    def take(self, count: int) -> list[CsvRow]:
        """At most `count` rows; [] at the end."""
        taken, self._back = self._back[:count], self._back[count:]
        return taken + list(islice(self._rows, count - len(taken)))

    def give_back(self, rows: Sequence[CsvRow]) -> None:
        """They come again next, before all others."""
        self._back[:0] = rows
