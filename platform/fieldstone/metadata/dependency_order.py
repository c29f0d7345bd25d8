"""Ordering things that read each other, and finding those that read themselves in a circle."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import TypeVar

T = TypeVar("T")


def rank_all(reads: Mapping[T, Set[T]]) -> dict[T, int]:
    """Thing → rank, higher than that of all it reads. Whatever takes part in a cycle, or reads from one,
    has none. Every thing read must be a key."""
    waiting = {thing: len(sources) for thing, sources in reads.items()}
    readers: dict[T, list[T]] = {}
    for thing, sources in reads.items():
        for source in sources:
            readers.setdefault(source, []).append(thing)
    ready = [thing for thing, count in waiting.items() if not count]
    rank = dict.fromkeys(ready, 0)
    while ready:
        source = ready.pop()
        for thing in readers.get(source, ()):
            rank_after = rank[source] + 1
            waiting[thing] -= 1
            rank[thing] = max(rank.get(thing, 0), rank_after)
            if not waiting[thing]:
                ready.append(thing)
    return {thing: place for thing, place in rank.items() if not waiting[thing]}


def find_cycles(reads: Mapping[T, Set[T]], ranked: Mapping[T, int]) -> tuple[tuple[T, ...], ...]:
    """One path for every group of things that read each other, each ending where it starts."""
    cycles: list[tuple[T, ...]] = []
    settled: set[T] = set(ranked)
    for start in reads:
        path: list[T] = []
        place: dict[T, int] = {}
        current: T | None = start
        while current is not None and current not in settled:
            if current in place:
                circle = path[place[current] :]
                cycles.append((*circle, current))
                break
            place[current] = len(path)
            path.append(current)
            # Whatever has no rank reads something without a rank: following any one leads into a circle.
            current = next((source for source in _in_order(reads, current) if source not in settled), None)
        settled.update(path)
    return tuple(cycles)


def _in_order(reads: Mapping[T, Set[T]], thing: T) -> list[T]:
    """What a thing reads, in a stable order, so that the same cycle is always told the same way."""
    return sorted(reads[thing], key=str)
