"""Times of things done again and again, side by side so that what else the machine does strikes all alike."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Work = Callable[[], object]


@dataclass(frozen=True, kw_only=True)
class Times:
    """Milliseconds: `p50` and `p95` by the clock on the wall, `cpu` the median of this process alone."""

    p50: float
    p95: float
    cpu: float


def side_by_side(works: Mapping[str, Work], *, rounds: int, warm_up: int = 3) -> dict[str, Times]:
    """Each of the works once per round, in turn."""
    for work in works.values():
        for _ in range(warm_up):
            work()
    wall: dict[str, list[float]] = {name: [] for name in works}
    cpu: dict[str, list[float]] = {name: [] for name in works}
    gc.collect()
    for _ in range(rounds):
        for name, work in works.items():
            started, busy = time.perf_counter(), time.process_time()
            work()
            wall[name].append((time.perf_counter() - started) * 1000)
            cpu[name].append((time.process_time() - busy) * 1000)
    return {
        name: Times(p50=_quantile(wall[name], 0.5), p95=_quantile(wall[name], 0.95), cpu=_quantile(cpu[name], 0.5))
        for name in works
    }


def _quantile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
