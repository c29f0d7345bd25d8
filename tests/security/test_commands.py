"""Attack 1, 6, 7 and 10 at the command line: every command, every text it takes, on a site that is open already."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import click
import pytest
from click.testing import CliRunner, Result

from fieldstone.cli.main import fieldstone
from fieldstone.runtime.site import Site
from security.assault import running_cells
from security.payloads import EVIL, EXPRESSIONS, SQL_TOLD
from security.world import SQLITE, World

TEXTS = ("'; DROP TABLE organization; --", "\u00b2", "9" * 30, "name.__class__", EVIL)

HONEST: Mapping[str, str] = {
    "module": "organization", "username": "anna", "user": "anna", "record": "1", "folder": ".", "file": "none.csv",
    "path": "modules.organization.label", "revision": "1", "job_id": "1", "import_id": "1", "token_id": "999999",
    "what": "opportunity",
}  # fmt: skip
"""What a command takes, by the name of its argument."""

APART: Mapping[str, str] = {
    "serve": "runs until stopped", "worker": "runs until stopped", "init": "makes a site", "check": "test_declared",
    "plan": "test_declared", "publish": "test_declared", "purge": "takes no text", "rollback": "takes a number",
    "user import": "test_people", "doctor": "takes no text",
}  # fmt: skip
"""Commands that are not tried here, and why."""


def _leaves(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None
            yield from _leaves(found, (*path, name))
    else:
        yield " ".join(path), command


@pytest.fixture
def opened(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """Commands find the site of the world open, and leave it open."""
    monkeypatch.setattr(Site, "open", lambda *_a, **_k: world.site)
    monkeypatch.setattr(world.site, "close", lambda: None)
    return world


@SQLITE
def test_no_text_is_more_than_a_text_to_any_command(opened: World) -> None:
    before, tried, faults = opened.hidden_state(), 0, []
    for name, command in _leaves(fieldstone):
        if name in APART:
            continue
        for attacked in (each for each in command.params if _takes_text(each)):
            for text in EXPRESSIONS if attacked.name == "where" else TEXTS:
                words = _words(command, attacked, text)
                result = CliRunner().invoke(fieldstone, [*name.split(), *words], input="a long password\n")
                tried += 1
                faults += [f"{name} {attacked.name}={text[:40]!r}: {each}" for each in _wrong(result, text)]
    assert not faults, "\n".join(faults[:30])
    assert tried > 60
    assert opened.hidden_state() == before
    assert {each.username for each in opened.site.accounts.list_users() if each.is_admin} == {"admin"}


@SQLITE
def test_what_a_command_exports_runs_in_no_spreadsheet(opened: World) -> None:
    for form in ("csv", "json", "jsonl"):
        result = CliRunner().invoke(fieldstone, ["export", "opportunity", "--format", form])
        assert result.exit_code == 0
        assert "cell" in result.stdout
        assert form != "csv" or not list(running_cells(result.stdout))


def _takes_text(parameter: click.Parameter) -> bool:
    return isinstance(parameter.type, click.types.StringParamType) and parameter.name not in ("site",)


def _words(command: click.Command, attacked: click.Parameter, text: str) -> list[str]:
    """Honest arguments with one text replaced; options that are required are given."""
    words = []
    for each in command.params:
        value = text if each is attacked else HONEST.get(str(each.name), "1")
        if isinstance(each, click.Option):
            words += [each.opts[0], value] if each is attacked or each.required else []
    arguments = [each for each in command.params if isinstance(each, click.Argument)]
    given = [text if each is attacked else HONEST.get(str(each.name), "1") for each in arguments if each.nargs == 1]
    return [*words, "--", *given]


def _wrong(result: Result, text: str) -> list[str]:
    wrong = []
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        wrong.append(f"{type(result.exception).__name__}: {result.exception}"[:200])
    if result.exit_code not in (0, 1, 2, 3):
        wrong.append(f"exit code {result.exit_code}")
    return wrong + [f"tells {told}" for told in SQL_TOLD if told in result.output.replace(text, "")]
