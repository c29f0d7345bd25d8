"""A module as expressions see it: its scope, its table, its rows as names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from fieldstone.expressions.evaluate import EvaluationContext
from fieldstone.expressions.sql import SqlColumn
from fieldstone.expressions.types import BOOLEAN, DATE, DATETIME, TEXT, TIME, ValueType
from fieldstone.expressions.working_days import WorkingDays
from fieldstone.fields.base import ColumnSpec
from fieldstone.kernel.folding import fold
from fieldstone.storage.columns import column_type

STAGES = ("prospecting", "won", "lost")
STAGE = ValueType(kind="choice", choices=frozenset(STAGES))
PERSON = ValueType(kind="reference", targets=("principal",))

FIELDS: dict[str, tuple[ValueType, ColumnSpec]] = {
    "name": (TEXT, ColumnSpec(kind="text")),
    "note": (TEXT, ColumnSpec(kind="text")),
    "amount": (ValueType(kind="number", scale=4), ColumnSpec(kind="decimal", scale=4)),
    "rate": (ValueType(kind="number", scale=2), ColumnSpec(kind="decimal", scale=2)),
    "score": (ValueType(kind="number", scale=0), ColumnSpec(kind="integer")),
    "stage": (STAGE, ColumnSpec(kind="text")),
    "level": (ValueType(kind="choice"), ColumnSpec(kind="text")),
    "active": (BOOLEAN, ColumnSpec(kind="boolean")),
    "close_date": (DATE, ColumnSpec(kind="date")),
    "start_date": (DATE, ColumnSpec(kind="date")),
    "created_at": (DATETIME, ColumnSpec(kind="datetime")),
    "seen_at": (DATETIME, ColumnSpec(kind="datetime")),
    "opens": (TIME, ColumnSpec(kind="time")),
    "owner": (PERSON, ColumnSpec(kind="reference")),
    "parent": (ValueType(kind="reference", targets=("sample",)), ColumnSpec(kind="reference")),
    "tags": (ValueType(kind="list"), ColumnSpec(kind="text")),
    "extra": (ValueType(kind="json"), ColumnSpec(kind="text")),
}
KEYED = ("name", "note")
LISTS = ("tags",)
USER: dict[str, tuple[ValueType, Any]] = {"id": (PERSON, 7), "name": (TEXT, "Anna"), "email": (TEXT, None)}


class SampleScope:
    """The fields, a looked-up industry, `user.…` and, with `old`, the values before."""

    def __init__(self, *, old: bool = False) -> None:
        self._types: dict[tuple[str, ...], ValueType] = {(name,): kind for name, (kind, _) in FIELDS.items()}
        self._types |= {("user", name): kind for name, (kind, _) in USER.items()}
        self._types["organization",] = ValueType(kind="reference", targets=("organization",))
        self._types["organization", "industry"] = TEXT
        self._types["billing_address", "city"] = TEXT
        if old:
            self._types |= {("old", name): kind for name, (kind, _) in FIELDS.items()}

    def find_type(self, path: tuple[str, ...]) -> ValueType | None:
        return self._types.get(path)

    def names_under(self, path: tuple[str, ...]) -> Iterable[str]:
        return {known[len(path)] for known in self._types if len(known) > len(path) and known[: len(path)] == path}


SCOPE = SampleScope()
SCOPE_WITH_OLD = SampleScope(old=True)
NOON = EvaluationContext(now=datetime(2026, 3, 14, 12, tzinfo=UTC), working=WorkingDays(holidays={"01-01": "New Year"}))

SAMPLE = sa.Table(
    "sample",
    sa.MetaData(),
    sa.Column("id", column_type(ColumnSpec(kind="integer")), primary_key=True, autoincrement=False),
    *(sa.Column(name, column_type(spec)) for name, (_, spec) in FIELDS.items()),
    *(sa.Column(f"{name}__key", column_type(ColumnSpec(kind="text"))) for name in KEYED),
)


class SampleColumns:
    """The sample table as a ColumnSource."""

    def find_column(self, path: tuple[str, ...]) -> SqlColumn | None:
        if len(path) != 1 or path[0] not in FIELDS:
            return None
        key = SAMPLE.c[f"{path[0]}__key"] if path[0] in KEYED else None
        return SqlColumn(type=FIELDS[path[0]][0], column=SAMPLE.c[path[0]], key=key)

    def find_value(self, path: tuple[str, ...]) -> Any | None:
        return USER[path[1]][1] if path[0] == "user" else None


def names_of(record: Mapping[str, Any]) -> dict[str, Any]:
    """What Python evaluates over."""
    return {**record, **{f"user.{name}": value for name, (_, value) in USER.items()}}


def row_of(record: Mapping[str, Any], number: int) -> dict[str, Any]:
    """What the table holds."""
    row: dict[str, Any] = {"id": number, **record}
    for name in KEYED:
        row[f"{name}__key"] = None if record[name] is None else fold(record[name])
    for name in LISTS:
        row[name] = "\x1f" + "\x1f".join(record[name]) + "\x1f" if record[name] else None
    return row
