"""What a plain scalar means: the YAML 1.2 core rules, without octal and hexadecimal.

`no`, `on`, `12:30`, `010` and `2024-01-01` stay text.
"""

from __future__ import annotations

import re
from decimal import Decimal

_CONSTANTS: dict[str, bool | None] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
MAX_DIGITS = 30
"""Before the point, and behind it."""

_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,29})")
_DECIMAL = re.compile(r"[-+]?(0|[1-9][0-9]{0,29})(\.[0-9]{1,30})?([eE][-+]?[0-9]{1,2})?")


def resolve_plain(text: str) -> str | int | Decimal | bool | None:
    """The value of an unquoted scalar. Numbers too long to be meant as numbers stay text."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if text[0] in "+-0123456789":
        if _INTEGER.fullmatch(text):
            return int(text)
        if _DECIMAL.fullmatch(text):
            return Decimal(text)
    return text
