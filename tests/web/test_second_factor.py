"""The second factor in the browser: set up, log in in two steps, required by the site."""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from flask import Flask
from werkzeug.test import TestResponse

from fieldstone.runtime.site import Site
from web.visitor import Visitor, text_of

PASSWORD = "another long one"


@pytest.fixture
def now(site: Site) -> list[datetime]:
    """The time of the site; tests replace it."""
    times = [datetime.now(UTC)]
    site.clock = site.accounts.clock = lambda: times[0]
    return times


@pytest.fixture
def anna(site: Site, app: Flask) -> Visitor:
    site.accounts.add_user("anna", "Anna", roles=["sales_rep"], password=PASSWORD)
    visitor = Visitor(app)
    visitor.log_in("anna", PASSWORD)
    return visitor


def set_up(visitor: Visitor, now: list[datetime], password: str = PASSWORD) -> tuple[str, TestResponse]:
    """The app's key, and the page with the recovery codes."""
    visitor.get("/account/second-factor")
    begun = visitor.post("/account/second-factor/begin", {"password": password})
    page = visitor.get(begun.location)
    found = re.search(r'fs-key">([A-Z2-7 ]+)<', page.text)
    assert found
    secret = found[1].replace(" ", "")
    return secret, visitor.post("/account/second-factor/confirm", {"code": pyotp.TOTP(secret).at(now[0])})


def test_setting_up_and_logging_in_in_two_steps(site: Site, app: Flask, anna: Visitor, now: list[datetime]) -> None:
    wrong = anna.post("/account/second-factor/begin", {"password": "wrong"})
    assert wrong.status_code == 422
    assert "The present password is wrong." in text_of(wrong)
    secret, shown = set_up(anna, now)
    codes = re.findall(r"<li>([a-z2-9-]{19})</li>", shown.text)
    assert len(codes) == 10
    assert codes[0] not in anna.get("/account/second-factor").text
    assert "10 recovery codes are left." in text_of(anna.get("/account/second-factor"))
    now[0] += timedelta(minutes=1)
    other = Visitor(app)
    other.get("/login?next=/m/organization")
    first = other.post("/login", {"username": "anna", "password": PASSWORD, "next": "/m/organization"})
    assert first.location == "/login/second"
    assert other.get("/m/organization").status_code == 303, "half a log-in opens nothing"
    other.get("/login/second")
    refused = other.post("/login/second", {"code": "abcdef"})
    assert refused.status_code == 401
    assert "The code is wrong" in text_of(refused)
    entered = other.post("/login/second", {"code": pyotp.TOTP(secret).at(now[0])})
    assert entered.location == "/m/organization"
    assert other.get("/m/organization").status_code == 200
    third = Visitor(app)
    third.get("/login")
    third.post("/login", {"username": "anna", "password": PASSWORD})
    third.get("/login/second")
    assert third.post("/login/second", {"code": codes[0]}).location == "/"
    other.get("/account/second-factor")
    off = other.post("/account/second-factor/off", {"password": PASSWORD})
    assert off.status_code == 303
    assert not site.accounts.has_second_factor(site.accounts.get_user_id("anna"))


def test_the_picture_is_drawn_without_style_or_data_address(anna: Visitor, now: list[datetime]) -> None:
    anna.get("/account/second-factor")
    page = anna.get(anna.post("/account/second-factor/begin", {"password": PASSWORD}).location)
    picture = page.text[page.text.index('<svg class="fs-qr"') : page.text.index("</svg>", page.text.index("fs-qr"))]
    assert "style" not in picture
    assert "data:" not in picture
    assert picture.count("M") > 300


def test_a_second_step_without_a_first_one_leads_to_the_first(visitor: Visitor) -> None:
    assert visitor.get("/login/second").location == "/login"
    visitor.get("/login")
    answer = visitor.post("/login/second", {"code": "000000"})
    assert answer.status_code == 401
    assert "This log-in took too long." in text_of(answer)


def test_a_site_may_ask_everybody(site: Site, app: Flask, now: list[datetime]) -> None:
    site.settings._values = {**site.settings._values, "require_second_factor": True}  # type: ignore[attr-defined]
    site.accounts.add_user("anna", "Anna", roles=["sales_rep"], password=PASSWORD)
    anna = Visitor(app)
    anna.get("/login")
    anna.post("/login", {"username": "anna", "password": PASSWORD, "next": "/m/organization"})
    for path in ("/", "/m/organization", "/account", "/account/tokens", "/search?q=x"):
        assert anna.get(path).location == "/account/second-factor", path
    page = anna.get("/account/second-factor")
    assert "This site asks everybody for a second factor." in text_of(page)
    set_up(anna, now)
    assert anna.get("/m/organization").status_code == 200
    assert "Switch it off" not in text_of(anna.get("/account/second-factor"))


def test_denials_are_told_in_the_log(anna: Visitor, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="fieldstone.security")
    assert anna.get("/impersonate/1").status_code == 403
    (line,) = [each.getMessage() for each in caplog.records if '"denied"' in each.getMessage()]
    assert '"code": "account.E035"' in line
    assert '"path": "/impersonate/1"' in line
