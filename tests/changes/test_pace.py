"""Chunks of row work keep within bounds, and begin small with every kind of step."""

from __future__ import annotations

import pytest

from fieldstone.changes.steps import pace
from fieldstone.changes.steps.pace import FIRST, HOLD, LEAST, MOST, Pace


@pytest.mark.parametrize(("seconds", "rows"), [(HOLD / 1000, MOST), (HOLD, FIRST), (HOLD * 1000, LEAST)])
def test_chunks_become_as_large_as_the_lock_may_be_held(
    monkeypatch: pytest.MonkeyPatch, seconds: float, rows: int
) -> None:
    busy = iter(number * seconds for number in range(100))
    monkeypatch.setattr(pace.time, "thread_time", lambda: next(busy))
    monkeypatch.setattr(pace.time, "perf_counter", lambda: 0.0)
    rests: list[float] = []
    monkeypatch.setattr(pace.time, "sleep", rests.append)
    found = Pace()
    found.begin("convert")
    for _ in range(10):
        assert found.measure(lambda: "done") == "done"
        found.rest()
    assert found.rows == pytest.approx(rows, rel=0.1)
    assert min(rests) >= pace.REST
    assert rests[-1] == pytest.approx(max(pace.REST, seconds))
    found.begin("convert")
    assert found.rows == pytest.approx(rows, rel=0.1)
    found.begin("compute")
    assert found.rows == FIRST
