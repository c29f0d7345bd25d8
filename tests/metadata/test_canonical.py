"""Canonical documents: equal bytes for what says the same, and stable for ever."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from fieldstone.kernel.errors import MetadataError
from fieldstone.metadata.canonical import canonical_layer, canonical_text, content_hash
from fieldstone.metadata.layers import Layer, standard_layer
from fieldstone.metadata.loader import MAX_BYTES
from fieldstone.metadata.scalars import resolve_plain
from metadata.test_writer import any_document, read

WRITTEN_BY_HAND = """\
# Deals of our own.
module: deal   # what it is about
label: 'Deal'
fields: {name: {type: text, required: True}, amount: {type: money, min: 0.50}}
rules:
    won:
        if: >-
            stage == 'won'
            and is_empty(amount)
        message: "A won deal needs an amount"
"""
CANONICAL = """\
module: deal
label: Deal
fields:
  name:
    type: text
    required: true
  amount:
    type: money
    min: 0.50
rules:
  won:
    if: "stage == 'won' and is_empty(amount)"
    message: A won deal needs an amount
"""
TRICKY = {
    "a translation": "language: zh_CN\ntexts:\n  module.deal.label: 商机：新\n  \"field.deal.name.label\": '名称 #1'\n",
    "an expression of several lines": "module: deal\nrules:\n  r:\n    if: |\n      a == 1\n\n      and b == 'x: #y'\n",
    "a mail": "email: hello\nsubject: 'Hi: {{ name }}'\nbody: |\n  Dear {{ name }},\n\n    # indented\n\n  Bye\n",
    "a mail with edges": 'email: hello\nbody: "\\n  first\\ttab \\n\\n"\n',
    "nothing": "{}",
    "only a key": "module: deal",
    "a mark before it": "\ufeffmodule: deal\n",
    "windows": "module: deal\r\nlabel: Deal\r\n",
    "large and small": "module: deal\na: 1e99\nb: 1.5e-99\nc: 0.0001e-99\nd: -123456789012345678901234567890.5e+70\n",
    "other words for the same": "a: ~\nb: TRUE\nc: +5\nd: 1e3\ne: -0\n",
}


def test_comments_and_ways_of_writing_go_and_the_order_stays() -> None:
    assert canonical_text(WRITTEN_BY_HAND) == CANONICAL
    assert content_hash(WRITTEN_BY_HAND) == content_hash(CANONICAL)
    assert content_hash("a: 1\nb: 2\n") != content_hash("b: 2\na: 1\n")
    assert content_hash("a: 1\n") != content_hash("a: '1'\n")


@pytest.mark.parametrize("text", TRICKY.values(), ids=list(TRICKY))
def test_a_canonical_text_stays_as_it_is(text: str) -> None:
    once = canonical_text(text)
    assert read(once) == read(text)
    assert canonical_text(once) == once
    assert once.endswith("\n")


def test_the_standard_layer_is_stable() -> None:
    layer = standard_layer()
    once = canonical_layer(layer)
    assert list(once.documents) == list(layer.documents)
    assert canonical_layer(once) == once
    assert all(content_hash(layer.documents[path]) == content_hash(text) for path, text in once.documents.items())


@given(any_document())
def test_any_document_has_one_canonical_text_however_it_was_written(data: dict[str, Any]) -> None:
    by_another_writer = yaml.dump(
        _plain(data), Dumper=_Verbose, allow_unicode=True, sort_keys=False, default_style='"', width=40
    )
    once = canonical_text(by_another_writer)
    assert read(once) == read(by_another_writer)
    assert canonical_text(once) == once
    assert content_hash(by_another_writer) == content_hash(once)


@given(st.from_regex(r"-?(0|[1-9][0-9]{0,29})(\.[0-9]{1,30})?([eE][-+]?[0-9]{1,2})?", fullmatch=True))
def test_every_number_that_can_be_read_stays_that_number(number: str) -> None:
    once = canonical_text(f"a: {number}\n")
    assert not isinstance(resolve_plain(number), str)
    assert Decimal(str(read(once)["a"])) == Decimal(number)
    assert canonical_text(once) == once


def test_what_cannot_be_parsed_is_refused_with_every_problem_and_says_only_itself() -> None:
    with pytest.raises(MetadataError) as refused:
        canonical_text("a: &x 1\nb: *x\n", "modules/a.yaml")
    assert [str(each.location) for each in refused.value.diagnostics] == ["modules/a.yaml:1:4", "modules/a.yaml:2:4"]
    broken = {"modules/a.yaml": "a: [", "modules/b.yaml": "b: 1", "modules/c.yaml": "- c"}
    with pytest.raises(MetadataError) as several:
        canonical_layer(Layer(name="standard", documents=broken))
    assert [each.location.file for each in several.value.diagnostics] == [
        "standard/modules/a.yaml", "standard/modules/c.yaml",
    ]  # fmt: skip
    assert len({content_hash(text) for text in ("a: [", "a: [ ", "\udcff", "")}) == 4


def test_a_document_that_would_grow_too_large_is_left_as_it_is() -> None:
    text = "a: " + "{b: " * 20 + "{" + ", ".join(f"k{number}: 1" for number in range(30_000)) + "}" + "}" * 20
    assert len(text) < MAX_BYTES
    assert canonical_text(text) == text


class _Verbose(yaml.SafeDumper):
    """Everything in quotes and in block style; no anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _plain(data: Any) -> Any:
    """Numbers as text: another writer would write them with tags."""
    if isinstance(data, dict):
        return {key: _plain(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_plain(value) for value in data]
    return data if isinstance(data, str) else str(data)
