"""A day's work with keyboard and mouse: what only a browser shows."""

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


def test_create_with_a_lookup_and_a_record_made_on_the_way(open_page: Open) -> None:
    watched = open_page("/m/opportunity/new")
    page = watched.page
    page.get_by_label("Opportunity name").fill("Big deal")
    lookup = page.get_by_role("combobox", name="Organization")
    watched.write("nor", lookup)
    expect(page.get_by_role("option", name="Northwind")).to_be_visible()
    watched.press("Enter")
    expect(lookup).to_have_value("Northwind")
    contact = page.get_by_role("combobox", name="Product")
    watched.write("Tablet", contact)
    page.get_by_role("option", name="Create product “Tablet”").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Product name", exact=False).first).to_have_value("Tablet")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()
    expect(contact).to_have_value("Tablet")
    expect(page.locator("[data-unsaved-label]")).to_have_text("3 unsaved changes")
    watched.press("Control+s")
    page.wait_for_url(re.compile(r"/m/opportunity/\d+$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Big deal")
    expect(page.get_by_role("status")).to_contain_text("Opportunity created")


def test_a_value_is_edited_by_keyboard_and_escape_gives_it_back(open_page: Open) -> None:
    watched = open_page("/m/opportunity/1")
    page = watched.page
    page.locator("#edit-amount").focus()
    watched.press("Enter")
    field = page.locator("#i-amount")
    expect(field).to_be_focused()
    field.fill("many")
    watched.press("Enter")
    expect(page.locator("#v-amount")).to_contain_text("“many” is not a number")
    page.locator("#i-amount").fill("2500")
    watched.press("Enter")
    expect(page.locator("#v-amount")).to_contain_text("$2,500.00")
    expect(page.locator("#edit-amount")).to_be_focused()
    expect(page.locator(".fs-keys")).to_contain_text("$2,500.00")
    watched.press("Enter")
    page.locator("#i-amount").fill("1")
    watched.press("Escape")
    expect(page.locator("#v-amount")).to_contain_text("$2,500.00")
    expect(page.locator("#edit-amount")).to_be_focused()


def test_rows_are_chosen_by_key_deleted_and_brought_back(open_page: Open) -> None:
    watched = open_page("/m/opportunity")
    page = watched.page
    watched.press("j", "x", "j", "j")
    watched.press("Shift+X")
    expect(page.locator("[data-selected]")).to_have_text("3 selected")
    expect(page.locator("tbody tr[aria-selected=true]")).to_have_count(3)
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete 3 opportunities").click()
    page.wait_for_url(re.compile(r"/m/opportunity\?"))
    expect(page.get_by_role("status")).to_contain_text("3 opportunities moved to the recycle bin")
    expect(page.locator(".fs-foot .fs-num")).to_have_text("1–27 of 27")
    watched.press("Control+z")
    expect(page.locator(".fs-foot .fs-num")).to_have_text("1–30 of 30")


def test_conditions_are_built_and_taken_away(open_page: Open) -> None:
    watched = open_page("/m/opportunity?view=all")
    page = watched.page
    watched.press("f")
    dialog = page.get_by_role("dialog")
    row = dialog.locator(".fs-cond").last

    def choose(label: str, value: str) -> None:
        """The server draws the row anew after each choice; a person waits for that, a robot would not."""
        row.get_by_label(label).select_option(value)
        expect(dialog.locator(".htmx-request")).to_have_count(0)

    choose("Field", "amount")
    choose("Operator", "at_least")
    row.get_by_label("Value").fill("25,000")
    dialog.get_by_role("button", name="Condition", exact=True).click()
    expect(dialog.locator(".fs-cond")).to_have_count(2)
    choose("Field", "organization.name")
    choose("Operator", "contains")
    row.get_by_label("Value").fill("north")
    dialog.get_by_role("button", name="Apply").click()
    expect(page.locator(".fs-chip")).to_have_count(2)
    expect(page.locator(".fs-chip").first).to_contain_text("Amount ≥ 25,000")
    expect(page.locator("tbody tr")).to_have_count(3)
    page.get_by_role("link", name="Remove condition Amount").click()
    expect(page.locator("tbody tr")).to_have_count(15)
    page.get_by_role("searchbox", name="Opportunity name").fill("Deal 02")
    watched.press("Enter")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("link", name="Amount", exact=True).click()
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("Amount")


def test_two_people_at_one_record_choose(open_page: Open, site: Site) -> None:
    watched = open_page("/m/opportunity/1/edit")
    page = watched.page
    page.get_by_label("Amount").fill("5")
    actor = site.accounts.operator()
    site.records.save(actor, [RecordChange(module="opportunity", id=1, values={"amount": 7})])
    watched.press("Control+s")
    expect(page.get_by_role("alert")).to_contain_text("while you were editing")
    page.get_by_label("Use mine").check()
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#v-amount")).to_contain_text("$5.00")


def test_fields_appear_while_the_form_is_filled_in(open_page: Open) -> None:
    page = open_page("/m/opportunity/1/edit").page
    expect(page.get_by_label("Loss reason")).to_be_hidden()
    page.get_by_label("Opportunity name").fill("Renamed")
    page.get_by_label("Stage").select_option("lost")
    expect(page.get_by_label("Loss reason")).to_be_visible()
    expect(page.get_by_label("Opportunity name")).to_have_value("Renamed")


def test_search_menus_and_dialogs_work_by_keyboard(open_page: Open) -> None:
    watched = open_page("/")
    page = watched.page
    watched.press("/")
    expect(page.locator("#search")).to_be_focused()
    watched.write("northw", page.locator("#search"))
    expect(page.locator("#search-results [role=option]").first).to_be_visible()
    watched.press("ArrowDown")
    watched.press("Enter")
    page.wait_for_url("**/m/organization/1")
    watched.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Keyboard shortcuts")
    watched.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    watched.press("c")
    expect(page.locator("#create-menu a").first).to_be_focused()
    watched.press("ArrowDown")
    watched.press("Enter")
    expect(page.get_by_role("dialog").get_by_role("button", name="Save")).to_be_visible()
    watched.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    watched.press("g", "h")
    page.wait_for_url("**/")


def test_a_page_works_without_scripts(chromium: object, address: str, open_page: Open) -> None:
    context = chromium.new_context(base_url=address, java_script_enabled=False)  # type: ignore[attr-defined]
    page = context.new_page()
    page.goto("/login")
    page.get_by_label("E-mail or user name").fill("admin")
    page.get_by_label("Password", exact=True).fill("a long password")
    page.get_by_role("button", name="Log in").click()
    page.goto("/m/opportunity/new")
    page.get_by_label("Opportunity name").fill("Plain")
    page.get_by_role("combobox", name="Organization").fill("halden")
    page.get_by_role("button", name="Save", exact=False).last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Plain")
    expect(page.locator("#v-organization")).to_contain_text("Halden")
    page.get_by_role("button", name="Engaging").click()
    expect(page.locator("[aria-current=step]")).to_contain_text("Engaging")
    page.goto("/m/opportunity/conditions?view=all")
    page.get_by_label("Value").fill("Plain")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    context.close()
