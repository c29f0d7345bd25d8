"""By keyboard: commands, the navigation, a cell of a list, conditions in groups."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from browser.watched import Watched
from fieldstone.records.changes import RecordChange
from fieldstone.runtime.site import Site

pytestmark = pytest.mark.browser

Open = Callable[..., Watched]


def test_commands_are_found_by_some_letters_and_the_navigation_is_arranged(open_page: Open) -> None:
    watched = open_page("/m/opportunity/1")
    page = watched.page
    watched.press("Control+k")
    dialog, text = page.get_by_role("dialog"), page.get_by_role("combobox", name=re.compile("Type a command"))
    expect(text).to_be_focused()
    chosen = dialog.locator("[role=option][aria-selected=true]")
    expect(chosen).to_have_text("Edit")
    watched.check_accessibility()
    text.fill("dark")
    expect(chosen).to_have_text("Theme: Dark")
    watched.press("Enter")
    # Where the page stands: what is typed on it would not be lost.
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    expect(dialog).to_be_hidden()
    # A record by its name, a form in the dialog, the last command first; Escape gives the focus back.
    watched.press("Control+k")
    text.fill("halden")
    expect(chosen).to_contain_text("Halden")
    text.fill("newcontact")
    expect(chosen).to_have_text("New contact")
    watched.press("Enter")
    expect(dialog.get_by_label("Last name")).to_be_visible()
    watched.press("Escape")
    button = page.get_by_role("link", name="Commands")
    button.focus()
    watched.press("Control+k")
    expect(chosen).to_have_text("New contact")
    watched.press("Escape")
    expect(button).to_be_focused()
    # The navigation: a group moved by its keys, a module hidden, a group closed for good.
    page.get_by_role("link", name="Arrange navigation").click()
    dialog.get_by_role("checkbox", name="Show Products").uncheck()
    dialog.get_by_role("button", name="Move Marketing up").focus()
    watched.press("Alt+ArrowUp")
    watched.check_accessibility()
    dialog.get_by_role("button", name="Save order").click()
    nav = page.get_by_role("navigation", name="Main navigation")
    expect(nav.locator("summary").first).to_have_text("Marketing")
    expect(nav.get_by_role("link", name="Products")).to_have_count(0)
    with page.expect_response(re.compile("/navigation/fold")):
        nav.locator("summary", has_text="Sales").click()
    page.reload()
    expect(nav.locator("details:not([open]) summary")).to_have_text("Sales")


def test_a_cell_is_edited_and_conditions_are_grouped(open_page: Open, site: Site) -> None:
    watched = open_page("/m/opportunity?view=all&limit=20")
    page = watched.page
    amount = page.locator("tbody tr").first.locator("td.is-figure")
    total = page.locator("tfoot")
    expect(total).to_contain_text("$465,000")
    height = page.locator("tbody tr").first.bounding_box()
    amount.dblclick()
    field = page.locator("#c-amount")
    expect(field).to_be_focused()
    assert page.locator("tbody tr").first.bounding_box() == height, "nothing moves"
    watched.check_accessibility()
    field.fill("much")
    watched.press("Enter")
    expect(page.locator("td.is-editing .invalid-feedback")).to_contain_text("is not a number")
    # Meanwhile somebody else writes the same field.
    deal = int(page.locator("tbody tr").first.locator("input[name=id]").input_value())
    site.records.save(site.accounts.operator(), [RecordChange(module="opportunity", id=deal, values={"amount": "7"})])
    field.fill("2000")
    watched.press("Enter")
    expect(page.locator(".fs-cell-conflict")).to_contain_text("$7")
    page.get_by_role("button", name="Use mine").click()
    expect(amount).to_contain_text("$2,000")
    expect(total).to_contain_text("$437,000")
    watched.press("ArrowRight")
    watched.press("F2")
    expect(page.locator("td.is-status.is-editing select")).to_be_focused()
    watched.press("Escape")
    expect(page.locator("td.is-status:focus .fs-pill")).to_be_visible()
    # Groups in the builder: one more, a line moved into it, and the expression follows.
    watched.press("f")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Value").fill("Deal 0")
    dialog.get_by_role("button", name="Group", exact=True).click()
    expect(dialog.get_by_label("Value")).to_have_count(2)
    dialog.get_by_label("Value").last.fill("Deal 11")
    dialog.get_by_label("Value").first.focus()
    watched.press("Alt+ArrowDown")
    expect(dialog.locator("[data-conditions-group] .fs-cond")).to_have_count(2)
    expect(dialog.locator("[data-expression] code")).to_have_text("(name == 'Deal 0' or name == 'Deal 11')")
    watched.check_accessibility()
    dialog.get_by_role("button", name="Apply").click()
    expect(page.locator("tbody tr")).to_have_count(1)
