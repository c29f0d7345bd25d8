"""Which site a command works on, and how a site begins."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fieldstone.cli.main import fieldstone

WORD = "a long enough password\n"


def run(*words: object, stdin: str = "", code: int = 0) -> Result:
    answer = CliRunner().invoke(fieldstone, [str(word) for word in words], input=stdin)
    assert answer.exit_code == code, answer.output
    assert "Traceback" not in answer.output
    return answer


def test_the_site_is_named_before_or_after_the_command_or_by_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "one"
    run("--site", site, "init", "--admin", "boss", "--password-stdin", stdin=WORD)
    users = run("user", "list", "--json", "--site", site).output
    assert "boss" in users
    assert run("--site", site, "user", "list", "--json").output == users
    assert run("--site", tmp_path / "none", "user", "list", "--json", "--site", site).output == users
    monkeypatch.setenv("FIELDSTONE_SITE", str(site))
    assert run("user", "list", "--json").output == users
    monkeypatch.delenv("FIELDSTONE_SITE")
    monkeypatch.chdir(site.parent)
    assert "no site in" in run("user", "list", code=1).stderr
    site.rename(tmp_path / "site")
    assert run("user", "list", "--json").output == users
    assert "already" in run("init", code=1).stderr


def test_a_site_needs_a_password_that_was_really_given(tmp_path: Path) -> None:
    site = tmp_path / "site"
    assert "standard input" in run("--site", site, "init", "--password-stdin", code=2).stderr
    run("--site", site, "init", "--password-stdin", stdin="short\n", code=1)
    assert not (site / "site.db").exists()
    made = run("--site", site, "init").output
    assert re.search(r"Password  \S{16} ", made)


def test_check_needs_no_site(tmp_path: Path) -> None:
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "visit.yaml").write_text("module: visit\nlabel: Visit\nfields: {when: {type: dat}}\n")
    answer = run("--site", tmp_path / "none", "check", tmp_path, code=1)
    assert re.search(r"^modules/visit\.yaml:3:\d+: error ", answer.stderr, re.MULTILINE)
    assert "2 errors, 0 warnings." in answer.stdout
    found = run("--site", tmp_path / "none", "check", tmp_path, "--json", code=1)
    assert '"line": 3' in found.stdout


def test_a_fault_of_ours_shows_a_reference_and_no_traceback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def burst(*args: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("fieldstone.runtime.site.Site.check", burst)
    answer = run("--site", tmp_path / "none", "check", code=1)
    assert re.search(r"Reference [0-9A-F]{8}", answer.stderr)
    assert "secret" not in answer.output
