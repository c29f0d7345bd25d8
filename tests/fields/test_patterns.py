"""Patterns that could hang are refused; what is admitted matches whole values."""

from __future__ import annotations

import pytest

from fieldstone.fields.base import FieldValueError
from fieldstone.fields.patterns import compile_pattern


@pytest.mark.parametrize(
    ("pattern", "code"),
    [
        ("(a+)+", "field.E172"),
        ("(a|a)*b", "field.E172"),
        ("([a-z]+)*$", "field.E172"),
        ("(?:a{1,5}){1,5}", "field.E172"),
        ("a*a*a*a*b", "field.E172"),
        (r"(a)\1", "field.E172"),
        ("(?=(a+)+)b", "field.E172"),
        ("(?P<x>(?:a?)*)", "field.E172"),
        ("a{1,60}" * 10, "field.E172"),
        ("x" * 201, "field.E170"),
        ("(", "field.E171"),
        ("a{99999999999}", "field.E171"),
    ],
)
def test_hostile_patterns_are_refused(pattern: str, code: str) -> None:
    with pytest.raises(FieldValueError) as refused:
        compile_pattern(pattern)
    assert refused.value.code == code


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
