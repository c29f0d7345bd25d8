"""The operators of conditions that each kind of field offers; `expressions.rows` gives them meaning."""

from __future__ import annotations

EMPTINESS = ("is_empty", "is_not_empty")
TEXT = ("is", "is_not", "contains", "not_contains", "starts_with", "ends_with", *EMPTINESS)
NUMBER = ("equals", "not_equals", "less", "at_most", "greater", "at_least", "between", *EMPTINESS)
DATE = (
    "on", "before", "after", "between", "today", "yesterday", "tomorrow", "last_n_days", "next_n_days",
    "days_ago", "days_ahead", "more_than_days_ago", "less_than_days_ago", "more_than_days_ahead",
    "less_than_days_ahead", "within", *EMPTINESS,
)  # fmt: skip
TIME = ("is", "before", "after", "between", *EMPTINESS)
CHOICE = ("any_of", "none_of", *EMPTINESS)
LIST = ("has_any", "has_all", "has_none", *EMPTINESS)
REFERENCE = ("is", "is_not", "any_of", "none_of", *EMPTINESS)
PRINCIPAL = (*REFERENCE, "is_me", "in_my_team")
BOOLEAN = ("is_true", "is_false")
