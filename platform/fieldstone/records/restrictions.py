"""Conditions from outside a query."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from fieldstone.records.columns import Columns

Join = Callable[[sa.FromClause], sa.FromClause]


@dataclass(frozen=True, kw_only=True)
class Restriction:
    """A condition from outside the query, such as "linked to this record". `key` stands for its text;
    what varies is in `parameters`. `apply` gives the joins (`Columns.join_to`, or more) and the condition. `narrow`: an
    index finds by it the few records that it leaves, whatever else is asked."""

    key: Hashable
    apply: Callable[[Columns], tuple[Join, sa.ColumnElement[bool]]]
    parameters: Mapping[str, Any] = field(default_factory=dict)
    narrow: bool = False
