"""What an expression may name: asked by the type checker, answered by whoever owns the model."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from fieldstone.expressions.types import ValueType


class Scope(Protocol):
    """Names and their types.

    A path is a dotted name split at the dots: ("amount",), ("organization", "industry"),
    ("old", "stage"), ("user", "id"), ("billing_address", "city").
    """

    def find_type(self, path: tuple[str, ...]) -> ValueType | None:
        """The type of what the path names, or None when there is no such thing."""

    def names_under(self, path: tuple[str, ...]) -> Iterable[str]:
        """The names that may follow `path` (() for the first), for hints and completion."""
