"""Writes docs/reference from the code: `make docs`. The result depends on nothing but the code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from reference_pages import (
    codes,
    commands,
    field_types,
    functions,
    hooks,
    operators,
    permissions,
    schemas,
    settings,
    type_changes,
    workflows,
)

FOLDER = Path(__file__).parent / "reference"

PAGES: Mapping[str, Callable[[], str]] = {
    "field-types.md": field_types.render,
    "type-changes.md": type_changes.render,
    "schemas.md": schemas.render,
    "functions.md": functions.render,
    "operators.md": operators.render,
    "actions-and-triggers.md": workflows.render,
    "permissions.md": permissions.render,
    "commands.md": commands.render,
    "settings.md": settings.render,
    "hooks.md": hooks.render,
    "codes.md": codes.render,
}


def main() -> None:
    """Write every page; what is no page any more goes."""
    FOLDER.mkdir(exist_ok=True)
    for file in FOLDER.glob("*.md"):
        if file.name not in PAGES:
            file.unlink()
    for name, render in PAGES.items():
        (FOLDER / name).write_text(render(), encoding="utf-8")


if __name__ == "__main__":
    main()
