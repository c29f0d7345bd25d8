"""A form that helps while it is filled in, and does not lose what was typed when the session ends."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from browser.watched import Watched
from fieldstone.records.changes import RecordChange
from fieldstone.runtime.site import Site

pytestmark = pytest.mark.browser


def test_a_form_warns_copies_and_keeps_what_was_typed(open_page: Callable[..., Watched], site: Site) -> None:
    operator = site.accounts.operator()
    street = {"street": "7 Quay", "city": "Bergen", "country": "NO"}
    changes = [
        RecordChange(module="organization", values={"name": "Harbour Works", "billing_address": street}),
        RecordChange(module="contact", values={"name": "Ida Berg", "email": "ida@harbour.example"}),
    ]
    ida = site.records.save(operator, changes).records[1].id
    watched = open_page("/m/contact/new")
    page = watched.page
    expect(page.get_by_role("button", name="Copy from Organization")).to_be_hidden()
    page.get_by_label("Last name").fill("Berg")
    page.get_by_label("E-mail", exact=True).fill("IDA@harbour.example")
    alike = page.locator("[data-alike]")
    expect(alike.get_by_role("link", name="Ida Berg")).to_have_attribute("href", f"/m/contact/{ida}")
    page.get_by_label("E-mail", exact=True).fill("other@harbour.example")
    expect(alike).to_be_hidden()
    page.get_by_role("combobox", name="Organization").fill("Harbour W")
    page.get_by_role("option", name="Harbour Works").first.click()
    page.get_by_role("button", name="Copy from Organization").click()
    expect(page.get_by_label("City")).to_have_value("Bergen")

    # The session ends elsewhere; the tab asks to log in and then has what was typed.
    site.accounts.end_sessions(operator.user_id or 0)
    page.get_by_role("button", name="Save", exact=False).last.click()
    page.get_by_label("E-mail or user name").fill("admin")
    page.get_by_label("Password", exact=True).fill("a long password")
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/m/contact/new")
    expect(page.get_by_label("City")).to_have_value("")
    page.get_by_role("button", name="Restore what you typed").click()
    expect(page.get_by_label("City")).to_have_value("Bergen")
    expect(page.get_by_role("combobox", name="Organization")).to_have_value("Harbour Works")
    page.get_by_role("button", name="Save", exact=False).last.click()
    expect(page.get_by_role("heading", name="Berg")).to_be_visible()
    assert site.records.count(operator, "contact", "email == 'other@harbour.example'").value == 1
    assert page.evaluate("Object.keys(sessionStorage).filter((key) => key.startsWith('fs-draft:'))") == []
