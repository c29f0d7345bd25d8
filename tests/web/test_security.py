"""What every page must keep to, whatever it shows."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import Rule

import fieldstone.web
from fieldstone.kernel.errors import UnavailableError
from fieldstone.runtime.site import Site
from fieldstone.web import create_app
from fieldstone.web.security import CONTENT_SECURITY_POLICY, local_path
from fieldstone.web.static_files import HTMX_SHA256, OWN, VENDOR, static_url, vendor_file
from web.visitor import Visitor, text_of

WEB = Path(fieldstone.web.__file__).parent
_NOT_PAGES = ("api", "assets", "brand", "hooks", "login")


def _rules(app: Flask, method: str) -> list[Rule]:
    rules = [rule for rule in app.url_map.iter_rules() if method in (rule.methods or ())]
    return [rule for rule in rules if not rule.endpoint.startswith(tuple(f"{name}." for name in _NOT_PAGES))]


def _address(rule: Rule) -> str:
    texts = {"module": "organization", "name": "name", "target": "organization", "kind": "edit", "ending": "csv"}
    return rule.build({name: texts.get(name, 1) for name in rule.arguments})[1]  # type: ignore[index]


def test_every_page_asks_for_the_log_in(app: Flask, visitor: Visitor) -> None:
    rules = [rule for rule in _rules(app, "GET") if rule.endpoint not in ("healthz", "readyz", "metrics")]
    assert len(rules) > 25
    for rule in rules:
        answer = visitor.get(_address(rule))
        assert answer.status_code == 303, rule.rule
        assert answer.location.startswith("/login"), rule.rule


def test_every_change_needs_the_token(app: Flask, admin: Visitor) -> None:
    rules = _rules(app, "POST")
    assert len(rules) > 15
    for rule in rules:
        refused = admin.client.post(_address(rule), data={"csrf_token": "made up"})
        assert refused.status_code == 400, rule.rule
        assert "This form is out of date" in refused.text, rule.rule


def test_the_headers_stand_on_every_answer(admin: Visitor) -> None:
    for url in ("/", "/m/organization", "/no/such/page", "/login", "/m/organization/999"):
        headers = admin.get(url).headers
        assert headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cache-Control"] == "no-store"
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert "data:" not in CONTENT_SECURITY_POLICY


@pytest.mark.parametrize("path", sorted((WEB / "templates").rglob("*.html")), ids=lambda path: path.name)
def test_templates_hold_no_script_style_or_handler(path: Path) -> None:
    source = path.read_text("utf-8")
    assert not re.search(r"<script(?![^>]*\bsrc=)", source)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:|hx-on|hx-vals=.js:|\|\s*safe\b", source)


def test_scripts_are_short_and_need_no_eval() -> None:
    scripts = sorted((WEB / "static" / "js").glob("*.js"))
    assert scripts
    for script in scripts:
        source = script.read_text("utf-8")
        assert len(source.splitlines()) < 200, script.name
        assert not re.search(r"\beval\(|new Function|document\.write|\.style\.cssText|setAttribute\(.style", source)


def test_static_files_are_kept_for_ever_and_nothing_else_of_a_wheel_is_served(visitor: Visitor) -> None:
    for address in (*VENDOR, "fieldstone.css", "js/app.js"):
        answer = visitor.get(static_url(address))
        assert answer.status_code == 200, address
        assert "immutable" in answer.headers["Cache-Control"]
        assert "max-age=31536000" in answer.headers["Cache-Control"]
    old = visitor.get("/static/000000000000/fieldstone.css")
    assert old.status_code == 200
    assert "immutable" not in old.headers["Cache-Control"]
    for address in ("vendor/htmx.js", "vendor/../app.py", "../app.py", "vendor/ext/preload.js", "js/nothing.js"):
        assert visitor.get(static_url(address)).status_code == 404, address


def test_htmx_is_the_file_that_was_looked_at() -> None:
    assert hashlib.sha256(vendor_file("vendor/htmx.min.js").read_bytes()).hexdigest() == HTMX_SHA256


def test_colours_stand_only_among_the_tokens() -> None:
    css = (OWN / "fieldstone.css").read_text("utf-8")
    below = css[css.index("── 2 Base") :]
    below = below.replace("rgb(255 255 255 / .35)", "")  # the edge of a key on the accent, in the design as drawn
    assert not re.search(r"#[0-9a-f]{3,8}\b(?![^{]*\{)|rgb\(", below)


def test_a_body_that_is_too_large_is_refused(admin: Visitor) -> None:
    answer = admin.post("/m/organization/new", {"f.name": "x" * 3_000_000})
    assert answer.status_code == 413
    assert "This is too large" in text_of(answer)


def test_markup_in_names_is_shown_literally(admin: Visitor, save: Callable[..., int]) -> None:
    evil = "<img src=x onerror=alert(1)> {{7*7}} \"'"
    organization = save("organization", name=evil, tags=["<i>"])
    save("opportunity", name=evil, organization=organization, description="<script>alert(1)</script>")
    admin.post("/m/organization/views/new", {"view": "all", "label": evil, "audience": "private"})
    admin.post("/m/organization/star", {"view": "1"})
    admin.post("/m/organization/mass/tag", {"id": [organization, 999], "f.add": "<img src=x onerror=alert(1)>"})
    for url in (
        "/m/organization", f"/m/organization/{organization}", f"/m/organization/{organization}/edit",
        "/m/opportunity?view=all",
        "/m/opportunity/1", "/search?q=onerror", "/search/suggest?q=onerror", "/suggest/organization?q=onerror", "/",
        f"/m/organization/{organization}/history", f"/m/organization/delete?id={organization}",
        "/m/organization?where=contains(name,'onerror')", "/m/opportunity?view=all&group=organization",
        "/m/organization?view=1", "/m/organization/views/1/edit", "/m/organization/mass/edit?id=1", "/jobs/1",
    ):  # fmt: skip
        page = admin.get(url)
        assert page.status_code == 200, url
        assert "<img src=x" not in page.text, url
        assert "<script>alert" not in page.text, url
        assert ">49<" not in page.text, url
    assert "{{7*7}}" in admin.get(f"/m/organization/{organization}").text


@pytest.mark.parametrize(
    "target", ["", None, "http://evil", "//evil", "/\\evil", "evil", "/ok\r\nSet-Cookie: a=b", "/a\\b", "\x00/"]
)
def test_a_path_that_is_not_local_is_replaced(target: str | None) -> None:
    assert local_path(target, "/home") == "/home"


def test_our_own_fault_gives_a_reference_and_no_traceback(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    app = create_app(site)

    def broken() -> str:
        raise RuntimeError("secret detail")

    app.view_functions["home.show"] = broken
    visitor = Visitor(app)
    visitor.log_in()
    answer = visitor.get("/")
    assert answer.status_code == 500
    reference = re.search(r'id="reference">([0-9A-Z]{4}-[0-9A-Z]{4})<', answer.text)
    assert reference is not None
    assert "secret detail" not in answer.text
    assert any(reference[1] in record.getMessage() and record.exc_info for record in caplog.records)


def test_a_module_without_the_right_is_refused_with_who_can_help(site: Site, app: Flask) -> None:
    site.accounts.add_user("anna", "Anna", roles=["sales_rep"], password="another long one")
    anna = Visitor(app)
    anna.log_in("anna", "another long one")
    refused = anna.get("/m/product/new")
    assert refused.status_code == 403
    assert "Ask an administrator" in text_of(refused)
    assert "/m/product/new" not in anna.get("/m/product").text


def test_records_out_of_reach_look_as_if_they_were_not_there(site: Site, app: Flask, save: Callable[..., int]) -> None:
    hidden = save("organization", name="Only for the administrator")
    site.accounts.add_user("anna", "Anna", roles=["sales_rep"], password="another long one")
    anna = Visitor(app)
    anna.log_in("anna", "another long one")
    base = f"/m/organization/{hidden}"
    for url in (base, f"{base}/edit", f"{base}/history", f"{base}/field/name", f"{base}/related/contacts"):
        assert anna.get(url, headers={"HX-Request": "true"}).status_code == 404, url
    for url in (f"{base}/edit", f"{base}/field/name", f"{base}/comments", "/m/organization/delete"):
        anna.get("/more")
        answer = anna.post(url, {"f.name": "Taken", "text": "hello", "id": hidden})
        assert answer.status_code in (403, 404), url
    assert "Only for the administrator" not in anna.get("/m/organization").text
    assert "Only for the administrator" not in anna.get("/search?q=administrator").text


def test_a_site_that_is_away_says_so(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    visitor = Visitor(create_app(site))

    def away() -> None:
        raise UnavailableError("storage.E002", reason="refused")

    monkeypatch.setattr(site.models, "refresh", away)
    answer = visitor.get("/m/organization")
    assert answer.status_code == 503
    assert "Fieldstone is not available right now" in text_of(answer)
    assert 'href="/m/organization">Try again' in answer.text
