"""Two people talk about a deal: from a mention to the inbox, back to the record, and to a reminder."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from browser.watched import Watched
from fieldstone.records.changes import RecordChange
from fieldstone.runtime.site import Site

pytestmark = pytest.mark.browser


def test_from_a_mention_to_a_reminder(open_page: Callable[..., Watched], site: Site) -> None:
    site.accounts.add_user("ben", "Ben Nevis", roles=("sales_manager",), password="a long password")
    site.workflows.notifications.mark_read(site.accounts.operator().user_id or 0)  # what workflows said of the deals
    ben_watched = open_page("/login", log_in=False)
    ben = ben_watched.page
    ben.get_by_label("E-mail or user name").fill("ben")
    ben.get_by_label("Password", exact=True).fill("a long password")
    ben.get_by_role("button", name="Log in").click()
    ben.wait_for_url("**/")
    ben.goto("/m/opportunity/1")
    ben_watched.press("m")
    text = ben.get_by_role("textbox", name="Comment")
    expect(text).to_be_focused()
    ben_watched.write("Can we move, @ad", text)
    expect(ben.get_by_role("option", name="admin")).to_be_visible()
    ben_watched.press("Enter")
    expect(text).to_have_value("Can we move, @admin ")
    ben_watched.write("?", text)
    ben_watched.press("Control+Enter")
    expect(ben.locator(".fs-event .fs-mention")).to_have_text("@admin")

    watched = open_page("/")
    page = watched.page
    page.get_by_role("button", name="Notifications, 1 unread").click()
    expect(page.locator("#bell-menu")).to_contain_text("Ben Nevis mentioned you")
    page.locator("#bell-menu").get_by_role("link", name="Show all").click()
    watched.check_accessibility()
    page.get_by_role("link", name="Ben Nevis mentioned you").click()
    expect(page.locator(".fs-thread-found .fs-mention")).to_be_visible()
    expect(page.get_by_role("button", name="Notifications", exact=True)).to_be_visible()  # and no longer unread
    watched.check_accessibility()
    page.locator(".fs-thread-found summary").click()
    page.locator(".fs-thread-found").get_by_role("textbox", name="Reply").fill("Yes, on Monday")
    watched.press("Control+Enter")
    expect(page.locator(".fs-replies")).to_contain_text("Yes, on Monday")
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("link", name="Remind me").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Next Monday").check()
    dialog.get_by_label("Note").fill("Call Ben")
    dialog.get_by_role("button", name="Remind me").click()
    expect(page.get_by_role("status")).to_contain_text("You are reminded on")
    (reminder,) = site.activity.reminders.list(site.accounts.operator())
    assert reminder.note == "Call Ben"


def test_a_stage_asks_for_what_it_needs(open_page: Callable[..., Watched], site: Site) -> None:
    actor = site.accounts.operator()
    site.records.save(actor, [RecordChange(module="opportunity", id=1, values={"amount": None})])
    page = open_page("/m/opportunity/1").page
    page.get_by_role("button", name="Won or lost").click()
    page.get_by_role("button", name="Won", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("A won opportunity needs an amount")
    dialog.get_by_label("Amount").fill("900")
    dialog.get_by_role("button", name="Save").click()
    expect(page.locator(".fs-path [aria-current=step]")).to_contain_text("Won")
    page.locator(".fs-path").get_by_role("button", name="Proposal").click()
    expect(page.locator(".fs-path [aria-current=step]")).to_contain_text("Proposal")
    assert site.records.get(actor, "opportunity", 1).values["amount"] == 900
