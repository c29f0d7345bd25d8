"""Setting up a second factor and acting as a user, in real Chromium."""

from __future__ import annotations

from collections.abc import Callable

import pyotp
import pytest
from playwright.sync_api import expect

from browser.watched import Watched
from fieldstone.runtime.site import Site

pytestmark = pytest.mark.browser

Open = Callable[..., Watched]


def test_a_second_factor_from_the_picture_to_the_log_in(open_page: Open, site: Site) -> None:
    watched = open_page("/account/second-factor")
    page = watched.page
    page.locator("#password").fill("a long password")
    page.get_by_role("button", name="Set it up").click()
    expect(page.locator("svg.fs-qr")).to_be_visible()
    picture = page.locator("svg.fs-qr").bounding_box()
    assert picture is not None
    assert picture["width"] >= 160
    watched.check_accessibility()
    secret = page.locator(".fs-key").inner_text().replace(" ", "")
    now = site.clock()
    page.locator("#code").fill(pyotp.TOTP(secret).at(now))
    page.get_by_role("button", name="Switch it on").click()
    expect(page.locator(".fs-codes li")).to_have_count(10)
    codes = page.locator(".fs-codes li").all_inner_texts()
    watched.check_accessibility()
    page.evaluate("document.querySelector('[popovertarget=user-menu]').click()")
    page.get_by_role("button", name="Log out").click()
    page.locator("#username").fill("admin")
    page.locator("#password").fill("a long password")
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page.locator("#code")).to_be_visible()
    watched.check_accessibility()
    page.locator("#code").fill(codes[0])
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page.locator("#user-menu")).to_have_count(1)


@pytest.mark.parametrize("phone", [False, True])
def test_the_bar_of_whoever_acts_as_somebody(open_page: Open, site: Site, phone: bool) -> None:
    anna = site.accounts.add_user("anna", "Anna Snelling", roles=["sales_rep"])
    watched = open_page(f"/impersonate/{anna}", phone=phone)
    page = watched.page
    page.locator("#password").fill("a long password")
    page.get_by_role("button", name="Begin").click()
    expect(page.locator(".fs-acting")).to_be_visible()
    for path in ("/", "/m/opportunity"):
        page.goto(path)
        bar, main = page.locator(".fs-acting").bounding_box(), page.locator("#main").bounding_box()
        assert bar is not None
        assert main is not None
        assert bar["y"] == 0
        assert main["y"] >= bar["height"]
        watched.check_accessibility()
    page.get_by_role("button", name="Stop").click()
    expect(page.locator(".fs-acting")).to_have_count(0)
