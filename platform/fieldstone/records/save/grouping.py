"""Rows by module, each group in the order of the changeset."""

from __future__ import annotations

from collections.abc import Iterable

from fieldstone.records.stages import SaveRow


def by_module(rows: Iterable[SaveRow]) -> dict[str, list[SaveRow]]:
    grouped: dict[str, list[SaveRow]] = {}
    for row in rows:
        grouped.setdefault(row.module, []).append(row)
    return grouped
