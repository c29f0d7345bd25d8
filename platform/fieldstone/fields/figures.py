"""Numbers in words for people: grouped, with a true minus (interface, Writing)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from fieldstone.fields.formats import write_number

MINUS = "\u2212"
QUANTA = tuple(Decimal(1).scaleb(-digits) for digits in range(11))
"""QUANTA[n] is the unit of n decimals."""
_SPECS = tuple(f",.{digits}f" for digits in range(11))


def show_number(value: Decimal | int, digits: int | None = None, form: str = "") -> str:
    """12,670 · −1,200.50, or with the signs of a format of `fields.formats`. With `digits`, at least so many
    decimals; never fewer than the value has."""
    if digits is not None and isinstance(value, Decimal) and value == value.quantize(QUANTA[digits]):
        text = format(value, _SPECS[digits])
    else:
        text = format(value, ",") if isinstance(value, int) else format(value, ",f")
        if "." in text:
            text = text.rstrip("0").rstrip(".")
    if form:
        text = write_number(text, form)
    return MINUS + text[1:] if text[0] == "-" else text


def round_half_up(value: Decimal, digits: int) -> Decimal:
    return value.quantize(QUANTA[digits], ROUND_HALF_UP)
