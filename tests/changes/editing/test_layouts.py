"""Layouts edited step by step: whatever is done, every field stands in one place, and the patch says it."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from fieldstone.changes.editing.layouts import (
    add_block,
    add_tab,
    arrangement,
    change_block,
    change_tab,
    hide_field,
    move_block,
    move_field,
    move_tab,
    page_of,
    place_name,
    remove_block,
    remove_tab,
    remove_variant,
    start_variant,
    with_page,
)
from fieldstone.changes.rollback import with_site_layer
from fieldstone.changes.site_patch import patch_document, read_effective
from fieldstone.metadata.layers import Layer, standard_layer

Plain = dict[str, Any]

STANDARD = standard_layer()
PATH = "layouts/opportunity.yaml"
FIELDS = list(read_effective([STANDARD], "modules/opportunity.yaml")["fields"])
OPERATIONS = (
    "move_field", "move_field", "hide_field", "add_block", "change_block", "move_block", "remove_block", "add_tab",
    "change_tab", "move_tab", "remove_tab", "start_variant", "remove_variant", "header",
)  # fmt: skip


def _operate(data: Plain, operation: str, draw: st.DataObject) -> Plain:
    variant = draw.draw(st.sampled_from(["", *(data.get("variants") or {})]))
    page = page_of(data, variant)
    blocks, _hidden = arrangement(page, FIELDS)
    block = draw.draw(st.sampled_from(list(blocks)))
    field = draw.draw(st.sampled_from([*FIELDS, "owner"]))
    tab = draw.draw(st.sampled_from(list(page.get("tabs") or {}) or [""]))
    position = draw.draw(st.integers(0, 8))
    match operation:
        case "move_field":
            page = move_field(page, FIELDS, field, block, position)
            assert arrangement(page, FIELDS)[0][block].count(field) == 1
        case "hide_field":
            page = hide_field(page, FIELDS, field)
            assert not any(field in names for names in arrangement(page, FIELDS)[0].values())
        case "add_block":
            page, name = add_block(page, FIELDS, draw.draw(st.sampled_from(["Deal", "More", "审批"])), tab=tab)
            assert arrangement(page, FIELDS)[0][name] == []
        case "change_block":
            page = change_block(page, FIELDS, block, {"columns": position % 4 + 1, "collapsed": None})
            assert page["blocks"][block]["columns"] == position % 4 + 1
        case "move_block":
            page = move_block(page, FIELDS, block, tab, position)
        case "remove_block":
            page = remove_block(page, FIELDS, block)
            assert block not in page["blocks"] or len(blocks) == 1
        case "add_tab":
            page, name = add_tab(page, draw.draw(st.sampled_from(["Overview", "Papers"])))
            assert name in page["tabs"]
        case "change_tab":
            page = change_tab(page, tab, "Other")
        case "move_tab":
            page = move_tab(page, FIELDS, tab, position)
        case "remove_tab":
            page = remove_tab(page, FIELDS, tab)
            assert tab not in page.get("tabs", {})
        case "start_variant":
            made, name = start_variant(data, FIELDS, "Tender", record_type="tender", role=draw.draw(
                st.sampled_from(["", "sales_rep"])
            ))  # fmt: skip
            assert arrangement(page_of(made, name), FIELDS) == arrangement(page_of(data), FIELDS)
            return made
        case "remove_variant":
            return remove_variant(data, variant)
        case _:
            page["header"] = place_name(page.get("header") or [], field, position)
    made = with_page(data, variant, page)
    assert page_of(made, variant) == page
    for other in ("", *(data.get("variants") or {})):
        own = (data.get("variants") or {}).get(other, {}).get("record") or {}
        if other != variant and (variant or "blocks" in own):  # what others say of their blocks stays
            assert arrangement(page_of(made, other), FIELDS) == arrangement(page_of(data, other), FIELDS)
    return made


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(OPERATIONS), min_size=1, max_size=8), st.data())
def test_any_row_of_operations_keeps_every_field_in_one_place(operations: list[str], draw: st.DataObject) -> None:
    layers: list[Layer] = [STANDARD]
    for operation in operations:
        data = read_effective(layers, PATH)
        wanted = _operate(data, operation, draw)
        for variant in ("", *(wanted.get("variants") or {})):
            blocks, hidden = arrangement(page_of(wanted, variant), FIELDS)
            placed = [name for names in blocks.values() for name in names] + hidden
            assert sorted(name for name in placed if name in FIELDS) == sorted(FIELDS)
            assert len(placed) == len(set(placed))
        layers = with_site_layer(layers, patch_document(layers, PATH, wanted))
        found = read_effective(layers, PATH)
        assert found == wanted
        for variant in ("", *(wanted.get("variants") or {})):
            assert arrangement(page_of(found, variant), FIELDS) == arrangement(page_of(wanted, variant), FIELDS)
            assert list(page_of(found, variant)["blocks"]) == list(page_of(wanted, variant)["blocks"])


def test_a_page_without_blocks_gets_one_and_fields_nobody_named_stay_where_they_stood() -> None:
    fields = ["a", "b", "c"]
    assert arrangement({}, fields) == ({"details": ["a", "b", "c", "owner"]}, [])
    made = move_field({}, fields, "c", "details", 0)
    assert made == {"blocks": {"details": {"label": "Details", "fields": ["c", "a", "b", "owner"]}}}
    # b stands behind a since nobody named it; it does not go along when a goes
    page = {"blocks": {"one": {"fields": ["a"]}, "two": {"fields": ["c"]}}, "hidden": ["tasks"]}
    moved = move_field(page, fields, "a", "two", 1)
    assert moved["blocks"] == {"one": {"fields": ["b"]}, "two": {"fields": ["c", "a"]}}
    assert moved["hidden"] == ["tasks"]
    assert hide_field(page, fields, "c")["hidden"] == ["tasks", "c"]
    assert remove_block(page, fields, "one")["hidden"] == ["tasks", "a", "b"]


def test_blocks_keep_to_their_tabs() -> None:
    page: Plain = {"blocks": {"one": {"fields": ["a"]}, "two": {"fields": ["b"]}, "three": {"fields": []}}}
    page, papers = add_tab(page, "Papers")
    assert list(page["tabs"]) == ["overview", "papers"]
    page = move_block(page, ["a", "b"], "one", papers, 0)
    assert page["blocks"]["one"]["tab"] == "papers"
    page = move_block(page, ["a", "b"], "three", "overview", 0)
    assert list(page["blocks"]) == ["three", "two", "one"]
    turned = move_tab(page, ["a", "b"], "papers", 0)
    assert {name: entry["tab"] for name, entry in turned["blocks"].items()} == {
        "three": "overview", "two": "overview", "one": "papers",
    }  # fmt: skip
    gone = remove_tab(turned, ["a", "b"], "papers")
    assert "tab" not in gone["blocks"]["one"]
    assert list(gone["tabs"]) == ["overview"]
    assert "tabs" not in remove_tab(gone, ["a", "b"], "overview")


def test_variants_for_fewer_come_first() -> None:
    data, tender = start_variant({}, ["a"], "Tender", record_type="tender")
    data, both = start_variant(data, ["a"], "Both", record_type="tender", role="rep")
    assert list(data["variants"]) == [both, tender]
    page = page_of(data, tender) | {"header": ["a"]}
    data = with_page(data, tender, page)
    assert "header" not in page_of(data, both)
    assert remove_variant(remove_variant(data, both), tender) == {}
