"""Ids and other whole numbers that a request brings as text, and counts as pages show them."""

from __future__ import annotations

from flask import g
from werkzeug.routing import IntegerConverter, Map

from fieldstone.fields.formats import write_number

LARGEST = 2**63 - 1
"""What a database can hold; no record has a larger id."""


def whole_number(text: str) -> int:
    """For `type=` of `request.args.get`. Raises ValueError for what is no number that can be an id."""
    found = find_number(text)
    if found is None:
        raise ValueError("no whole number")
    return found


def find_number(text: str) -> int | None:
    """The number, None for a text that is none or is too large. Digits are ASCII: `²` is no number."""
    if not (text.isascii() and text.isdigit()) or len(text) > 19:
        return None
    number = int(text)
    return number if number <= LARGEST else None


def grouped(number: int) -> str:
    """12,670, with the person's sign between the groups."""
    return write_number(f"{number:,}", getattr(g.get("actor"), "number_format", ""))


class IdConverter(IntegerConverter):
    """`<int:…>` of an address: a number that no id can be leads nowhere."""

    def __init__(self, map: Map, fixed_digits: int = 0, min: int | None = None, max: int | None = LARGEST) -> None:
        super().__init__(map, fixed_digits, min, max)
