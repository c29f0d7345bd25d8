"""Every command that the pages name exists, with its options."""

from __future__ import annotations

import re
import shlex

import click
import pytest

from docs.pages import Page, all_pages
from fieldstone.cli.main import fieldstone

_CALL = re.compile(r"(?:^|[\s(|/])fieldstone(?= +[a-z-])")
_WORD = re.compile(r"[a-z]+")


def _lines(page: Page) -> list[str]:
    """Command lines: in blocks without a language, and in words set as code."""
    lines = [line for block in page.blocks("", "sh") for line in block.text.replace("\\\n", " ").splitlines()]
    return [*lines, *page.words_in_code()]


def _problem(line: str) -> str:
    """What is wrong with the words after `fieldstone`; "" when they can be called."""
    try:
        words = shlex.split(line, comments=True)
    except ValueError:
        words = line.split()
    command: click.Command = fieldstone
    context = click.Context(fieldstone)
    options = {name for each in fieldstone.params for name in each.opts} | {"--help"}
    position = 0
    while position < len(words):
        word = words[position]
        if word in ("|", "&&", ">", "…"):
            break
        if word == "[OPTIONS]" and isinstance(command, click.Group) and command.invoke_without_command:
            break
        if word.startswith("-") and len(word) > 1:
            if word.partition("=")[0] not in options:
                return f"no option {word}"
            if isinstance(command, click.Group):
                position += 1  # its value
        elif isinstance(command, click.Group):
            found = command.get_command(context, word)
            if found is None:
                return f"no command {word}"
            command = found
            options |= {name for each in command.params for name in each.opts}
        position += 1
    return ""


@pytest.mark.parametrize("page", all_pages(), ids=lambda page: page.name)
def test_commands_exist(page: Page) -> None:
    problems = []
    for line in _lines(page):
        for found in _CALL.finditer(line):
            rest = line[found.end() :]
            if _WORD.match(rest.split()[0].lstrip("-")):
                problem = _problem(rest)
                problems += [f"{line}: {problem}"] if problem else []
    assert not problems


def test_a_wrong_command_is_found() -> None:
    assert _problem("publish crm --force") == "no option --force"
    assert _problem("user remove anna") == "no command remove"
    assert not _problem('--site /srv/crm user add ben --name "Ben" # a comment')
