"""A list made one's own with the keys: columns, widths, a saved view, groups, a quick look, everything at once."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from browser.watched import Watched
from fieldstone.jobs.worker import Worker
from fieldstone.kernel.actors import SYSTEM
from fieldstone.runtime.site import Site

pytestmark = pytest.mark.browser

Open = Callable[..., Watched]


def test_a_list_is_arranged_saved_and_changed_as_a_whole(open_page: Open, site: Site) -> None:
    watched = open_page("/m/opportunity?view=all&limit=20")
    page = watched.page
    # Columns: one more, and moved to the front, by keyboard.
    watched.press("Enter", on=page.get_by_role("link", name="Columns"))
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("searchbox", name="Search fields").fill("proba")
    watched.press("Enter")
    shown = dialog.locator("[data-order] li")
    expect(shown.last).to_contain_text("Probability")
    shown.last.get_by_role("checkbox").focus()
    watched.press(*["Alt+ArrowUp"] * 6)
    watched.check_accessibility()
    dialog.get_by_role("button", name="Show columns").click()
    page.wait_for_url(re.compile("columns="))
    expect(page.locator("thead th").nth(2)).to_have_text("Probability")
    # Wider by one rem, kept for the next time; a second column in the order.
    edge = page.get_by_role("separator", name="Width of Amount")
    width = int(edge.get_attribute("aria-valuenow") or 0)
    with page.expect_response(re.compile("/views/widths")):
        watched.press("ArrowRight", on=edge)
    page.get_by_role("link", name="Amount").click()
    page.get_by_role("link", name="Stage").click(modifiers=["Shift"])
    expect(page.locator("th[aria-sort]")).to_have_count(2)
    expect(page.get_by_role("separator", name="Width of Amount")).to_have_attribute("aria-valuenow", str(width + 1))
    page.get_by_role("link", name="Save view", exact=True).click()
    dialog.get_by_label("Name", exact=True).fill("Mine")
    dialog.get_by_role("button", name="Save view").click()
    page.wait_for_url(re.compile(r"view=\d+$"))
    expect(page.locator(".fs-tab[aria-current]")).to_have_text("Mine")
    # A quick look, and away again.
    watched.press("j")
    watched.press(" ")
    expect(page.locator("#preview h2")).to_have_text("Deal 01")
    watched.press("Escape")
    expect(page.locator("#preview")).to_be_hidden()
    # What is ticked stays so while pages are turned.
    page.goto(f"{page.url}&limit=20")
    watched.press("j", "x")
    page.get_by_role("link", name="Next page").click()
    page.wait_for_url(re.compile("cursor="))
    watched.press("j", "x")
    expect(page.locator("[data-selected]")).to_have_text("2 selected")
    page.get_by_role("button", name="Tag").click()
    expect(dialog.get_by_role("heading")).to_have_text("Tag 2 opportunities")
    watched.press("Escape")
    page.get_by_role("link", name="Previous page").click()
    expect(page.locator("tbody tr[aria-selected=true]")).to_have_count(1)
    page.get_by_role("button", name="Clear the selection").click()
    expect(page.locator("[data-bulk]")).to_be_hidden()
    # All of the list, as a job that is watched to its end.
    watched.press("j", "x")
    page.get_by_role("button", name="Select all 30").click()
    expect(page.locator("[data-selected]")).to_have_text("30 selected")
    page.get_by_role("button", name="Edit", exact=True).click()
    dialog.get_by_label("Field to change").select_option("next_step")
    dialog.get_by_role("textbox", name="Next step").fill("Call")
    dialog.get_by_role("button", name="Change 30 opportunities").click()
    page.wait_for_url(re.compile("/jobs/"))
    Worker(site).run_due()
    expect(page.locator(".fs-figures")).to_contain_text("30")
    assert site.records.count(SYSTEM, "opportunity", "next_step == 'Call'").value == 30
    page.get_by_role("button", name="Undo").click()
    page.wait_for_url(re.compile("/m/opportunity"))
    assert site.records.count(SYSTEM, "opportunity", "next_step == 'Call'").value == 0
    # A title is changed by mouse; an amount with cents brings out those of its neighbours.
    title, figures = page.locator("tbody td.is-title").first, page.locator("tbody td.is-figure")
    title.hover()
    title.get_by_role("button", name="Change it here").click()
    page.get_by_role("textbox", name="Opportunity name").fill("Renamed")
    watched.press("Enter")
    expect(title).to_contain_text("Renamed")
    expect(figures.nth(1)).not_to_contain_text(".00")
    figures.first.dblclick()
    page.locator("[data-cell-edit] [name='f.amount']").fill("10.50")
    watched.press("Enter")
    expect(figures.first).to_contain_text("10.50")
    expect(figures.nth(1)).to_contain_text(".00")
