"""The types of values in expressions, and the Python value each one stands for.

| kind | Python value | written in an expression |
|---|---|---|
| text | str | 'abc' |
| number | Decimal (an int is accepted and turned into one) | 10, 2.5 |
| boolean | bool | True, False |
| date | datetime.date | date('2026-03-14') or compared with '2026-03-14' |
| datetime | aware datetime in UTC | compared with '2026-03-14T09:00:00Z' |
| time | datetime.time | compared with '14:05' |
| choice | str, a picklist key | 'won' |
| list | tuple[str, ...] (multi-picklist, tags) | only through has(field, 'x'), is_empty |
| reference | int, the id of a record or principal | 42, user.id |
| json | anything | only is_empty |
| empty | None | None |

Empty is always None; '' is None.
"""

from __future__ import annotations

from dataclasses import dataclass

KINDS = ("text", "number", "boolean", "date", "datetime", "time", "choice", "list", "reference", "json", "empty")


@dataclass(frozen=True, kw_only=True)
class ValueType:
    """What an expression, a field or a function gives.

    `choices`: the keys a choice or list may hold (None: any). `targets`: the modules (or
    "principal") a reference may point to. `scale`: decimals kept when a result is stored.
    """

    kind: str
    choices: frozenset[str] | None = None
    targets: tuple[str, ...] = ()
    scale: int | None = None

    def __str__(self) -> str:
        return self.kind


TEXT = ValueType(kind="text")
NUMBER = ValueType(kind="number")
BOOLEAN = ValueType(kind="boolean")
DATE = ValueType(kind="date")
DATETIME = ValueType(kind="datetime")
TIME = ValueType(kind="time")
EMPTY = ValueType(kind="empty")
