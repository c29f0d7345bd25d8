"""The canonical writer: stable bytes, the same data back, expressions that YAML cannot cut."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from fieldstone.kernel.diagnostics import Diagnostics
from fieldstone.metadata.layers import standard_layer
from fieldstone.metadata.loader import parse_document
from fieldstone.metadata.writer import write_document


def read(text: str) -> Any:
    problems = Diagnostics()
    root = parse_document(text, "a.yaml", problems)
    assert root is not None, [f"{found}" for found in problems] + [text]
    return root.data()


def test_documents_look_as_a_person_would_write_them() -> None:
    data = {
        "module": "deal",
        "fields": {
            "amount": {
                "type": "money",
                "min": Decimal("0.50"),
                "required": True,
                "label": "No: #1",
                "help": "one\ntwo\n",
            },
            "to": {"type": "lookup", "to": ["*"]},
            "forecast": {"type": "formula", "expression": "amount * 2"},
        },
        "rules": {"r": {"if": 'name == "x"', "message": "2024-01-01"}},
        "icon": "no",
        "empty": {},
        "gone": None,
    }
    assert write_document(data) == (
        "module: deal\n"
        "fields:\n"
        "  amount:\n"
        "    type: money\n"
        "    min: 0.50\n"
        "    required: true\n"
        '    label: "No: #1"\n'
        "    help: |\n"
        "      one\n"
        "      two\n"
        "  to:\n"
        "    type: lookup\n"
        '    to: ["*"]\n'
        "  forecast:\n"
        "    type: formula\n"
        '    expression: "amount * 2"\n'
        "rules:\n"
        "  r:\n"
        "    if: 'name == \"x\"'\n"
        '    message: "2024-01-01"\n'
        'icon: "no"\n'
        "empty: {}\n"
        "gone: null\n"
    )


def test_written_values_of_workflows_are_quoted() -> None:
    step = {"set_fields": {"stage": "'won'"}, "if": "x"}
    text = write_document({"do": [step, {"create_record": {"module": "a", "values": {"b": "c"}}}]})
    assert text == (
        "do:\n"
        "  - set_fields:\n"
        "      stage: \"'won'\"\n"
        '    if: "x"\n'
        "  - create_record:\n"
        "      module: a\n"
        "      values:\n"
        '        b: "c"\n'
    )


def test_the_standard_documents_survive_the_round_trip() -> None:
    for path, text in standard_layer().documents.items():
        data = read(text)
        written = write_document(data)
        assert read(written) == data, path
        assert write_document(read(written)) == written, path
        assert max(map(len, written.splitlines())) < 400


_texts = st.one_of(
    st.text(max_size=30),
    st.text(alphabet=" \t\n#:-?,[]{}&*!|>'\"%@`xy01.字\\", max_size=12),
    st.sampled_from(
        ["no", "on", "~", "null", "1", "1.5", "1e3", "-", "- a", "a: b", "a #b", "a\n\nb\n", " a", "a ", "a\n "]
    ),
)
_usable = _texts.filter(lambda text: not any(0xD800 <= ord(char) < 0xE000 for char in text))
_scalars = st.one_of(
    _usable,
    st.integers(-(10**20), 10**20),
    st.booleans(),
    st.none(),
    st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9),
)
_names = st.one_of(
    st.sampled_from(["if", "on", "values", "set_fields", "expression", "zh_CN", "*"]), _usable.filter(bool)
)
_data = st.recursive(
    _scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(_names, inner, max_size=4)),
    max_leaves=20,
)


def any_document() -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(_names.filter(lambda key: key != "<<"), _data, max_size=5)


@given(any_document())
def test_any_data_comes_back_and_is_written_the_same_again(data: dict[str, Any]) -> None:
    written = write_document(data)
    assert read(written) == data
    assert write_document(read(written)) == written
