"""How many records one unit of bulk work takes: as many as hold the write lock for a moment, so that nobody waits."""

from __future__ import annotations

FIRST_CHUNK = 100
LEAST_CHUNK, MOST_CHUNK = 20, 2_000
HOLD = 0.025
"""Seconds a chunk should hold the write lock."""


def next_size(size: int, rows: int, seconds: float) -> int:
    """A chunk that would take `HOLD`, growing and shrinking gradually, after one of `size` with `rows` in it."""
    if seconds <= 0 or rows < size:
        return size
    wanted = int(rows * HOLD / seconds)
    return max(LEAST_CHUNK, min(MOST_CHUNK, (size + wanted) // 2))
