"""Logging in and out, and what a session is worth."""

from __future__ import annotations

from flask import Flask

from fieldstone.runtime.site import Site
from web.visitor import Visitor, text_of


def test_a_page_asks_for_the_log_in_and_leads_back(visitor: Visitor) -> None:
    asked = visitor.get("/m/organization?view=mine")
    assert asked.status_code == 303
    assert asked.location == "/login?next=/m/organization?view%3Dmine"
    visitor.get(asked.location)
    entered = visitor.post(
        "/login", {"username": "ADMIN", "password": "a long password", "next": "/m/organization?view=mine"}
    )
    assert entered.status_code == 303
    assert entered.location == "/m/organization?view=mine"
    assert visitor.get(entered.location).status_code == 200


def test_a_wrong_password_keeps_the_user_name_and_says_what_to_do(visitor: Visitor) -> None:
    visitor.get("/login")
    refused = visitor.post("/login", {"username": "admin", "password": "wrong"})
    assert refused.status_code == 401
    assert "The user name or the password is wrong." in text_of(refused)
    assert 'value="admin"' in refused.text
    unknown = visitor.post("/login", {"username": "nobody", "password": "wrong"})
    assert "The user name or the password is wrong." in text_of(unknown)


def test_many_wrong_passwords_are_slowed_down(visitor: Visitor) -> None:
    visitor.get("/login")
    answers = [visitor.post("/login", {"username": "admin", "password": f"wrong {n}"}) for n in range(30)]
    assert answers[-1].status_code == 429
    assert "Too many attempts" in text_of(answers[-1])


def test_the_way_back_never_leaves_the_site(visitor: Visitor) -> None:
    for target in (
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "\t//evil.example",
    ):
        visitor.get("/login")
        entered = visitor.post("/login", {"username": "admin", "password": "a long password", "next": target})
        assert entered.location == "/"
        visitor.get("/more")
        visitor.post("/logout")


def test_logging_out_ends_the_session_for_a_copied_cookie_too(app: Flask, admin: Visitor) -> None:
    cookie = admin.client.get_cookie("fieldstone")
    assert cookie is not None
    assert cookie.http_only
    assert cookie.same_site == "Lax"
    admin.get("/more")
    left = admin.post("/logout")
    assert left.location == "/login?out=1"
    assert "You are logged out." in text_of(admin.get(left.location))
    thief = app.test_client()
    thief.set_cookie("fieldstone", cookie.value)
    assert thief.get("/").status_code == 303


def test_a_user_who_is_deactivated_is_out_at_once(site: Site, app: Flask) -> None:
    user = site.accounts.add_user("anna", "Anna", roles=["sales_rep"], password="another long one")
    anna = Visitor(app)
    anna.log_in("anna", "another long one")
    assert anna.get("/").status_code == 200
    site.accounts.deactivate(user)
    assert anna.get("/").status_code == 303


def test_a_log_in_link_works_once_and_needs_a_click(site: Site, app: Flask) -> None:
    key = site.accounts.login_link("admin")
    first, second = Visitor(app), Visitor(app)
    for _ in range(2):
        assert first.get(f"/login/link/{key}").status_code == 200
    assert first.post(f"/login/link/{key}").status_code == 303
    assert first.get("/").status_code == 200
    second.get(f"/login/link/{key}")
    refused = second.post(f"/login/link/{key}")
    assert refused.status_code == 401
    assert "This link has been used or is too old." in text_of(refused)


def test_https_sites_keep_their_cookie_to_themselves(site: Site) -> None:
    from fieldstone.web import create_app

    site.settings._values = {**site.settings._values, "base_url": "https://crm.example.com"}  # type: ignore[attr-defined]
    client = create_app(site).test_client()
    answer = client.get("/login", base_url="https://crm.example.com")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-fieldstone=")
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")


def test_the_account_page_changes_language_look_and_password(site: Site, app: Flask, admin: Visitor) -> None:
    page = admin.get("/account")
    assert "Where you are logged in" in text_of(page)
    saved = admin.post(
        "/account", {"language": "zh_CN", "zone": "Asia/Shanghai", "theme": "dark", "density": "comfortable"}
    )
    assert saved.status_code == 303
    page = admin.get("/account")
    assert '<html lang="zh-CN" data-bs-theme="dark" data-density="comfortable" data-keys="off">' in page.text
    assert "账户已保存" in text_of(page)
    other = Visitor(app)
    other.log_in()
    assert 'data-bs-theme="dark"' in other.get("/").text
    admin.get("/account/password")
    wrong = admin.post(
        "/account/password", {"present": "wrong", "new": "quite another one", "again": "quite another one"}
    )
    assert wrong.status_code == 422
    changed = admin.post(
        "/account/password", {"present": "a long password", "new": "quite another one", "again": "quite another one"}
    )
    assert changed.status_code == 303
    assert admin.get("/account").status_code == 200
    assert other.get("/").status_code == 303
