"""Whole documents made what is wanted, entries in their order, by the smallest patch."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from fieldstone.changes.site_patch import patch_document, read_effective
from fieldstone.changes.upgrade.patches import same
from fieldstone.metadata.layers import Layer
from fieldstone.metadata.writer import write_document

PATH = "modules/lead.yaml"

_FIELD = st.fixed_dictionaries(
    {"type": st.sampled_from(["text", "money"])},
    optional={
        "label": st.sampled_from(["One", "Two"]),
        "required": st.booleans(),
        "values": st.dictionaries(
            st.sampled_from("pqr"), st.fixed_dictionaries({}, optional={"label": st.just("P")}), min_size=1
        ),
    },
)


@st.composite
def _modules(draw: st.DrawFn) -> dict[str, Any]:
    names = draw(st.lists(st.sampled_from("abcdef"), unique=True, min_size=1))
    module: dict[str, Any] = {"module": "lead", "fields": {name: draw(_FIELD) for name in names}}
    if draw(st.booleans()):
        module["number"] = {"digits": draw(st.integers(3, 5))}
    return module


def _layers(below: dict[str, Any], site: Layer | None = None) -> list[Layer]:
    return [Layer(name="standard", documents={PATH: write_document(below)}), site or Layer(name="site", documents={})]


def _orders(module: dict[str, Any]) -> list[Any]:
    fields = module["fields"]
    return [list(fields), *(list(field.get("values", ())) for field in fields.values())]


@given(below=_modules(), first=_modules(), wanted=_modules())
def test_a_document_becomes_what_is_wanted_in_its_order(
    below: dict[str, Any], first: dict[str, Any], wanted: dict[str, Any]
) -> None:
    layers = _layers(below)
    for each in (first, wanted):
        layers = _layers(below, patch_document(layers, PATH, each))
        found = read_effective(layers, PATH)
        assert same(found, each)
        assert _orders(found) == _orders(each)
    assert patch_document(layers, PATH, wanted) == layers[1], "nothing changes when nothing is to change"
    assert patch_document(layers, PATH, below).documents == {}, "what the layers below say needs no line"


def test_one_entry_that_moves_is_one_line_and_lines_of_the_site_stay() -> None:
    below = {"module": "lead", "fields": {name: {"type": "text"} for name in "abcd"}}
    site = Layer(name="site", documents={PATH: "module: lead\nfields:\n  a:\n    type: text\n    label: Own\n"})
    layers = _layers(below, site)
    wanted = read_effective(layers, PATH)
    fields = wanted["fields"]
    moved = {**wanted, "fields": {name: fields[name] for name in "bacd"}}
    patched = patch_document(layers, PATH, moved)
    assert patched.documents[PATH] == (
        "module: lead\nfields:\n  a:\n    type: text\n    label: Own\n    after: b\n"
    )  # what the site said of `a` it still says, and one place more
    gone = patch_document(_layers(below, patched), PATH, None)
    assert gone.documents == {PATH: "module: lead\nremoved: true\n"}
    assert patch_document(_layers(below, gone), PATH, below).documents == {}
