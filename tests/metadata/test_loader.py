"""Strict YAML: values with their places, and everything that is refused."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldstone.kernel.diagnostics import Diagnostics
from fieldstone.metadata.composer import MAX_NODES, MAX_PROBLEMS
from fieldstone.metadata.loader import MAX_BYTES, parse_document
from fieldstone.metadata.nodes import MappingNode, ScalarNode


def parse(text: str) -> tuple[MappingNode | None, list[str]]:
    problems = Diagnostics()
    root = parse_document(text, "a.yaml", problems)
    return root, [f"{found.code}@{found.location.line}:{found.location.column}" for found in problems]


def read(text: str) -> MappingNode:
    root, problems = parse(text)
    assert root is not None, problems
    assert not problems
    return root


def scalar(root: MappingNode, key: str) -> ScalarNode:
    node = root.entries[key]
    assert isinstance(node, ScalarNode)
    return node


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("no", "no"), ("on", "on"), ("Yes", "Yes"), ("12:30", "12:30"), ("010", "010"), ("0o17", "0o17"),
        ("0x1F", "0x1F"), ("2024-01-01", "2024-01-01"), ("1_000", "1_000"), (".inf", ".inf"), ("1e9999", "1e9999"),
        ("9" * 40, "9" * 40), ("true", True), ("False", False), ("null", None), ("~", None), ("", None), ("0", 0),
        ("-12", -12), ("1.50", Decimal("1.50")), ("2e3", Decimal("2e3")), ("'12'", "12"), ('"true"', "true"),
    ],
)  # fmt: skip
def test_only_core_scalars_mean_something_else_than_text(written: str, value: object) -> None:
    assert read(f"a: {written}").value("a") == value


def test_every_value_knows_its_place() -> None:
    root = read("a: 1\nb:\n  c: [x, {d: y}]\n")
    inner = root.mapping("b").entries["c"]
    assert str(inner.location) == "a.yaml:3:6"
    assert str(inner.key_location) == "a.yaml:3:3"
    assert root.data() == {"a": 1, "b": {"c": ["x", {"d": "y"}]}}


def test_a_place_inside_a_block_scalar_is_found() -> None:
    text = read("a: |-\n  one\n  three two\nb: >-\n  one\n  two three\nc: 'quoted'\n")
    assert str(scalar(text, "a").location_at(4)) == "a.yaml:3:3"
    assert str(scalar(text, "b").location_at(8)) == "a.yaml:6:7"
    assert str(scalar(text, "c").location_at(2)) == "a.yaml:7:7"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: [1\nb: 2\n", "yaml.E001@2:2"),
        ("a: \x01", "yaml.E003@1:1"),
        ("a: \udc80", "yaml.E003@1:1"),
        ("a: 1\nb: 2\na: 3\n", "yaml.E006@3:1"),
        ("a: &x 1\n", "yaml.E007@1:4"),
        ("<<: {a: 1}\n", "yaml.E007@1:1"),
        ("a: !!str 1\n", "yaml.E008@1:4"),
        ("a: !python/object:os.system x\n", "yaml.E008@1:4"),
        ("--- {a: 1}\n--- {b: 2}\n", "yaml.E009@2:1"),
        ("? [a]\n: 1\n", "yaml.E010@1:3"),
        ("? {a: b}\n: 1\n", "yaml.E010@1:3"),
        ('"": 1\n', "yaml.E010@1:1"),
        ("- a\n", "yaml.E011@1:1"),
        ("just text", "yaml.E011@1:1"),
        ("", "yaml.E011@1:1"),
        ("if: contains(name, ': ')\n", "yaml.E012@1:21"),
        ("fields: {f: {expression: a in ['x', 'y']}}\n", "yaml.E012@1:31"),
        ("if: 'won' == stage\n", "yaml.E012@1:11"),
    ],
)
def test_what_is_refused_says_where(text: str, problem: str) -> None:
    root, problems = parse(text)
    assert root is None
    assert problem in problems


def test_problems_are_reported_together() -> None:
    _, problems = parse("a: &x 1\nb: *x\nc: !t 2\na: 3\n")
    assert [found[:9] for found in problems] == ["yaml.E007", "yaml.E007", "yaml.E008", "yaml.E006"]


def test_a_byte_order_mark_is_no_problem() -> None:
    assert read("\ufeffa: 1\n").data() == {"a": 1}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: " + "[" * 100_000, "yaml.E004"),
        ("a: " + "{x: " * 100_000, "yaml.E004"),
        ("- " * 100_000, "yaml.E004"),
        ("? " * 100_000, "yaml.E010"),
        ("a:\n" + "".join(f"{' ' * depth}- \n" for depth in range(1, 200)), "yaml.E004"),
        ("a: [" + "x," * (MAX_NODES + 1) + "]", "yaml.E005"),
        ("a: " + "x" * MAX_BYTES, "yaml.E002"),
        ("a: " + "字" * (MAX_BYTES // 2), "yaml.E002"),
        ("a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nd: [*c,*c,*c]\n", "yaml.E007"),
        ("a: [" + "*x," * 10_000 + "]", "yaml.E007"),
        ("\x00" * 1000, "yaml.E003"),
        ("a: " + '"' * 99_999, "yaml.E001"),
    ],
)
def test_hostile_files_end_in_a_diagnostic(text: str, code: str) -> None:
    root, problems = parse(text)
    assert root is None
    assert code in {problem[:9] for problem in problems}
    assert len(problems) <= MAX_PROBLEMS + 1


@given(st.text(max_size=400))
def test_no_text_crashes_the_loader(text: str) -> None:
    root, problems = parse(text)
    assert (root is None) == bool(problems)


@given(st.binary(max_size=400))
def test_no_bytes_crash_the_loader(content: bytes) -> None:
    root, problems = parse(content.decode("utf-8", errors="surrogateescape"))
    assert (root is None) == bool(problems)
