"""How problems name the parts of an expression."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from difflib import get_close_matches

from fieldstone.expressions.arithmetic import plain
from fieldstone.expressions.nodes import Call, Literal, Name, Node

KIND_WORDS = {
    "text": "text",
    "number": "a number",
    "boolean": "a condition",
    "date": "a date",
    "datetime": "a date-time",
    "time": "a time",
    "choice": "a picklist value",
    "list": "a list",
    "reference": "a reference",
    "json": "JSON",
    "empty": "empty",
}


def word(kind: str) -> str:
    return KIND_WORDS.get(kind, kind)


def words(kinds: Iterable[str]) -> str:
    return " or ".join(word(kind) for kind in kinds)


def describe(node: Node) -> str:
    """What a person recognises in the source."""
    if isinstance(node, Name):
        return node.dotted
    if isinstance(node, Call):
        return f"{node.function.name}()"
    if isinstance(node, Literal):
        return literal(node.value)
    return "the value"


def literal(value: object) -> str:
    """A value as it is written in the source."""
    if value is None or isinstance(value, bool):
        return str(value)
    if isinstance(value, str):
        return quote(value)
    if isinstance(value, date):
        return quote(value.isoformat())
    return plain(value) if isinstance(value, Decimal | int) else quote(str(value))


def quote(text: str) -> str:
    """A text literal."""
    escaped = (
        text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
    )
    return f"'{escaped}'"


def nearest(wanted: str, known: Iterable[str]) -> str:
    """The known name most like the wanted one, or ""."""
    return next(iter(get_close_matches(wanted[:80], list(known), n=1, cutoff=0.5)), "")


def some(names: Iterable[str], most: int = 12) -> str:
    """The first few names, for a hint."""
    listed = sorted(names)
    return ", ".join(listed[:most]) + (" …" if len(listed) > most else "")
