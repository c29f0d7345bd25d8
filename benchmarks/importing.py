"""Import through the whole pipeline: 20 fields, two lookups, duplicates, rules, history, search, five conditions."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks import deals, hand_loop
from benchmarks.figure import Figure
from benchmarks.scale import Scale
from benchmarks.stage import Stage, stage
from fieldstone.records.changes import RecordChange
from fieldstone.records.imports.options import ImportOptions


@dataclass(frozen=True)
class _Speed:
    """Rows a second by the clock on the wall, and by the time this process was busy."""

    wall: float
    cpu: float


def measure(scale: Scale, dialect: str, server: str | None) -> Iterator[Figure]:
    """The import, then the same file through a hand-written loop, each on a fresh database."""
    with stage(dialect, server) as site:
        people(site)
        file = site.folder / "deals.csv"
        deals.write_file(file, scale.import_rows)
        ours = _timed(scale.import_rows, lambda: _run_import(site, file))
    with stage(dialect, server) as site:
        people(site)
        deals.write_file(site.folder / "deals.csv", scale.import_rows)
        loop = _timed(scale.import_rows, lambda: hand_loop.run(site, site.folder / "deals.csv"))
    note = f"{scale.import_rows:,} rows"
    yield Figure(
        name=f"import, {dialect}", value=ours.wall, unit="rows/s", bar=3_000, peer="hand-written loop",
        peer_value=loop.wall, ratio_bar=0.7, note=note,
    )  # fmt: skip
    if dialect == "sqlite":  # a server works beside the process, so that the process' own time says little
        yield Figure(
            name=f"import, {dialect}, CPU", value=ours.cpu, unit="rows/s", peer="hand-written loop",
            peer_value=loop.cpu, ratio_bar=0.7, note=f"{note}, time the process was busy",
        )  # fmt: skip


def people(site: Stage) -> None:
    """The organizations and contacts that the deals name."""
    organizations = [{"name": deals.organization_name(number)} for number in range(deals.ORGANIZATIONS)]
    contacts = [
        {"name": {"last_name": deals.contact_name(number)}, "email": f"c{number}@example.com"}
        for number in range(deals.CONTACTS)
    ]
    for module, records in (("organization", organizations), ("contact", contacts)):
        for start in range(0, len(records), 1_000):
            changes = [RecordChange(module=module, values=values) for values in records[start : start + 1_000]]
            site.site.records.save(site.actor, changes)


def _run_import(site: Stage, file: Path) -> None:
    imports = site.site.imports
    started = imports.start(site.actor, "deal", file)
    imports.choose(started.id, ImportOptions(mapping={name: name for name in deals.FIELDS}, on_duplicate="skip"))
    report = imports.run(started.id)
    assert report.created == report.total, report


def _timed(rows: int, work: Callable[[], None]) -> _Speed:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return _Speed(rows / (time.perf_counter() - wall), rows / (time.process_time() - cpu))
