"""Every kind of page in light, dark and Chinese, wide and narrow: accessible, within the policy, no side scroll."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from browser.pictures import DESK, PHONE, WANTED, take_picture
from browser.watched import Watched
from fieldstone.runtime.site import Site

pytestmark = pytest.mark.browser

PAGES = (
    "/", "/m/opportunity", "/m/opportunity?view=won", "/m/opportunity?view=all&group=stage",
    "/m/lead", "/m/opportunity/1", "/m/opportunity/1/edit",
    "/m/contact/new", "/m/task/new", "/m/opportunity/conditions?view=open&add=1", "/m/opportunity/recycle-bin",
    "/m/opportunity/1/history", "/m/opportunity/1/related/tasks", "/m/organization/import",
    "/search?q=deal", "/notifications", "/account",
    "/account/password", "/account/second-factor", "/account/log-ins", "/account/tokens", "/impersonate/1",
    "/m/opportunity?as=kanban", "/calendar", "/m/opportunity?as=split", "/m/opportunity/duplicates?by=organization",
    "/m/opportunity/merge?id=1&id=2", "/m/opportunity/1/share", "/m/opportunity/1/audience", "/navigation", "/commands",
    "/account/notices", "/m/opportunity/1/remind", "/more", "/help/keys", "/m/opportunity/delete?id=1", "/no/such/page",
)  # fmt: skip

Open = Callable[..., Watched]


def test_pages_are_accessible(open_page: Open) -> None:
    """Each page is loaded once and judged in both themes: all of it in light; in dark, which changes nothing but
    colours, those of the sheet."""
    watched = open_page()
    # Colours change at once then: none is judged on its way from one theme to the other.
    watched.page.emulate_media(reduced_motion="reduce")
    for path in PAGES:
        watched.page.goto(path)
        watched.check_accessibility()
        take_picture(watched.page, path, "light")
        watched.page.evaluate("document.documentElement.dataset.bsTheme = 'dark'")
        take_picture(watched.page, path, "dark")
        watched.check_accessibility(only="" if path == PAGES[0] else "color-contrast")
    watched.page.goto(PAGES[0])
    watched.page.evaluate("document.querySelector('[popovertarget=user-menu]').click()")
    with watched.page.expect_response("**/account/look"):
        watched.page.get_by_role("button", name="Dark").click()
    expect(watched.page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    watched.page.goto(PAGES[1])
    expect(watched.page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    watched.faults[:] = [fault for fault in watched.faults if "404 (NOT FOUND)" not in fault]


def test_the_log_in_page_is_accessible_and_shows_the_password(open_page: Open) -> None:
    watched = open_page("/login", log_in=False)
    watched.check_accessibility()
    field = watched.page.locator("#password")
    field.fill("secret")
    watched.page.get_by_role("button", name="Show the password").click()
    expect(field).to_have_attribute("type", "text")
    watched.page.get_by_role("button", name="Hide the password").click()
    expect(field).to_have_attribute("type", "password")
    watched.page.get_by_role("button", name="简体中文").click()
    expect(watched.page.get_by_role("button", name="登录")).to_be_visible()


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_nothing_is_wider_than_a_phone(open_page: Open, site: Site, language: str) -> None:
    site.accounts.update_user(site.accounts.find_user_id("admin") or 0, language=language)
    watched = open_page(phone=True)
    for path in PAGES:
        watched.page.goto(path)
        wide = watched.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, path
        main = watched.page.evaluate(
            "(() => { const m = document.getElementById('main'); return m.scrollWidth - m.clientWidth; })()"
        )
        assert main <= 0, path
        take_picture(watched.page, path, f"phone-{language}")
        if WANTED and language != "en":
            watched.page.set_viewport_size(DESK)
            take_picture(watched.page, path, language)
            watched.page.set_viewport_size(PHONE)
    watched.faults[:] = [fault for fault in watched.faults if "404 (NOT FOUND)" not in fault]
