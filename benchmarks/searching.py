"""Finding by words in a large module: hit and miss, rare and common."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from benchmarks.clock import side_by_side
from benchmarks.figure import Figure
from benchmarks.filling import COMMON, RARE, REPRESENTATIVE
from benchmarks.scale import Scale
from benchmarks.stage import Stage

_SEARCHES = (("common word", COMMON), ("rare word", RARE), ("two words", "river cop"), ("miss", "nothinglikeit"))


def measure(site: Stage, scale: Scale, records: int) -> Iterator[Figure]:
    """On a site filled with `records` opportunities."""
    token = site.site.accounts.add_token(REPRESENTATIVE, label="benchmark").secret
    works = {name: partial(site.get, f"/search?q={text}") for name, text in _SEARCHES}
    works["common word, row rules"] = partial(site.get, f"/search?q={COMMON}", token)
    for name, times in side_by_side(works, rounds=scale.rounds).items():
        yield Figure(
            name=f"search, {name}, {records:,}, {site.dialect}", value=times.p50, bar=100, note=f"p95 {times.p95:.1f}"
        )
