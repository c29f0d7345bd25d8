"""What the compiler fills in, and what it keeps from one compilation to the next."""

# ruff: noqa: E501  (examples are easier to read on one line)

from __future__ import annotations

import dataclasses

import pytest

from fieldstone.fields.registry import built_in_field_types
from fieldstone.kernel.errors import MetadataError
from fieldstone.metadata.catalogue import Catalogue
from fieldstone.metadata.compiler import compile_model
from fieldstone.metadata.layers import standard_layer
from fieldstone.metadata.model import AppModel
from fieldstone.metadata.system_fields import SYSTEM_FIELD_DEFS, any_field_names, find_any_field
from metadata.example import ACTIONS, BASE, DEAL, ORGANIZATION, TRIGGERS, codes, compile_base, compile_layers, layer


@pytest.fixture(scope="module")
def model() -> AppModel:
    return compile_base().get_model()


def test_labels_come_from_names(model: AppModel) -> None:
    deal, organization = model.modules["deal"], model.modules["organization"]
    assert (deal.label, deal.plural, deal.icon) == ("Deal", "Deals", "circle")
    assert (organization.label, organization.plural) == ("Organization", "Organizations")
    assert deal.fields["close_date"].label == "Close date"
    assert model.picklists["stage"].label == "Stage"
    assert [value.label for value in model.picklists["stage"].values.values()] == ["Open", "Won", "Lost"]
    assert model.app.groups["sales"].label == "Sales"


def test_the_name_field_is_found_and_marked(model: AppModel) -> None:
    assert model.modules["deal"].name_field == "name"
    assert [field.name for field in model.modules["deal"].fields.values() if field.is_name] == ["name"]
    text = "module: call\nfields: {day: {type: date}, subject: {type: text}}"
    assert compile_base(modules_call=text).get_model().modules["call"].name_field == "subject"


def test_values_on_a_field_become_a_picklist(model: AppModel) -> None:
    field = model.modules["organization"].fields["industry"]
    assert field.picklist == "organization_industry"
    assert list(model.picklists["organization_industry"].values) == ["it", "retail"]
    assert model.picklists["organization_industry"].label == "Industry"


def test_lookups_bring_relations_to_the_other_side(model: AppModel) -> None:
    relations = model.modules["organization"].relations
    assert list(relations) == ["deals", "organization_parent"]
    deals = relations["deals"]
    assert (deals.kind, deals.to, deals.field, deals.label) == ("one_to_many", "deal", "organization", "Our deals")
    assert model.modules["organization"].fields["parent"].to == ("organization",)
    assert relations["organization_parent"].to == "organization"


def test_a_lookup_to_anything_brings_a_relation_to_every_open_module() -> None:
    model = compile_base(
        modules_note='module: note\nhidden: true\nfields:\n  text: {type: text}\n  about: {type: lookup, to: ["*"], reverse: notes}\n'
    ).get_model()
    assert model.modules["deal"].relations["notes"].to == "note"
    assert model.modules["organization"].relations["notes"].field == "about"
    assert "notes" not in model.modules["note"].relations


def test_many_to_many_relations_have_two_sides() -> None:
    text = DEAL + (
        "relations:\n"
        "  partners:\n"
        "    kind: many_to_many\n"
        "    to: organization\n"
        "    reverse: partner_deals\n"
        "    reverse_label: Deals as partner\n"
        "    attributes: {share: {type: percent}, role: {type: picklist, values: {lead: Lead}}}\n"
    )
    model = compile_base(
        modules_deal=text,
        modules_organization=ORGANIZATION
        + "  heavy: {type: rollup, relation: partner_deals, function: sum, of: amount, where: link.share > 50}\n",
    ).get_model()
    near = model.modules["deal"].relations["partners"]
    far = model.modules["organization"].relations["partner_deals"]
    assert near.table
    assert (far.table, far.identity) == (near.table, near.identity)
    assert (far.inverse_of, far.to, far.label) == (("deal", "partners"), "deal", "Deals as partner")
    assert far.attributes["share"].column == "share"
    assert near.attributes["role"].picklist == "deal_partners_role"
    assert "deal_partners_role" in model.picklists


def test_a_layout_is_derived_where_there_is_none(model: AppModel) -> None:
    layout = model.layouts["deal"]
    assert list(layout.blocks) == ["details"]
    assert layout.blocks["details"].fields == (*model.modules["deal"].fields, "owner")
    assert layout.columns[0] == "name"
    assert layout.quick_create == ("name", "stage")
    assert layout.path == "stage"
    assert [(view.name, view.label, view.default) for view in layout.views.values()] == [("all", "All deals", True)]
    related = model.layouts["organization"].related
    assert list(related) == ["deals", "organization_parent"]
    assert "organization" not in related["deals"].columns


def test_a_layout_keeps_what_is_written_and_derives_the_rest() -> None:
    text = (
        "module: deal\n"
        "record:\n"
        "  header: []\n"
        "  blocks: {money: {fields: [amount], columns: 3}}\n"
        "list:\n"
        "  columns: [name, organization.industry]\n"
        "  views: {won: {filter: \"stage == 'won'\", sort: [-amount], default: true}}\n"
        "kanban: {field: stage, sum: forecast}\n"
    )
    layout = compile_base(layouts_deal=text).get_model().layouts["deal"]
    assert layout.header == ()
    assert layout.blocks["money"].columns == 3
    assert layout.views["won"].columns == ("name", "organization.industry")
    assert list(layout.views) == ["won", "all"]
    assert not layout.views["all"].default
    assert layout.kanban is not None
    assert layout.kanban.sum == "forecast"


def test_results_of_computed_fields_are_inferred_in_the_order_they_need() -> None:
    model = compile_base(
        modules_deal=DEAL.replace(
            "rules:",
            "  a: {type: formula, expression: b + organization.total}\n"
            "  b: {type: formula, expression: amount * 2}\n"
            "  late: {type: formula, expression: close_date < today()}\n"
            "  text: {type: formula, expression: \"concat(name, '!')\"}\n"
            "  when: {type: formula, expression: 'add_days(close_date, 1)'}\n"
            "rules:",
        ),
        modules_organization=ORGANIZATION
        + "  total: {type: rollup, relation: deals, function: sum, of: forecast}\n"
        + "  number: {type: rollup, relation: deals, function: count}\n"
        + "  last: {type: rollup, relation: deals, function: max, of: close_date}\n"
        + "  far: {type: rollup, relation: deals, function: sum, of: b}\n",
    ).get_model()
    deal, organization = model.modules["deal"].fields, model.modules["organization"].fields
    assert [deal[name].result for name in ("a", "b", "late", "text", "when")] == [
        "decimal", "decimal", "checkbox", "text", "date",
    ]  # fmt: skip
    assert [organization[name].result for name in ("total", "number", "last", "far")] == [
        "money", "integer", "date", "decimal",
    ]  # fmt: skip


def test_steps_keep_expressions_as_they_were_written() -> None:
    text = (
        "module: deal\n"
        "workflows:\n"
        "  w:\n"
        "    on: created\n"
        "    do:\n"
        "      - set_fields: {chance: 010, amount: 1.50, close_date: }\n"
        "      - create_record: {module: organization, values: {name: name}}\n"
        "        if: amount > 1\n"
    ).replace("010", "10")
    steps = compile_base(workflows_deal=text).get_model().workflows["deal"]["w"].steps
    assert steps[0].options == {"chance": "10", "amount": "1.50", "close_date": "None"}
    assert (steps[1].action, steps[1].condition) == ("create_record", "amount > 1")


def test_system_fields_are_there_where_declared(model: AppModel) -> None:
    deal, organization = model.modules["deal"], model.modules["organization"]
    assert find_any_field(deal, "owner") is SYSTEM_FIELD_DEFS["owner"]
    assert find_any_field(deal, "record_number") is not None
    assert find_any_field(organization, "record_number") is None
    assert find_any_field(deal, "record_type") is None
    assert any_field_names(organization)[:2] == ["name", "industry"]
    assert all(field.type in model.field_types for field in SYSTEM_FIELD_DEFS.values())


def test_without_errors_there_is_a_model_and_with_errors_none() -> None:
    compiled = compile_base(modules_deal=DEAL + "lable: x\n")
    assert compiled.model is None
    assert not len(compiled.catalogue)
    with pytest.raises(MetadataError) as caught:
        compiled.get_model()
    assert [found.code for found in caught.value.diagnostics] == ["module.E001"]
    assert compile_base().model is not None


def test_warnings_do_not_stop_a_model() -> None:
    compiled = compile_base(layouts_deal="module: deal\nquick_create: [amount]\n")
    assert codes(compiled) == ["layout.W002", "layout.W002"] or codes(compiled) == ["layout.W002"]
    assert compiled.model is not None


def test_unchanged_modules_are_the_same_objects_in_the_next_model() -> None:
    first = compile_base()
    other = compile_base(first.catalogue, modules_organization=ORGANIZATION + "  extra: {type: date}\n")
    again = compile_base(other.catalogue)
    before, after = first.get_model(), other.get_model()
    assert after.modules["deal"] is before.modules["deal"]
    assert after.modules["organization"] is not before.modules["organization"]
    assert before.hash != after.hash
    assert again.get_model().hash == before.hash
    assert again.get_model().modules["organization"] == before.modules["organization"]


def test_a_change_elsewhere_is_seen_by_checks_that_were_done_before() -> None:
    assert codes(compile_base(layouts_deal="module: deal\nlist: {columns: [name, organization.industry]}\n")) == []
    broken = compile_base(
        layouts_deal="module: deal\nlist: {columns: [name, organization.industry]}\n",
        modules_organization=ORGANIZATION.replace("industry", "sector"),
    )
    assert codes(broken) == ["layout.E011"]
    gone = {path: text for path, text in BASE.items() if "organization" not in path}
    assert codes(compile_layers(layer(gone))) == ["field.E012"]
    back = {**gone, "modules/organization.yaml": ORGANIZATION}
    assert codes(compile_layers(layer(back))) == []
    narrowed = compile_base(metadata_picklists_stage="picklist: stage\nvalues: {open: Open}\n")
    assert codes(narrowed) in (["expression.E022"], ["expression.E023"])


def test_problems_are_the_same_when_nothing_is_compiled_again() -> None:
    broken = DEAL.replace("amount * chance", "amount * chnce") + "lable: x\n"
    first, second = compile_base(modules_deal=broken), compile_base(modules_deal=broken)
    assert [str(found) for found in first.diagnostics] == [str(found) for found in second.diagnostics]
    fresh = compile_model(
        [layer({**BASE, "modules/deal.yaml": broken})],
        field_types=built_in_field_types(),
        catalogue=Catalogue(),
        actions=ACTIONS,
        triggers=TRIGGERS,
    )
    assert [str(found) for found in fresh.diagnostics] == [str(found) for found in first.diagnostics]


def test_definitions_are_frozen(model: AppModel) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        model.modules["deal"].label = "x"  # type: ignore[misc]


def test_the_standard_crm_compiles() -> None:
    actions = {name: {"type": "object"} for name in ("set_fields", "create_record", "email", "notify", "create_task")}
    compiled = compile_model(
        [standard_layer()],
        field_types=built_in_field_types(),
        catalogue=Catalogue(),
        actions=actions,
        triggers=TRIGGERS,
    )
    assert [str(found) for found in compiled.diagnostics] == []
    assert "opportunity" in compiled.get_model().modules
