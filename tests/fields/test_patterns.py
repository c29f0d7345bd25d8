"""Patterns that could hang are refused; what is admitted matches whole values."""

from __future__ import annotations

import pytest

from fieldstone.fields.base import FieldValueError
from fieldstone.fields.patterns import compile_pattern

HOSTILE = (
    "(a+)+", "(a|a)*b", "([a-z]+)*$", "(?:a{1,50}){1,50}", "a*a*a*a*b", r"(a)\1", "(?=(a+)+)b", "x" * 201, "(",
    "a{99999999999}",
)  # fmt: skip


@pytest.mark.parametrize("pattern", HOSTILE)
def test_hostile_patterns_are_refused(pattern: str) -> None:
    with pytest.raises(FieldValueError, match=r"field\.E170"):
        compile_pattern(pattern)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"[A-Z]{2}-\d{4,6}", "AB-12345"),
        (r"\+?[0-9 ]+", "+1 555"),
        (r"(?:GB|DE)\d{9}", "GB123456789"),
        (r"(\d{3}-){2}\d{4}", "555-010-0199"),
        (r"https://.*", "https://x"),
    ],
)
def test_ordinary_patterns_are_admitted(pattern: str, text: str) -> None:
    assert compile_pattern(pattern).fullmatch(text)
