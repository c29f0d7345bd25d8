"""The reference pages are made from the code, all of them and completely."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from fieldstone.expressions.functions import FUNCTIONS
from fieldstone.expressions.operators import OPERATORS
from fieldstone.fields.registry import built_in_field_types
from fieldstone.kernel.codes import all_codes
from fieldstone.metadata.rights import FIELD_ACCESS, RIGHTS, SCOPES, SHARED, TOOLS
from fieldstone.runtime.setting import SETTINGS
from fieldstone.workflows.actions.registry import BUILT_IN
from fieldstone.workflows.triggers import TRIGGERS


def load(name: str) -> Any:
    return importlib.import_module(name)


PAGES: Mapping[str, Callable[[], str]] = load("generate").PAGES
FOLDER: Path = load("generate").FOLDER


@pytest.mark.parametrize("name", list(PAGES))
def test_the_page_is_up_to_date(name: str) -> None:
    made = PAGES[name]()
    assert (FOLDER / name).read_text("utf-8") == made, "run `make docs`"
    assert PAGES[name]() == made


def test_there_are_no_other_pages() -> None:
    assert {file.name for file in FOLDER.iterdir()} == set(PAGES)


def _page(name: str) -> str:
    return PAGES[name]()


def test_everything_is_documented() -> None:
    load("reference_pages.codes").import_everything()
    documented = {
        "field-types.md": [f"## {kind.name}" for kind in built_in_field_types()],
        "functions.md": [f"| `{function.name}(" for function in FUNCTIONS],
        "operators.md": [f"| `{operator.name}` |" for operator in OPERATORS],
        "codes.md": [f"| `{code.code}` |" for code in all_codes()],
        "commands.md": [f"## {name}" for name, _ in load("reference_pages.commands").all_commands()],
        "settings.md": [f"| `{setting.name}` |" for setting in SETTINGS],
        "hooks.md": [f"## {name}" for name, _ in load("reference_pages.hooks").all_hooks()],
        "actions-and-triggers.md": [
            *(f"### {action.name}" for action in BUILT_IN),
            *(f"| `{trigger}` |" for trigger in TRIGGERS),
        ],
        "permissions.md": [f"| `{word}` |" for word in (*RIGHTS, *SCOPES, *FIELD_ACCESS, *TOOLS, *SHARED)],
    }
    missing = [f"{page}: {text}" for page, texts in documented.items() for text in texts if text not in _page(page)]
    assert not missing


def test_every_command_helps_with_an_example() -> None:
    for name, command in load("reference_pages.commands").all_commands():
        assert "Example: " in (command.help or ""), name


def test_every_field_type_has_a_sample() -> None:
    assert set(load("reference_pages.samples").FIELD_SAMPLES) == set(built_in_field_types().names)
