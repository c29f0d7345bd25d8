"""Cells of a text file that a spreadsheet will open: formulas are neutralised, and read back as they were."""

from __future__ import annotations

import re

_FORMULA = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")


def neutralise(text: str) -> str:
    """A text that a spreadsheet would take for a formula gets an apostrophe in front."""
    return f"'{text}" if _FORMULA.match(text) else text


def restore(text: str) -> str:
    """The text that `neutralise` was given."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text
