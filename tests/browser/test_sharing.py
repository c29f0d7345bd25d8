"""Sharing a record and being told who sees it, in a real browser: without leaving the page, by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from browser.pictures import ARTEFACTS
from browser.watched import Watched
from fieldstone.runtime.site import Site

pytestmark = pytest.mark.browser


def test_a_record_is_shared_by_keyboard(open_page: Callable[..., Watched], site: Site) -> None:
    site.accounts.add_user("anna", "Anna Snelling", roles=["sales_rep"])
    watched = open_page("/m/opportunity/1")
    page = watched.page
    watched.press("Enter", on=page.get_by_role("button", name="More actions"))
    watched.press("Enter", on=page.get_by_role("link", name="Share", exact=True))
    dialog = page.get_by_role("dialog")
    who = dialog.get_by_role("combobox", name="Share with")
    expect(who).to_be_focused()
    watched.write("Snell", who)
    expect(dialog.get_by_role("option", name="Anna Snelling")).to_be_visible()
    watched.press("Enter", on=who)
    watched.press("Enter", on=who)
    expect(dialog.get_by_role("status")).to_have_text("Shared with Anna Snelling")
    watched.check_accessibility()
    with page.expect_response("**/share"):
        dialog.get_by_label("What Anna Snelling may do").select_option("edit")
    page.screenshot(path=ARTEFACTS / "share.png")
    (share,) = site.records.shares(site.accounts.operator(), "opportunity", 1)
    assert share.access == "edit"
    watched.press("Enter", on=dialog.get_by_role("link", name="Who can see this"))
    expect(dialog.get_by_text("Shared by hand with Anna Snelling")).to_be_visible()
    watched.check_accessibility()
    page.screenshot(path=ARTEFACTS / "audience.png")
    watched.press("Enter", on=dialog.get_by_role("link", name="Anna Snelling"))
    expect(dialog.get_by_role("heading", name="What Anna Snelling may do here")).to_be_visible()
    page.set_viewport_size({"width": 360, "height": 740})
    for path in ("share", "audience", "audience?user=1"):
        page.goto(f"/m/opportunity/1/{path}")
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
        assert page.evaluate("(main => main.scrollWidth - main.clientWidth)(document.getElementById('main'))") <= 0
