"""The commands by which an operator lets people in, keeps them out, and looks at what happened."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fieldstone.cli.main import fieldstone
from fieldstone.runtime.site import Site
from fieldstone.web import create_app
from web.visitor import Visitor


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    Site.create(tmp_path / "site", admin="admin", password="a long password").close()
    return tmp_path / "site"


def run(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(fieldstone, ["--site", str(folder), *words])


def told(folder: Path, *words: str) -> object:
    answer = run(folder, *words, "--json")
    assert answer.exit_code == 0, answer.output
    return json.loads(answer.stdout)


def _profiles(folder: Path) -> list[str]:
    site = Site.open(folder)
    names = list(site.models.current.model.profiles)
    site.close()
    return names


def test_the_life_of_a_user(folder: Path) -> None:
    wrong = run(folder, "user", "add", "anna", "--role", "sales_rep", "--profile", "nothing_like_it")
    assert wrong.exit_code == 1
    assert "There is no profile nothing_like_it." in wrong.output
    profile = next(iter(_profiles(folder)))
    assert run(folder, "user", "add", "anna", "--role", "sales_rep", "--profile", profile).exit_code == 0
    assert profile in run(folder, "user", "list").output
    assert run(folder, "user", "add", "ben", "--role", "sales_rep").exit_code == 0
    changed = run(folder, "user", "change", "anna", "--name", "Anna Wu", "--role", "sales_manager", "--zone", "Mars")
    assert changed.exit_code == 1
    assert "no time zone" in changed.output
    assert run(folder, "user", "change", "anna", "--name", "Anna Wu", "--role", "sales_manager").exit_code == 0
    assert "sales_manager" in run(folder, "user", "list").output
    link = run(folder, "user", "link", "anna", "--password").output.strip()
    assert link.startswith("http://localhost:8000/login/password/")
    path = link.removeprefix("http://localhost:8000")
    site = Site.open(folder)
    visitor = Visitor(create_app(site))
    visitor.get(path)
    assert visitor.post(path, {"new": "quite another one", "again": "quite another one"}).status_code == 303
    visitor.log_in("anna", "quite another one")
    site.close()
    assert "1 session of anna ended." in run(folder, "user", "log-out", "anna").output
    assert run(folder, "user", "reset-second-factor", "anna").exit_code == 1, "there is none"
    assert told(folder, "user", "deactivate", "anna", "--hand-over-to", "ben") == {"records": 0, "job": None}
    assert run(folder, "user", "deactivate", "ben", "--hand-over-to", "team:Nowhere").exit_code == 1
    assert run(folder, "user", "activate", "anna").exit_code == 0
    log_ins = told(folder, "user", "log-ins", "anna")
    assert isinstance(log_ins, list)
    assert [(each["method"], each["outcome"]) for each in log_ins] == [("password", "passed")]
    assert "password" in run(folder, "user", "log-ins").output


def test_tokens_and_the_audit_log(folder: Path) -> None:
    secret = run(folder, "token", "add", "admin", "--label", "Website", "--scope", "read").stdout.strip()
    (token,) = told(folder, "token", "list", "admin")  # type: ignore[misc]
    assert (token["label"], token["scopes"], token["used_at"]) == ("Website", ["read"], None)
    assert "Website" in run(folder, "token", "list").output
    assert run(folder, "token", "revoke", str(token["id"])).exit_code == 0
    assert run(folder, "token", "revoke", str(token["id"])).exit_code == 1
    entries = told(folder, "audit", "--action", "token.")
    assert isinstance(entries, list)
    assert [each["action"] for each in entries] == ["token.revoked", "token.added"]
    shown = run(folder, "audit")
    assert "command line" in shown.output
    assert secret not in shown.output
