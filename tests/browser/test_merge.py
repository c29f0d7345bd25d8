"""Duplicates merged and taken apart by keyboard and mouse."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from browser.watched import Watched
from fieldstone.records.changes import RecordChange, SaveOptions
from fieldstone.runtime.site import Site

pytestmark = pytest.mark.browser


def test_duplicates_are_merged_and_taken_apart(site: Site, open_page: Callable[..., Watched]) -> None:
    values = {"name": "NORTHWIND", "description": "The copy"}
    anyway = SaveOptions(ignore_duplicate_warning=True)
    change = RecordChange(module="organization", values=values)
    site.records.save(site.accounts.operator(), [change], options=anyway)
    watched = open_page("/m/organization?view=all")
    page = watched.page
    page.get_by_role("button", name="More actions").first.click()
    page.get_by_role("link", name="Find duplicates").click()
    page.get_by_label("Organization name").check()
    page.get_by_role("button", name="Find duplicates").click()
    group = page.get_by_role("form").filter(has_text="Northwind")
    expect(group.get_by_role("checkbox")).to_have_count(2)
    watched.check_accessibility()
    group.get_by_role("button", name="Merge").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Merge 2 organizations")
    expect(page.get_by_role("group", name="The one that stays").get_by_role("radio").first).to_be_checked()
    page.get_by_role("group", name="Organization name").get_by_label("NORTHWIND", exact=True).check()
    watched.check_accessibility()
    watched.press("Control+s")
    page.wait_for_url(re.compile(r"/m/organization/1$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("NORTHWIND")
    page.get_by_role("button", name="Undo").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Northwind")
    expect(page.get_by_role("status")).to_contain_text("The merge is undone")
