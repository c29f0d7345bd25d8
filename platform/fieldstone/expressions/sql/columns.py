"""Where the names of an expression come from in a statement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import sqlalchemy as sa

from fieldstone.expressions.types import ValueType


@dataclass(frozen=True, kw_only=True)
class SqlColumn:
    """A column, or anything that stands for one. Its SQLAlchemy type converts the Python values of `type`.

    A number on SQLite is an integer, scaled by the `scale` of its SQLAlchemy type or else of `type`, or
    what `compile_value` gave. `key` is the folded text (kernel.folding.fold) beside a text.
    """

    type: ValueType
    column: sa.ColumnElement[Any]
    key: sa.ColumnElement[Any] | None = None


class ColumnSource(Protocol):
    """Finds columns for record fields and values for everything the statement does not read."""

    def find_column(self, path: tuple[str, ...]) -> SqlColumn | None: ...

    def find_value(self, path: tuple[str, ...]) -> Any | None:
        """The value of a name such as ("user", "id"); None when it is empty or there is none."""


@runtime_checkable
class MarkSource(Protocol):
    """A `ColumnSource` that knows what the user has marked, for followed() and starred()."""

    def marked(self, mark: str, module: str, record: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
        """Whether the user has put the mark on the record of a module."""
