"""Functions of text. Those that find something ignore case; no result is longer than 100,000 characters."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from fieldstone.expressions.arithmetic import Number, plain, truncate
from fieldstone.expressions.function import MAX_TEXT, Function, Parameter
from fieldstone.expressions.letters import lower, upper
from fieldstone.expressions.types import BOOLEAN, NUMBER, TEXT
from fieldstone.kernel.folding import fold, normalise

_TEXT = ("text", "choice")
_SHOWN = ("text", "choice", "number", "date")

SPACES = "".join(char for char in map(chr, range(0x3001)) if char.isspace())
"""What trim removes: everything Python counts as white space."""


def contains(text: str, part: str) -> bool:
    return fold(part) in fold(text)


def starts_with(text: str, part: str) -> bool:
    return fold(text).startswith(fold(part))


def ends_with(text: str, part: str) -> bool:
    return fold(text).endswith(fold(part))


def show(value: Any) -> str:
    """A value inside a text: plain numbers, ISO dates."""
    if isinstance(value, Decimal | int):
        return plain(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def concat(*values: Any) -> str | None:
    shown = [show(value) for value in values if value is not None]
    return normalise("".join(shown)) if sum(map(len, shown)) <= MAX_TEXT else None


def length(text: str | None) -> int:
    return 0 if text is None else len(text)


def left(text: str, count: Number) -> str:
    return text[: truncate(count, 0, MAX_TEXT)]


def right(text: str, count: Number) -> str:
    return text[max(len(text) - truncate(count, 0, MAX_TEXT), 0) :]


def substring(text: str, start: Number, count: Number) -> str:
    first = truncate(start, 1, MAX_TEXT) - 1
    return text[first : first + truncate(count, 0, MAX_TEXT)]


def replace(text: str | None, old: str | None, new: str | None) -> str | None:
    if text is None or old is None:
        return text
    growth = text.count(old) * (len(new or "") - len(old))
    return text.replace(old, new or "") if len(text) + growth <= MAX_TEXT else None


_ONE = (Parameter(name="text", kinds=_TEXT),)
_PART = (Parameter(name="text", kinds=_TEXT), Parameter(name="part", kinds=_TEXT))
_COUNT = (Parameter(name="text", kinds=_TEXT), Parameter(name="count", kinds=("number",)))

FUNCTIONS = (
    Function(
        name="contains",
        group="text",
        parameters=_PART,
        result=BOOLEAN,
        python=contains,
        sql=lambda writer, text, part: writer.contains(text, part),
        help="True when the part occurs in the text, in capitals or not.",
        example="contains(name, 'acme')",
    ),
    Function(
        name="starts_with",
        group="text",
        parameters=_PART,
        result=BOOLEAN,
        python=starts_with,
        sql=lambda writer, text, part: writer.starts_with(text, part),
        help="True when the text begins with the part, in capitals or not.",
        example="starts_with(name, 'acme')",
    ),
    Function(
        name="ends_with",
        group="text",
        parameters=_PART,
        result=BOOLEAN,
        python=ends_with,
        sql=lambda writer, text, part: writer.ends_with(text, part),
        help="True when the text ends with the part, in capitals or not.",
        example="ends_with(email, '@example.com')",
    ),
    Function(
        name="concat",
        group="text",
        parameters=(Parameter(name="value", kinds=_SHOWN, repeated=True),),
        result=TEXT,
        python=concat,
        strict=False,
        sql=lambda writer, *values: writer.concat(values),
        help="The values one after the other; empty ones are left out.",
        example="concat('Call ', name)",
    ),
    Function(
        name="lower",
        group="text",
        parameters=_ONE,
        result=TEXT,
        python=lower,
        sql=lambda writer, text: writer.change_case("lower", text),
        help="The text in small letters.",
        example="lower(email)",
    ),
    Function(
        name="upper",
        group="text",
        parameters=_ONE,
        result=TEXT,
        python=upper,
        sql=lambda writer, text: writer.change_case("upper", text),
        help="The text in capitals.",
        example="upper(billing_address.country)",
    ),
    Function(
        name="trim",
        group="text",
        parameters=_ONE,
        result=TEXT,
        python=str.strip,
        sql=lambda writer, text: writer.trim(text, SPACES),
        help="The text without spaces at its start and end.",
        example="trim(name)",
    ),
    Function(
        name="length",
        group="text",
        parameters=_ONE,
        result=NUMBER,
        python=length,
        strict=False,
        sql=lambda writer, text: writer.length(text),
        help="How many characters the text has; 0 when it is empty.",
        example="length(name) > 3",
    ),
    Function(
        name="left",
        group="text",
        parameters=_COUNT,
        result=TEXT,
        python=left,
        sql=lambda writer, text, count: writer.cut("left", text, count),
        help="The first characters of the text.",
        example="left(postal_code, 2)",
    ),
    Function(
        name="right",
        group="text",
        parameters=_COUNT,
        result=TEXT,
        python=right,
        sql=lambda writer, text, count: writer.cut("right", text, count),
        help="The last characters of the text.",
        example="right(phone, 4)",
    ),
    Function(
        name="substring",
        group="text",
        parameters=(
            Parameter(name="text", kinds=_TEXT),
            Parameter(name="start", kinds=("number",)),
            Parameter(name="count", kinds=("number",)),
        ),
        result=TEXT,
        python=substring,
        sql=lambda writer, text, start, count: writer.substring(text, start, count),
        help="A number of characters of the text, from a place on; the first character has place 1.",
        example="substring(record_number, 5, 3)",
    ),
    Function(
        name="replace",
        group="text",
        parameters=(
            Parameter(name="text", kinds=_TEXT),
            Parameter(name="old", kinds=_TEXT),
            Parameter(name="new", kinds=_TEXT),
        ),
        result=TEXT,
        python=replace,
        strict=False,
        sql=lambda writer, text, old, new: writer.replace(text, old, new),
        help="The text with every occurrence of one part replaced by another; capitals matter.",
        example="replace(phone, ' ', '')",
    ),
)
