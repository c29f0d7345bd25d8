"""A workflow designed by keyboard alone in a real browser: made, filled in, put in order, tested and rehearsed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from browser.watched import Watched
from fieldstone.runtime.site import Site

pytestmark = pytest.mark.browser


def _choose(page: Page, label: str, words: str) -> None:
    """An entry of a list by its first letters."""
    page.get_by_label(label, exact=True).first.focus()
    page.keyboard.type(words)


def test_a_workflow_is_designed_tested_and_rehearsed_by_keyboard(open_page: Callable[..., Watched], site: Site) -> None:
    watched = open_page("/setup/workflows/?module=opportunity")
    page = watched.page
    page.wait_for_load_state()
    page.keyboard.press("n")
    expect(page.get_by_label("Label", exact=True)).to_be_focused()
    page.keyboard.type("Big ones")
    _choose(page, "It runs when", "The condition")
    _choose(page, "First it does this", "Notify")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/opportunity/big_ones")
    page.wait_for_load_state()

    page.get_by_label("Only when this holds").focus()
    page.keyboard.type("amount > 25000")
    _choose(page, "One step more", "Set fields")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**step=2**")
    page.wait_for_load_state()
    second = page.locator("#step-2")
    expect(second.get_by_label("Whose fields")).to_be_focused()
    second.get_by_label("Field", exact=True).first.focus()
    page.keyboard.type("Next step")
    expect(second.get_by_label("Field", exact=True)).to_have_count(2)  # an empty row waits again
    page.keyboard.press("Tab")
    page.keyboard.type("'Thank'")
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator(".fs-act h3").first).to_have_text("Set fields")
    page.get_by_label("Field of the record").first.focus()
    page.keyboard.type("Amount")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Message")).to_have_value("{{ record.label }}{{ record.amount }}")
    watched.check_accessibility()
    page.keyboard.press("Control+s")
    page.wait_for_load_state()
    expect(page.locator("#step-1 h3")).to_have_text("Set fields")

    page.goto(f"{page.url.partition('?')[0]}/test")
    page.wait_for_load_state()
    expect(page.get_by_role("combobox", name="Opportunity")).to_be_focused()
    record = page.get_by_role("combobox", name="Opportunity")
    record.fill("Deal 30")
    page.get_by_role("option").filter(has_text="Deal 30").first.click()
    expect(page.locator("input[name=record]")).not_to_have_value("")
    page.get_by_role("button", name="Test", exact=True).click()
    expect(page.locator("#trial")).to_contain_text("It would run.")
    expect(page.locator("#trial table")).to_contain_text("Thank")
    page.get_by_role("button", name="Rehearse", exact=True).press("Enter")
    expect(page.locator("#told")).to_contain_text("It would have run 5 times, for 5 records")
    watched.check_accessibility()
    assert site.jobs.list() == []
