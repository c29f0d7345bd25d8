"""What every command has, whichever it is."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from fieldstone.cli.main import fieldstone


def walk(command: click.Command, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None, name
            yield from walk(found, (*path, name))


COMMANDS = dict(walk(fieldstone, ("fieldstone",)))
LEAVES = {path: command for path, command in COMMANDS.items() if not isinstance(command, click.Group)}
PRINTS_A_SECRET_OR_NOTHING = {
    "serve", "init", "worker", "export", "add", "password", "change", "link", "activate", "log-out",
    "reset-second-factor", "revoke",
}  # fmt: skip


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_the_help_has_an_example_that_fits_the_command(path: tuple[str, ...]) -> None:
    answer = CliRunner().invoke(fieldstone, [*path[1:], "--help"])
    assert answer.exit_code == 0
    found = re.search(r"^\s*Example: (.+(?:\n\s{2,}\S.*)*)", answer.output.partition("\nOptions:")[0], re.MULTILINE)
    assert found, answer.output
    words = shlex.split(" ".join(found[1].split()).rpartition("| ")[2])
    assert tuple(words[: len(path)]) == path
    called = path
    while (*called, *words[len(called) : len(called) + 1]) in COMMANDS and len(called) < len(words):
        called = (*called, words[len(called)])
    known = {option for parameter in COMMANDS[called].params for option in parameter.opts}
    assert {word for word in words if word.startswith("-")} <= known


@pytest.mark.parametrize("path", LEAVES, ids=" ".join)
def test_every_command_says_which_site_and_every_option_says_what_it_does(path: tuple[str, ...]) -> None:
    options = {parameter.name: parameter for parameter in LEAVES[path].params if isinstance(parameter, click.Option)}
    assert "site" in options
    assert all(option.help for option in options.values())
    if path[-1] not in PRINTS_A_SECRET_OR_NOTHING:
        assert "as_json" in options


def test_the_list_of_commands_shows_each() -> None:
    output = CliRunner().invoke(fieldstone, ["--help"]).output
    for path in COMMANDS:
        if len(path) == 2:
            assert re.search(rf"^  {path[1]}  +\S", output, re.MULTILINE)


@pytest.mark.parametrize(
    "words",
    [
        ["no_such"], ["check", "no/such/folder"], ["jobs", "--limit", "0"], ["jobs", "--state", "lost"], ["import"],
        ["export"], ["rollback", "first"], ["serve", "--port", "70000"], ["user", "add"], ["jobs", "--no-such"],
        ["import", "organization", "no_such.csv"], ["export", "organization", "--format", "pdf"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_wrong_usage_is_told_apart(words: list[str]) -> None:
    answer = CliRunner().invoke(fieldstone, words)
    assert answer.exit_code == 2
    assert answer.stderr.startswith("Usage: fieldstone")
    assert answer.stdout == ""
