"""The import wizard in a real browser: a sales export mapped, mended on the way, run, reported and undone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from browser.watched import Watched
from fieldstone.kernel.actors import SYSTEM
from fieldstone.runtime.site import Site

pytestmark = pytest.mark.browser

Open = Callable[..., Watched]
ACCOUNTS = Path(__file__).parents[3] / "shared" / "data" / "crm-sales" / "accounts.csv"
MENDED = {"technolgy": "Technology", "Philipines": "Philippines", "Korea": "South Korea"}


@pytest.mark.usefixtures("worker")
def test_a_file_goes_through_the_wizard_and_back(open_page: Open, site: Site) -> None:
    if not ACCOUNTS.exists():
        pytest.skip("the sales export is not here")
    page = open_page("/m/organization/import").page
    before = site.records.count(SYSTEM, "organization").value

    page.locator("input[type=file]").set_input_files(ACCOUNTS)
    page.get_by_role("button", name="Upload the file").click()
    page.get_by_role("button", name="Check the file").click()
    for wrong, right in MENDED.items():
        page.get_by_label(f"Read {wrong} as").select_option(label=right)
    page.get_by_role("button", name="Check again with these values").click()
    expect(page.get_by_text("Every row can be imported.")).to_be_visible()
    page.get_by_role("button", name="Start the import").click()
    expect(page.get_by_text("Done: accounts.csv")).to_be_visible()
    assert site.records.count(SYSTEM, "organization").value == before + 85
    assert site.records.count(SYSTEM, "organization", "not is_empty(parent)").value == 15

    page.get_by_role("button", name="Undo the whole import").click()
    expect(page.get_by_text("are as they were before")).to_be_visible()
    assert site.records.count(SYSTEM, "organization").value == before
