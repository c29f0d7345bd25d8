"""What a page weighs once the static files are there, and that nothing on it moves while it arrives."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from browser.pictures import DESK, PHONE
from browser.watched import Watched
from fieldstone.records.changes import RecordChange
from fieldstone.runtime.site import Site

pytestmark = pytest.mark.browser

PAGES = (
    "/m/opportunity?view=all&limit=100", "/m/opportunity/1", "/m/opportunity/1/edit", "/m/opportunity?as=kanban",
    "/calendar?on=2031-03-12",
)  # fmt: skip

_SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => {
  for (const shift of list.getEntries()) {
    if (shift.hadRecentInput) continue;
    window.shifts.push([shift.value, shift.sources.map(({ node }) => node?.outerHTML?.slice(0, 120) ?? node?.data)]);
  }
}).observe({ type: "layout-shift", buffered: true });
"""


def test_pages_are_light_and_nothing_moves(open_page: Callable[..., Watched], site: Site) -> None:
    deals = [
        {"name": f"Turbine {n:03}", "organization": 1 + n % 2, "amount": n, "close_date": f"2031-03-{1 + n % 28:02}"}
        for n in range(100)
    ]
    changes = [RecordChange(module="opportunity", values=values) for values in deals]
    site.records.save(site.accounts.operator(), changes)
    page = open_page().page
    page.add_init_script(_SHIFTS)
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        for path in PAGES:
            answer = page.goto(path)
            assert answer is not None
            weight = answer.request.sizes()["responseBodySize"]
            assert weight <= 40_000, f"{path}: {weight:,} bytes"
            page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
            shifts = page.evaluate("window.shifts")
            assert sum(value for value, _ in shifts) < 0.01, f"{path}, {size['width']} px: {shifts}"
    # Once loaded, nothing static is fetched again.
    fetched = page.evaluate(
        "performance.getEntriesByType('resource').filter((one) => one.transferSize && one.name.includes('/static/'))"
        ".map((one) => one.name)"
    )
    assert not [name for name in fetched if not name.endswith("/logo.svg")], fetched
