"""What people do all day, through the API: read, create, write, sum, autocomplete; beside a plain Django view."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from benchmarks import peer
from benchmarks.bare import Bare
from benchmarks.clock import side_by_side
from benchmarks.figure import Figure
from benchmarks.listing import COLUMNS
from benchmarks.scale import Scale
from benchmarks.stage import Stage
from benchmarks.weight import weigh

_BARE_SUM = "SELECT stage, count(*), sum(amount) FROM opportunity WHERE deleted_at IS NULL GROUP BY stage"


def measure(site: Stage, scale: Scale, records: int) -> Iterator[Figure]:
    """On a site filled with `records` opportunities."""
    place = f"{records:,}, {site.dialect}"
    site.log_in()
    bare = Bare(site)
    numbers = itertools.count(1)
    spread = itertools.cycle(range(1, records, 97))

    def create() -> None:
        number = next(numbers)
        site.send(
            "POST", "/m/opportunity", {"name": f"New {number}", "organization": 1 + number % 900, "amount": "1200"}
        )

    def write() -> None:
        number, record_id = next(numbers), next(spread)
        values = {"amount": str(number), "next_step": f"Call {number}", "engage_date": "2024-12-01", "base_version": 1}
        version = site.get(f"/m/opportunity/{record_id}")["version"]
        site.send("PATCH", f"/m/opportunity/{record_id}", {**values, "base_version": version})

    def read_only() -> Any:
        return site.get(f"/m/opportunity/{next(spread)}")

    totals = urlencode({"group": "stage", "measure": "count,sum(amount)"})
    hundred = f"/m/opportunity?{urlencode({'sort': '-close_date', 'limit': 100, 'columns': ','.join(COLUMNS)})}"
    times = side_by_side(
        {
            "read": read_only,
            "create": create,
            "read and write": write,
            "sum by stage": lambda: site.get(f"/m/opportunity/aggregate?{totals}"),
            "bare sum": bare.asking(_BARE_SUM),
            "bare read": bare.asking("SELECT * FROM opportunity WHERE id = ?", 17),
            "autocomplete": lambda: site.get("/m/opportunity/suggest?q=copper"),
            "record page": lambda: site.page(f"/m/opportunity/{next(spread)}"),
            "list page of 100": lambda: site.page(hundred),
        },
        rounds=scale.rounds,
    )
    bare.close()
    others = peer.measure(site, records, scale.rounds) if site.dialect == "postgresql" else {}

    def figure(name: str, value: float, *, bar: float | None = None, key: str = "") -> Figure:
        return Figure(
            name=f"{name}, {place}",
            value=value,
            bar=bar,
            peer="Django view" if key in others else "",
            peer_value=others.get(key),
            note=f"p95 {times[name].p95:.1f}, CPU {times[name].cpu:.1f}" if name in times else "",
        )

    yield figure("read", times["read"].p50, key="read")
    yield figure("create", times["create"].p50, bar=7, key="create")
    yield figure("write 3 fields", times["read and write"].p50 - times["read"].p50, bar=7, key="write")
    yield Figure(
        name=f"sum by stage, {place}", value=times["sum by stage"].p50, peer="bare SQL",
        peer_value=times["bare sum"].p50, ratio_bar=1.1,
        note=f"Django view {others['sum']:.1f}" if "sum" in others else "",
    )  # fmt: skip
    yield figure("autocomplete", times["autocomplete"].p50, bar=4, key="autocomplete")
    yield figure("record page", times["record page"].p50, bar=20)
    yield figure("list page of 100", times["list page of 100"].p50, bar=40)
    pages = {"list page of 100": hundred, "record page": "/m/opportunity/1", "form": "/m/opportunity/1/edit"}
    yield from weigh(site, {**pages, "board": "/m/opportunity?as=kanban", "calendar": "/calendar"}, place)
