"""Changing the model of a large module while people work with it: how soon it is there, and what they notice."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from benchmarks.figure import Figure
from benchmarks.filling import fill
from benchmarks.load import Load, Span, running_load, serving
from benchmarks.stage import Stage
from fieldstone.metadata.layers import Layer
from fieldstone.storage.steps import open_steps

_WARM_UP, _BEFORE = 3.0, 8.0
"""Seconds of load before the first change, and how many of them do not count."""
_PATIENCE = 3_600.0

_FIELDS = {
    "bench_text": "{type: text, label: Text}",
    "bench_number": "{type: decimal, label: Number, decimals: 2}",
    "bench_level": "{type: integer, label: Level}",
    "bench_code": "{type: text, label: Code}",
    "bench_double": "{type: formula, label: Double, result: integer, expression: bench_level * 2}",
}
_COLOURS = "picklist: bench_colour\nlabel: Colour\nvalues:\n" + "".join(
    f"  {name.lower()}: {{label: {name}}}\n" for name in ("Red", "Green", "Blue")
)
_FILL = {
    "bench_text": "CASE id % 3 WHEN 0 THEN 'Red' WHEN 1 THEN 'Green' ELSE 'Blue' END",
    "bench_level": "id % 1000",
    "bench_code": "'C-' || id",
    "bench_code__key": "'c-' || id",
}


@dataclass(frozen=True, kw_only=True)
class _Change:
    """`fields`: what becomes of the site's own fields. `quick`: it has bars."""

    name: str
    fields: Mapping[str, str] | None = None
    moves: str = ""
    back_to: int = 0
    quick: bool = False


_CHANGES = (
    _Change(name="add a field", fields={"bench_new": "{type: date, label: New}"}, quick=True),
    _Change(name="add an indexed field", fields={"bench_region": "{type: text, label: R, index: true}"}, quick=True),
    _Change(name="add a lookup", fields={"bench_partner": "{type: lookup, label: P, to: organization}"}, quick=True),
    _Change(name="rename a field", moves="rename: {from: opportunity.bench_level, to: opportunity.bench_grade}"),
    _Change(name="rename a module", moves="rename: {from: contact, to: person}"),
    _Change(name="index a filled field", fields={"bench_grade": "{type: integer, label: Level, index: true}"}),
    _Change(name="make a text unique", fields={"bench_code": "{type: text, label: Code, unique: true}"}),
    _Change(name="roll all of that back", back_to=-1),
    _Change(
        name="text becomes a picklist", fields={"bench_text": "{type: picklist, label: T, picklist: bench_colour}"}
    ),
    _Change(name="roll that back", back_to=-1),
    _Change(name="change decimals", fields={"bench_number": "{type: decimal, label: Number, decimals: 1}"}),
    _Change(
        name="change a formula",
        fields={"bench_double": "{type: formula, label: Double, result: integer, expression: bench_level * 3}"},
    ),
)


def measure(site: Stage, records: int) -> Iterator[Figure]:
    """On an empty site, which is filled with `records` opportunities."""
    fields, moves = dict(_FIELDS), list[str]()
    _publish(site, _document(site, fields, moves))
    fill(site, records)
    _fill_fields(site)
    kept = site.site.models.current.version
    with _working(site), serving(site.folder / "site") as url, running_load(url, site.token, records) as load:
        started = time.monotonic()
        time.sleep(_BEFORE)
        before = load.between(started + _WARM_UP, time.monotonic())
        for change in _CHANGES:
            began = time.monotonic()
            if change.back_to:
                plan = site.site.publishing.plan_rollback(kept)
                site.site.publishing.publish(plan, site.actor)
                fields, moves = dict(_FIELDS), []
            else:
                fields |= change.fields or {}
                if change.moves:
                    moves.append(f"  - id: bench_{len(moves)}\n    {change.moves}\n")
                    fields = {name.replace("bench_level", "bench_grade"): text for name, text in fields.items()}
                    fields = {name: text.replace("bench_level", "bench_grade") for name, text in fields.items()}
                _publish(site, _document(site, fields, moves))
            published = time.monotonic()
            _await_rows(site)
            done = time.monotonic()
            time.sleep(0.5)  # a request that was held up is over by then
            yield from _figures(site, change, records, before, load, (began, published, done))


def _figures(
    site: Stage, change: _Change, records: int, before: Span, load: Load, times: tuple[float, float, float]
) -> Iterator[Figure]:
    began, published, done = times
    during = load.between(began, done)
    place = f"{records:,}, {site.dialect}"
    yield Figure(
        name=f"{change.name}, published, {place}", value=published - began, unit="s", bar=1 if change.quick else None,
        note=f"done after {done - began:.1f} s" if done - published > 0.1 else "",
    )  # fmt: skip
    yield Figure(
        name=f"{change.name}, longest request, {place}", value=during.longest, bar=500, peer="before",
        peer_value=before.longest,
        note=f"{len(during.requests)} requests, {during.failed} failed, p95 {during.p95:.0f}, before {before.p95:.0f}",
    )  # fmt: skip
    if during.failed:
        yield Figure(name=f"{change.name}, failed requests, {place}", value=during.failed, unit="", bar=0)


def _document(site: Stage, fields: Mapping[str, str], moves: list[str]) -> Layer:
    published = site.site.publishing.published_site_layer()
    documents = dict(published.documents) if published else {}
    declared = "".join(f"  {name}: {text}\n" for name, text in fields.items())
    documents["modules/opportunity.yaml"] = f"module: opportunity\nfields:\n{declared}"
    documents["metadata/picklists/bench_colour.yaml"] = _COLOURS
    if moves:
        documents["metadata/moves.yaml"] = "moves:\n" + "".join(moves)
    return Layer(name="site", documents=documents)


def _publish(site: Stage, layer: Layer) -> None:
    publishing = site.site.publishing
    publishing.publish(publishing.plan(layer), site.actor, allow_destructive=True)


def _fill_fields(site: Stage) -> None:
    number = "id % 10000 * 1.25" if site.dialect == "postgresql" else "id % 10000 * 125"
    given = {**_FILL, "bench_number": number, "bench_double": "id % 1000 * 2"}
    values = ", ".join(f"{name} = {value}" for name, value in given.items())
    statement = f"UPDATE opportunity SET {values}"
    with site.site.database.writer.begin() as conn:
        conn.exec_driver_sql(statement if site.dialect == "sqlite" else statement.replace("%", "%%"))
    with site.site.database.writer.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.exec_driver_sql("VACUUM ANALYZE opportunity" if site.dialect == "postgresql" else "ANALYZE")


@contextlib.contextmanager
def _working(site: Stage) -> Iterator[None]:
    """A worker in this process, beside the server."""
    stop = threading.Event()
    worker = threading.Thread(target=site.site.worker("bench").run_forever, args=(stop,))
    worker.start()
    try:
        yield
    finally:
        stop.set()
        site.site.jobs.wake.set()
        worker.join()


def _await_rows(site: Stage) -> None:
    deadline = time.monotonic() + _PATIENCE
    while True:
        with site.site.database.read() as conn:
            if not open_steps(conn):
                return
        assert time.monotonic() < deadline, "the row work did not end"
        time.sleep(0.1)
