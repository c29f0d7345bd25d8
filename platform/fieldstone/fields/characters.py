"""Text as it is taken in: NFC, trimmed, without characters that cannot be stored or shown."""

from __future__ import annotations

import re
import reprlib
from decimal import Decimal
from typing import Any

from fieldstone.fields.base import FieldValueError
from fieldstone.fields.codes import CONTROL_CHARACTER, SEVERAL_LINES, WRONG_KIND
from fieldstone.kernel.folding import normalise

# C0, DEL and C1 controls, lone surrogates (no UTF-8) and the noncharacters; tab and line feed are judged apart.
_REFUSED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_LARGEST_CODE = 10**30
_LINE_BREAK = re.compile("[\n\u2028\u2029]")


def excerpt(raw: Any) -> str:
    """What was sent, short enough to be quoted in a message."""
    try:
        text = raw if isinstance(raw, str) else reprlib.repr(raw)
    except ValueError:  # an int of thousands of digits refuses to be printed
        text = "…"
    text = "".join(char if char.isprintable() else " " for char in text[:60])
    return text if len(text) < 60 else text[:59] + "…"


def read_line(raw: Any) -> str:
    """One line of text, trimmed; "" when there is none. Raises FieldValueError."""
    if type(raw) is str and raw.isascii() and raw.isprintable():
        return raw.strip()
    text = _as_text(raw)
    _refuse_controls(text)
    text = text.strip()
    if _LINE_BREAK.search(text):
        raise FieldValueError(SEVERAL_LINES)
    return normalise(text.replace("\t", " "))


def read_block(raw: Any) -> str:
    """Text of several lines, each ended by a line feed; blank lines around it are dropped."""
    if type(raw) is str and raw.isascii() and raw.isprintable():
        return raw.rstrip()
    text = _as_text(raw)
    _refuse_controls(text)
    return normalise(text).rstrip().lstrip("\n")


def _as_text(raw: Any) -> str:
    """Spreadsheets hold phone numbers and codes as numbers; anything else is no text."""
    if isinstance(raw, str):
        return raw.replace("\r\n", "\n").replace("\r", "\n")
    if type(raw) in (int, float, Decimal) and -_LARGEST_CODE < raw < _LARGEST_CODE:
        return str(int(raw) if isinstance(raw, float) and raw.is_integer() else raw)
    raise FieldValueError(WRONG_KIND, type="text", value=excerpt(raw), expected="text")


def _refuse_controls(text: str) -> None:
    found = _REFUSED.search(text)
    if found:
        raise FieldValueError(CONTROL_CHARACTER, character=f"U+{ord(found[0]):04X}")
