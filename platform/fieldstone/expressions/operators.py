"""The operators of the visual condition builder. Field types name those they offer (`FieldType.operators`)."""

from __future__ import annotations

from dataclasses import dataclass

from fieldstone.kernel.registry import Registry

_MAY_BE_EMPTY = ("text", "number", "date", "datetime", "time", "choice", "list", "reference", "json")
_DAY = ("date", "datetime")
_ORDERED = ("number", "date", "datetime", "time")
_COMPARED = ("text", "number", "date", "datetime", "time", "choice", "reference")


@dataclass(frozen=True, kw_only=True)
class Operator:
    """`kinds` of fields it works on; `takes`: none, one, two (from, to), many values, a number (of days)
    or a period ('this month')."""

    name: str
    label: str
    kinds: tuple[str, ...]
    takes: str = "one"


def _rows(*rows: tuple[str, str, tuple[str, ...], str]) -> list[Operator]:
    return [Operator(name=name, label=label, kinds=kinds, takes=takes) for name, label, kinds, takes in rows]


OPERATORS: Registry[Operator] = Registry(
    "operator",
    _rows(
        ("is", "is", ("text", "time", "reference"), "one"),
        ("is_not", "is not", ("text", "reference"), "one"),
        ("contains", "contains", ("text",), "one"),
        ("not_contains", "does not contain", ("text",), "one"),
        ("starts_with", "starts with", ("text",), "one"),
        ("ends_with", "ends with", ("text",), "one"),
        ("equals", "=", ("number",), "one"),
        ("not_equals", "≠", ("number",), "one"),
        ("less", "<", ("number",), "one"),
        ("at_most", "≤", ("number",), "one"),
        ("greater", ">", ("number",), "one"),
        ("at_least", "≥", ("number",), "one"),
        ("between", "between", _ORDERED, "two"),
        ("on", "on", _DAY, "one"),
        ("before", "before", (*_DAY, "time"), "one"),
        ("after", "after", (*_DAY, "time"), "one"),
        ("today", "today", _DAY, "none"),
        ("yesterday", "yesterday", _DAY, "none"),
        ("tomorrow", "tomorrow", _DAY, "none"),
        ("last_n_days", "in the last … days", _DAY, "number"),
        ("next_n_days", "in the next … days", _DAY, "number"),
        ("days_ago", "… days ago", _DAY, "number"),
        ("days_ahead", "… days ahead", _DAY, "number"),
        ("more_than_days_ago", "more than … days ago", _DAY, "number"),
        ("less_than_days_ago", "less than … days ago", _DAY, "number"),
        ("more_than_days_ahead", "more than … days ahead", _DAY, "number"),
        ("less_than_days_ahead", "less than … days ahead", _DAY, "number"),
        ("within", "in", _DAY, "period"),
        ("any_of", "is any of", ("choice", "reference"), "many"),
        ("none_of", "is none of", ("choice", "reference"), "many"),
        ("has_any", "has any of", ("list",), "many"),
        ("has_all", "has all of", ("list",), "many"),
        ("has_none", "has none of", ("list",), "many"),
        ("is_me", "is me", ("reference",), "none"),
        ("in_my_team", "is in my team", ("reference",), "none"),
        ("followed", "is followed by me", ("reference",), "none"),
        ("starred", "is a favourite", ("reference",), "none"),
        ("is_true", "is checked", ("boolean",), "none"),
        ("is_false", "is not checked", ("boolean",), "none"),
        ("is_empty", "is empty", _MAY_BE_EMPTY, "none"),
        ("is_not_empty", "is not empty", _MAY_BE_EMPTY, "none"),
        ("changed", "changed", (*_COMPARED, "boolean"), "none"),
        ("changed_to", "changed to", _COMPARED, "one"),
        ("changed_from", "changed from", _COMPARED, "one"),
    ),
)

SIGNS = {
    "is": "==", "equals": "==", "on": "==", "is_not": "!=", "not_equals": "!=", "less": "<", "before": "<",
    "at_most": "<=", "greater": ">", "after": ">", "at_least": ">=",
}  # fmt: skip
"""Operators that are one comparison."""

PERIODS = {
    "today": "today",
    "yesterday": "yesterday",
    "tomorrow": "tomorrow",
    "last_n_days": "last N days",
    "next_n_days": "next N days",
    "days_ago": "N days ago",
    "days_ahead": "N days ahead",
    "more_than_days_ago": "more than N days ago",
    "less_than_days_ago": "less than N days ago",
    "more_than_days_ahead": "more than N days ahead",
    "less_than_days_ahead": "less than N days ahead",
}
"""Operators that are one period of `within`, with N for their number."""
