"""What pages weigh on the wire, compressed; beside what they weigh as they are."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Mapping

from benchmarks.figure import Figure
from benchmarks.stage import Stage

LIMIT = 100
"""Kilobytes that any page of every day may weigh, once the static files are there."""


def weigh(site: Stage, pages: Mapping[str, str], place: str) -> Iterator[Figure]:
    """`pages`: name → path. After `log_in`."""
    for name, path in pages.items():
        body = site.page(path).encode()
        packed = len(gzip.compress(body, 6)) / 1000
        plain = f"{len(body) / 1000:,.0f} KB as it is"
        yield Figure(name=f"weight of the {name}, {place}", value=packed, unit="KB", bar=LIMIT, note=plain)
