"""Tabs, and other pages for some records and people: what is shown to whom, and what becomes of it in moves."""

from __future__ import annotations

from fieldstone.metadata.catalogue import Catalogue
from fieldstone.metadata.compiler import compile_model
from fieldstone.metadata.layers import Layer
from fieldstone.metadata.layout_definitions import LayoutDef
from fieldstone.metadata.references.finding import find_references
from fieldstone.metadata.references.settling import settle_moves
from fieldstone.workflows.actions.registry import ACTION_SCHEMAS
from fieldstone.workflows.triggers import TRIGGERS
from metadata.test_removals import FIELD_TYPES, STANDARD, over_standard

SITE = {
    "layouts/opportunity.yaml": """
module: opportunity
record:
  tabs: {main: {label: Overview}, more: {label: More}}
  blocks: {origin: {tab: more}, money: {tab: main}}
variants:
  tender_rep:
    record_type: tender
    role: sales_rep
    record:
      tabs: {only: {}}
      blocks: {short: {label: In short, fields: [name, stage, amount]}}
      hidden: [organization, contact, product, probability, forecast, close_date, engage_date, type, source, next_step,
        loss_reason, external_id, description, tags, tasks]
    quick_create: [name]
  tender: {record_type: tender, record: {header: [amount]}}
  boss: {role: administrator, record: {path: ""}}
"""
}


def _layout(documents: dict[str, str]) -> LayoutDef:
    return over_standard(documents).get_model().layouts["opportunity"]


def test_the_first_variant_that_fits_is_shown() -> None:
    layout = _layout(SITE)
    assert layout.for_record("standard", ["sales_rep"]) is layout
    assert layout.for_record("", []) is layout
    both = layout.for_record("tender", ["sales_rep"])
    assert [(block.name, block.fields) for block in both.blocks.values()] == [("short", ("name", "stage", "amount"))]
    assert both.quick_create == ("name",)
    assert "tasks" not in both.related
    assert "events" in both.related
    assert both.header == layout.header
    typed = layout.for_record("tender", ["administrator"])  # the first in order
    assert typed.header == ("amount",)
    assert typed.blocks == layout.blocks
    assert typed.quick_create == layout.quick_create
    assert layout.for_record("standard", ["administrator"]).path == ""
    assert both.views == layout.views


def test_blocks_stand_in_their_tabs() -> None:
    layout = _layout(SITE)
    tabs = {name: [block.name for block in blocks] for name, blocks in layout.blocks_by_tab().items()}
    assert tabs == {"main": ["deal", "money", "description"], "more": ["origin"]}
    assert layout.tabs["more"].label == "More"
    plain = _layout({})
    assert list(plain.blocks_by_tab()) == [""]


def test_variants_follow_renames_and_go_with_what_they_are_for() -> None:
    moves = """
moves:
  - {id: a, rename: {kind: field, from: opportunity.amount, to: opportunity.volume}}
  - {id: b, rename: {kind: record_type, from: opportunity.tender, to: opportunity.bid}}
"""
    own = Layer(name="site", documents=SITE)
    found = find_references([own], "role", "sales_rep")
    assert [each.path for each in found] == ["variants.tender_rep.role"]
    moving = Layer(name="site", documents={**SITE, "metadata/moves.yaml": moves})
    text = settle_moves([STANDARD, moving], []).layers[-1].documents["layouts/opportunity.yaml"]
    assert text.count("record_type: bid") == 2
    assert "fields: [name, stage, volume]" in text
    assert "header: [volume]" in text

    removal = {"modules/opportunity.yaml": "module: opportunity\nrecord_types: {tender: null}\n"}
    layers = [STANDARD, Layer(name="trade", documents=SITE), Layer(name="site", documents=removal)]
    compiled = compile_model(
        layers, field_types=FIELD_TYPES, catalogue=Catalogue(), actions=ACTION_SCHEMAS, triggers=TRIGGERS
    )
    assert list(compiled.get_model().layouts["opportunity"].variants) == ["boss"]
    told = over_standard({**SITE, **removal}).diagnostics
    assert [each.code for each in told if each.severity == "error"] == ["layout.E020", "layout.E020"]
