"""Who may enter Setup, and by which doors: over every address that the console has."""

from __future__ import annotations

import subprocess
import sys

from flask import Flask, g
from werkzeug.routing import Rule

from fieldstone.runtime.site import Site
from fieldstone.web.setup import get_console
from web.setup.conftest import address
from web.visitor import Visitor, text_of

SHOWN = ("users", "teams", "roles", "profiles", "sessions", "tokens", "logins", "audit", "runs", "jobs", "outbox",
         "draft", "revisions", "settings", "health")  # fmt: skip


def test_every_address_asks_for_the_log_in(rules: list[Rule], visitor: Visitor) -> None:
    assert len(rules) > 100
    for rule in rules:
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            if method == "GET":
                assert str(visitor.get(address(rule)).location).startswith("/login"), rule.rule
    assert visitor.get("/setup/").location == "/login?next=/setup/"


def test_every_address_refuses_whoever_may_not_enter(rules: list[Rule], rep: Visitor) -> None:
    for rule in rules:
        if "GET" in (rule.methods or ()):
            assert rep.get(address(rule)).status_code == 403, rule.rule
        if "POST" in (rule.methods or ()):
            assert rep.post(address(rule)).status_code == 403, rule.rule
    assert "Setup" not in text_of(rep.get("/"))


def test_every_change_needs_the_token(rules: list[Rule], admin: Visitor) -> None:
    for rule in rules:
        if "POST" in (rule.methods or ()):
            refused = admin.client.post(address(rule), data={"csrf_token": "made up"})
            assert refused.status_code == 400, rule.rule
            assert "This form is out of date" in refused.text


def test_each_view_asks_again(app: Flask, site: Site, rep: Visitor) -> None:
    """The door at /setup is not the only one: a view that is reached otherwise still asks."""
    for username, may in (("rep", False), ("admin", True)):
        with app.test_request_context("/setup/"):
            g.actor = site.accounts.actor(site.accounts.find_user_id(username) or 0)
            for view in get_console().admin._views:
                assert view.is_accessible() is may


def test_whoever_may_enter_finds_the_way(keeper: Visitor, admin: Visitor) -> None:
    for visitor in (keeper, admin):
        assert 'href="/setup/"' in visitor.get("/").text
        overview = visitor.get("/setup/")
        assert overview.status_code == 200
        for name in SHOWN:
            assert f'href="/setup/{name}/"' in overview.text
            assert visitor.get(f"/setup/{name}/").status_code == 200, name


def test_addresses_that_lead_nowhere(admin: Visitor) -> None:
    for path in ("nothing", "users/edit/?id=999", "jobs/999", "revisions/999", "runs/999", "roles/of/nobody"):
        assert admin.get(f"/setup/{path}").status_code == 404, path
    assert admin.get("/setup/jobs/1/cancel").status_code == 405
    assert admin.get("/setup/users/?page=-5&sort=99").status_code == 200
    assert admin.get("/setup/jobs/?before=x&state=odd").status_code == 200


def test_nothing_of_it_is_loaded_before_somebody_enters() -> None:
    code = (
        "import sys; from fieldstone.web import create_app; "
        "assert not [name for name in sys.modules if name.startswith('flask_admin')]"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
