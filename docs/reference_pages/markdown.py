"""The few forms of Markdown that the reference pages are made of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

NOTE = "<!-- Made by docs/generate.py from the code: change the code, then run `make docs`. -->"


def page(title: str, introduction: str, sections: Iterable[str]) -> str:
    """A whole page, ending in one line break."""
    return "\n\n".join((NOTE, f"# {title}", introduction, *sections)).rstrip() + "\n"


def table(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [_row(headers), _row("---" for _ in headers)]
    return "\n".join([*lines, *(_row(row) for row in rows)])


def code(text: object) -> str:
    """Inline code; "" stays ""."""
    shown = str(text)
    if not shown:
        return ""
    fence = "``" if "`" in shown else "`"
    space = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{space}{shown}{space}{fence}"


def codes(texts: Iterable[object]) -> str:
    return ", ".join(code(text) for text in texts)


def block(language: str, text: str) -> str:
    return f"```{language}\n{text.rstrip()}\n```"


def paragraph(docstring: str | None) -> str:
    """A docstring as running text."""
    return re.sub(r"\s+", " ", docstring or "").strip()


def _row(cells: Iterable[object]) -> str:
    return "| " + " | ".join(_cell(cell) for cell in cells) + " |"


def _cell(value: object) -> str:
    """What is no code must not be taken for HTML."""
    text = str(value).replace("|", "\\|").replace("\n", " ").strip()
    parts = text.split("`")
    return "`".join(part if place % 2 else part.replace("<", "&lt;") for place, part in enumerate(parts))
