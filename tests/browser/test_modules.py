"""A module is made and shaped in a real browser, with an expression that is completed and tried."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from browser.conftest import ARTEFACTS
from browser.watched import Watched
from fieldstone.kernel.actors import SYSTEM
from fieldstone.runtime.site import Site

pytestmark = pytest.mark.browser


def test_a_module_with_a_formula_and_a_rule(open_page: Callable[..., Watched], site: Site) -> None:
    """Keys only where an expression is typed; what was made is in the draft, and works once it is published."""
    watched = open_page("/setup/modules/new")
    page = watched.page
    page.wait_for_load_state()
    page.get_by_label("One record", exact=True).fill("Site visit")
    page.get_by_role("button", name="Choose").click()
    page.get_by_label("Find an icon").fill("geo-alt")
    page.get_by_role("button", name="geo-alt", exact=True).click()
    page.get_by_role("button", name="Create module").click()
    page.get_by_role("link", name="New field").click()
    page.get_by_label("Find a type").fill("money")
    page.get_by_role("link", name="Money").click()
    page.get_by_label("Label", exact=True).fill("Cost")
    page.get_by_role("button", name="Add field").click()
    expect(page.get_by_text("Cost is in your draft")).to_be_visible()

    page.goto("/setup/modules/site_visit/fields/new?type=formula")
    page.wait_for_load_state()
    page.get_by_label("Label", exact=True).fill("With tax")
    page.get_by_label("Result", exact=True).select_option("money")
    source = page.get_by_role("textbox", name="Expression")
    source.press_sequentially("cos")
    expect(page.get_by_role("option", name="cost")).to_be_visible()
    watched.check_accessibility()
    page.screenshot(path=ARTEFACTS / "setup-expression.png")
    page.keyboard.press("Enter")
    expect(page.locator(".fs-expr .fs-option:visible")).to_have_count(0)
    source.press_sequentially(" * 1.2")
    expect(page.get_by_text("Gives: a number")).to_be_visible()
    assert source.input_value() == "cost * 1.2"
    page.get_by_role("button", name="Add field").click()
    expect(page.get_by_text("With tax is in your draft")).to_be_visible()

    page.goto("/setup/modules/opportunity/rules/won_needs_amount")
    page.wait_for_load_state()
    condition = page.get_by_role("textbox", name="Nothing is saved if")
    condition.fill("amuont > 0")
    expect(page.get_by_text("There is no amuont here. Did you mean amount?")).to_be_visible()
    condition.fill("amount > 29000")
    page.get_by_role("button", name="Try it on a record").click()
    expect(page.get_by_text("It holds")).to_be_visible()
    page.keyboard.press("Control+a")
    page.keyboard.type("Deal 03")
    expect(page.get_by_role("option", name="Deal 03")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_text("It does not hold")).to_be_visible()
    watched.check_accessibility()

    draft = site.drafts.current(site.accounts.find_user_id("admin") or 0)
    assert [step.label for step in draft.steps] == [
        "New module: Site visit", "New field: Cost", "New field: With tax",
    ]  # fmt: skip
    site.publishing.publish(site.publishing.plan(draft.site), SYSTEM)
    page.goto("/m/site_visit/new")
    page.get_by_label("Name").fill("First")
    page.get_by_label("Cost").fill("50")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("$60.00").first).to_be_visible()
