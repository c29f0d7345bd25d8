"""What the condition builder shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, kw_only=True)
class Condition:
    """`field` is a dotted path. `value` follows what the operator takes: None, one value of the field's
    type, a tuple of values, an int (number) or a text (period)."""

    field: str
    operator: str
    value: Any = None


@dataclass(frozen=True, kw_only=True)
class Group:
    """All or any of the items must hold."""

    match: Literal["all", "any"]
    items: tuple[Condition | Group, ...]
