"""Values of the read path: what a caller asks for and what it gets back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

MAX_LIMIT = 2_000
"""Most records on one page: a unit of work."""

COUNT_CAP = 10_000
"""Counts are exact up to here, then "10,000+"."""

PRINCIPAL = "principal"
"""The target of a reference to a user or a team."""

Labels = dict[tuple[str, int], str]
"""(module or "principal", id) → the label of a record that others refer to. One without an entry is one
the actor may not know of."""


@dataclass(frozen=True, kw_only=True)
class Query:
    """Which records, in which order, with which values.

    `where` is an expression ("" all). `sort` names fields or paths, `-` in front descends; empties come
    first ascending and last descending; `order(stage)` sorts by the declared order of a picklist.
    `fields` are public names and paths through lookups (`organization.industry`); () is every field of
    the module. `cursor` is one that a page gave. `deleted` shows the recycle bin instead. `as_of`: the
    records as they were then, with the names of then (`records.as_of`); only `Reading` looks at it.
    """

    where: str = ""
    sort: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    limit: int = 50
    cursor: str = ""
    deleted: bool = False
    as_of: datetime | None = None


@dataclass(slots=True)
class Record:
    """`values`: the names and paths asked for → values. `labels` is shared by the records of a page."""

    module: str
    id: int
    version: int
    values: dict[str, Any]
    labels: Labels


@dataclass(frozen=True, kw_only=True)
class Page:
    """Records in order. A cursor is "" where there is nothing more in its direction."""

    records: list[Record]
    next_cursor: str = ""
    previous_cursor: str = ""
    has_more: bool = False
    labels: Labels = field(default_factory=dict)


@dataclass(frozen=True)
class Count:
    """`exact` False: there are `value` at least."""

    value: int
    exact: bool


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """A record offered while somebody types; `detail` tells namesakes apart."""

    id: int
    label: str
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class SearchHit:
    module: str
    id: int
    label: str
    detail: str = ""
