"""How many records one unit of bulk work takes: as many as hold the write lock for a moment, so that nobody waits."""

from __future__ import annotations

FIRST_CHUNK = 100
LEAST_CHUNK, MOST_CHUNK = 20, 2_000
HOLD = 0.025
"""Seconds a chunk should hold the write lock."""

HOLD_OF_NEW = {"sqlite": HOLD, "postgresql": 0.05}
"""By dialect, of a chunk of new records: on PostgreSQL nobody waits for these, and what each chunk takes besides its
rows (its statements, its commit) is a quarter of a short one."""


def next_size(size: int, rows: int, seconds: float, hold: float = HOLD) -> int:
    """A chunk that would take `hold`, growing and shrinking gradually, after one of `size` with `rows` in it."""
    if seconds <= 0 or rows < size:
        return size
    wanted = int(rows * hold / seconds)
    return max(LEAST_CHUNK, min(MOST_CHUNK, (size + wanted) // 2))
