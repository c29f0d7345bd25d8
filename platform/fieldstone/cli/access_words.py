"""Attributes of roles, profiles and sharing in the words of a plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping

_OTHERS = "other modules"


def _module(name: str) -> str:
    return _OTHERS if name == "*" else name


def _right(rest: str) -> str:
    """`opportunity.mass_edit`, or just the module."""
    module, _, right = rest.partition(".")
    return f"{right.replace('_', ' ')} {_module(module)}" if right else f"rights on {module}"


_WORDS: Mapping[str, Callable[[str], str]] = {
    "modules": _right,
    "fields": lambda rest: f"field {rest}",
    "defaults": lambda rest: f"everybody reaches {_module(rest)}",
    "inherit": lambda rest: f"{rest} follows",
    "hours": lambda rest: f"business hours on {rest}",
    "holidays": lambda rest: f"holiday on {rest}",
    "portal": lambda rest: f"in a portal {rest} belongs to",
}


def attribute_words(name: str) -> str:
    """`modules.opportunity.edit` → "edit opportunity"; a plain attribute by its name."""
    first, dot, rest = name.partition(".")
    words = _WORDS.get(first) if dot else None
    return words(rest) if words else name.replace("_", " ")
