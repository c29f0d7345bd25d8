"""A value inside a statement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from fieldstone.expressions.sql.types import ComputedNumber
from fieldstone.expressions.types import ValueType
from fieldstone.kernel.stored_keys import StoredKeys

Element = sa.ColumnElement[Any]


@dataclass(frozen=True, kw_only=True)
class Value:
    """`sql` gives it. `is_column`: a column as it is, whose type converts what it is compared with.

    `scale`: on both databases a number that is a column (scaled by it) or a whole number (0); None: a
    `ComputedNumber`. `key` is the folded text beside a text column. `keys`: a column that holds stored
    keys; as it is it may only be compared with a constant.
    """

    sql: Element
    type: ValueType
    is_column: bool = False
    scale: int | None = None
    key: Element | None = None
    keys: StoredKeys | None = None


@dataclass(frozen=True, kw_only=True)
class Constant:
    """A value known before the statement runs; `value` is the Python value, None = empty."""

    value: Any
    type: ValueType


Operand = Value | Constant


def column_scale(column: Element, type: ValueType) -> int | None:
    """The scale of a number's column; None when it is a computed number."""
    if isinstance(column.type, ComputedNumber):
        return None
    scale = getattr(column.type, "scale", None)
    return int(scale if scale is not None else type.scale or 0)
