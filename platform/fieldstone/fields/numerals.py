"""Numbers as people type them and as files hold them. Nothing ambiguous is read."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import Any

from fieldstone.fields.base import FieldValueError
from fieldstone.fields.characters import excerpt
from fieldstone.fields.codes import NOT_A_NUMBER

ZERO = Decimal(0)
_LONGEST = 40
_PLAIN = re.compile(r"[+-]?(?:\d+(?:\.\d+)?|\.\d+)", re.ASCII)
# A comma is only ever a thousands separator: "1,5" is refused rather than guessed.
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?", re.ASCII)


def read_decimal(raw: Any) -> Decimal | None:
    """The exact number, None for blank text. Raises FieldValueError field.E110.

    A float gives the decimal it is printed as; one that shows the noise of binary arithmetic
    (0.30000000000000004) gives its 15 digits, as spreadsheets do.
    """
    kind = type(raw)
    if kind is str:
        return read_text(raw)
    if kind is int:
        return Decimal(raw)
    if kind is Decimal and raw.is_finite():
        return raw or ZERO
    if kind is float and raw - raw == 0:
        shown = repr(raw)
        return Decimal(shown if len(shown) < 17 else format(raw, ".15g")) or ZERO
    raise FieldValueError(NOT_A_NUMBER, value=excerpt(raw))


def read_text(raw: str) -> Decimal | None:
    """The number a text holds, None when it is blank."""
    text = raw if _PLAIN.fullmatch(raw) else _tidy(raw)
    if not text:
        return None
    if len(text) > _LONGEST or not _PLAIN.fullmatch(text):
        raise FieldValueError(NOT_A_NUMBER, value=excerpt(raw))
    return Decimal(text) or ZERO


def _tidy(raw: str) -> str:
    """Trimmed, with ASCII digits and signs and without thousands separators."""
    text = raw.strip()
    if len(text) > 4 * _LONGEST:
        return text
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).replace("\u2212", "-").strip()
    return text.replace(",", "") if _GROUPED.fullmatch(text) else text


def plain(value: Decimal) -> str:
    """The canonical text of a number: no exponent, no trailing zeros, "." as the decimal point."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
