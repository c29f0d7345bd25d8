"""The words of a language, put in by their keys and found again by them."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from fieldstone.changes.editing.words import with_texts
from fieldstone.kernel.diagnostics import Diagnostics
from fieldstone.metadata.loader import parse_document
from fieldstone.metadata.texts import flatten_translation
from fieldstone.metadata.writer import write_document

_KEYS = (
    "module.lead.label", "module.lead.help", "field.lead.budget.label", "field.lead.budget.help",
    "field.lead.budget.placeholder", "picklist.source.label", "picklist.source.web", "group.sales", "block.lead.about",
    "view.lead.all", "relation.lead.tasks", "rule.lead.one", "workflow.lead.one", "record_type.lead.one",
    "role.viewer", "profile.one", "sharing_rule.one", "email.one.label", "email.one.body", "system.owner",
)  # fmt: skip
_WORDS = st.dictionaries(st.sampled_from(_KEYS), st.sampled_from(["", "词", "a: {}", "# '", "一\n二", "no"]))


@given(first=_WORDS, second=_WORDS)
def test_words_are_found_where_they_were_put(first: dict[str, str], second: dict[str, str]) -> None:
    data: dict[str, Any] = with_texts(with_texts({"language": "zh_CN"}, first), second)
    problems = Diagnostics()
    root = parse_document(write_document(data), "zh_CN.yaml", problems)
    assert root is not None, list(problems)
    found = {key: node.text for key, node in flatten_translation(root).items()}
    assert found == {key: text for key, text in (first | second).items() if text}
    assert with_texts(data, dict.fromkeys(_KEYS, "")) == {"language": "zh_CN"}
