"""`python -m benchmarks [--small] [--only NAME]`: every figure beside its bar and its comparison.

Nothing is written into the repository. The default takes about a quarter of an hour, `--small` two minutes.
"""

from __future__ import annotations

import argparse
import contextlib
import time
from collections.abc import Iterator

from benchmarks import access, changing, daily, importing, listing, searching, width
from benchmarks.figure import Figure, table
from benchmarks.filling import fill
from benchmarks.scale import FULL, SMALL, Scale
from benchmarks.stage import postgresql, stage

SUBJECTS = ("import", "list", "search", "daily", "width", "change", "access")
_DIALECTS = ("sqlite", "postgresql")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--small", action="store_true", help="smaller modules and files, two minutes")
    parser.add_argument("--only", choices=SUBJECTS, action="append", help="one subject; may be given several times")
    parser.add_argument("--database", choices=_DIALECTS, action="append", help="on this database only")
    chosen = parser.parse_args()
    scale = SMALL if chosen.small else FULL
    started = time.monotonic()
    figures = []
    for figure in _measure(scale, chosen.only or SUBJECTS, chosen.database or _DIALECTS):
        print(f"[{time.monotonic() - started:4.0f} s] {'  '.join(filter(None, figure.cells()))}", flush=True)
        figures.append(figure)
    print(f"\n{table(figures)}")


def _measure(scale: Scale, subjects: tuple[str, ...], dialects: tuple[str, ...]) -> Iterator[Figure]:
    if "width" in subjects:
        yield from width.measure(scale)
    with postgresql() if "postgresql" in dialects else contextlib.nullcontext() as server:
        for dialect in dialects:
            if "import" in subjects:
                yield from importing.measure(scale, dialect, server)
            if "daily" in subjects:
                with stage(dialect, server) as site:
                    fill(site, scale.daily_records)
                    yield from daily.measure(site, scale, scale.daily_records)
            if "change" in subjects:
                with stage(dialect, server) as site:
                    yield from changing.measure(site, scale.changing_records)
            if "access" in subjects:
                with stage(dialect, server) as site:
                    fill(site, scale.access_records)
                    yield from access.measure(site, scale, scale.access_records)
            if {"list", "search"}.intersection(subjects):
                with stage(dialect, server) as site:
                    fill(site, scale.list_records)
                    if "list" in subjects:
                        yield from listing.measure(site, scale, scale.list_records)
                    if "search" in subjects:
                        yield from searching.measure(site, scale, scale.list_records)


main()
