"""What people choose for themselves, and where it shows."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask

from fieldstone.runtime.site import Site
from web.visitor import Visitor, text_of

CHOSEN = {"language": "en", "zone": "Europe/Berlin", "date_format": "dots", "number_format": "point_comma"}


def test_dates_and_numbers_are_written_as_chosen(admin: Visitor, save: Callable[..., int]) -> None:
    deal = save("opportunity", name="Big one", amount="1234567.5", close_date="2026-03-14")
    before = text_of(admin.get(f"/m/opportunity/{deal}"))
    assert "14 Mar 2026" in before
    assert "1,234,567.50" in before
    admin.get("/account")
    assert admin.post("/account", CHOSEN).status_code == 303
    for path in (f"/m/opportunity/{deal}", "/m/opportunity?view=all&columns=name,amount,close_date"):
        page = text_of(admin.get(path))
        assert "14.03.2026" in page, path
        assert "1.234.567,50" in page, path
        assert "14 Mar 2026" not in page, path
    form = admin.get(f"/m/opportunity/{deal}/edit").text
    assert 'value="1234567.5"' in form, "what is typed stays plain"
    account = admin.get("/account").text
    assert '<option value="dots" selected>31.12.2026</option>' in account
    assert '<option value="point_comma" selected>12.345,60</option>' in account


def test_nothing_else_can_be_chosen(admin: Visitor, site: Site) -> None:
    admin.get("/account")
    for change in ({"date_format": "%Y"}, {"number_format": "{0}"}, {"zone": "Mars"}, {"language": "xx"}):
        assert admin.post("/account", {**CHOSEN, **change}).status_code == 422, change
    assert site.accounts.get_user(1).date_format == ""


def test_the_own_address_changes_with_the_password(admin: Visitor, site: Site) -> None:
    admin.get("/account")
    wanted = {**CHOSEN, "email": "boss@example.com"}
    for given in ({}, {"password": "wrong"}):
        refused = admin.post("/account", {**wanted, **given})
        assert refused.status_code == 422
        assert "is not the present one" in text_of(refused) or "password" in text_of(refused)
    assert site.accounts.get_user(1).email == ""
    assert admin.post("/account", {**wanted, "password": "a long password"}).status_code == 303
    assert site.accounts.get_user(1).email == "boss@example.com"
    assert admin.post("/account", wanted).status_code == 303, "nothing else needs it"
    admin.get("/setup/users/edit/?id=1")
    setup = admin.post("/setup/users/edit/?id=1", {"label": "Boss", "email": "other@example.com", "is_admin": "y"})
    assert "changed with your password" in text_of(setup)
    assert site.accounts.get_user(1).email == "boss@example.com"


def test_ones_own_log_ins(site: Site, app: Flask, admin: Visitor) -> None:
    site.accounts.add_user("anna", "Anna", password="another long one")
    visitor = Visitor(app)
    visitor.get("/login")
    visitor.post("/login", {"username": "admin", "password": "wrong"}, headers={"User-Agent": "<b>Evil</b>/1"})
    visitor.log_in("anna", "another long one")
    page = admin.get("/account/log-ins")
    words = text_of(page)
    assert words.count("Logged in") == 1
    assert words.count("Failed") == 1
    assert "<b>Evil" not in page.text
    assert "in the last 90 days" in words
    assert "Show older ones" not in words
    for _ in range(60):
        site.accounts.use_login_link(site.accounts.login_link("admin"))
    first = admin.get("/account/log-ins")
    assert "Show older ones" in text_of(first)
    assert "Failed" not in text_of(first)
    older = first.text.split('href="/account/log-ins?before=')[1].split('"')[0]
    assert "Failed" in text_of(admin.get(f"/account/log-ins?before={older}"))


def test_ones_own_tokens(site: Site, app: Flask, admin: Visitor) -> None:
    admin.get("/account/tokens")
    made = admin.post("/account/tokens", {"label": "<Website>", "scope": "read", "modules": "lead", "expires": "30d"})
    assert made.status_code == 200
    secret = made.text.split('fs-key">')[1].split("<")[0]
    actor = site.accounts.find_token_actor(secret)
    assert actor is not None
    assert actor.scopes == ("module:lead", "read")
    page = admin.get("/account/tokens")
    assert secret not in page.text
    assert "&lt;Website&gt;" in page.text
    assert admin.post("/account/tokens", {"label": "x", "modules": "A B", "expires": "30d"}).status_code == 422
    assert admin.post("/account/tokens", {"label": "x", "expires": "soon"}).status_code == 422
    token_id = site.accounts.list_tokens(1)[0].id
    site.accounts.add_user("anna", "Anna", password="another long one")
    anna = Visitor(app)
    anna.log_in("anna", "another long one")
    anna.get("/account/tokens")
    assert anna.post("/account/tokens/revoke", {"token": str(token_id)}).status_code == 404
    assert anna.post("/account/tokens", {"label": "x", "expires": "30d"}).status_code == 403, "no role gives the tool"
    assert admin.post("/account/tokens/revoke", {"token": str(token_id)}).status_code == 303
    assert site.accounts.find_token_actor(secret) is None
