"""What a layer removes goes from the lists of the layers below; what computes with it is reported."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from fieldstone.fields.registry import built_in_field_types
from fieldstone.metadata.catalogue import Catalogue
from fieldstone.metadata.compiler import Compilation, compile_model
from fieldstone.metadata.layers import Layer, standard_layer
from fieldstone.metadata.writer import write_document
from fieldstone.workflows.actions.registry import ACTION_SCHEMAS
from fieldstone.workflows.triggers import TRIGGERS
from metadata.example import BASE, codes, compile_layers, layer, places

FIELD_TYPES = built_in_field_types()
STANDARD = standard_layer()


def compiled(document: Any, path: str = "modules/opportunity.yaml") -> Compilation:
    return over_standard({path: write_document(document)})


def over_standard(documents: dict[str, str]) -> Compilation:
    return compile_model(
        [STANDARD, Layer(name="site", documents=documents)],
        field_types=FIELD_TYPES,
        catalogue=Catalogue(),
        actions=ACTION_SCHEMAS,
        triggers=TRIGGERS,
    )


@cache
def standard() -> Compilation:
    return over_standard({})


def removals() -> Iterator[tuple[str, dict[str, Any]]]:
    """All that the standard CRM has, a few things of one kind at a time, as documents of a site."""
    model = standard().get_model()
    for name, module in model.modules.items():
        path, layout = f"modules/{name}.yaml", model.layouts[name]
        declared = [each.name for each in module.relations.values() if each.table and not each.inverse_of]
        parts = {
            "fields": list(module.fields)[:-1],
            "record_types": list(module.record_types),
            "rules": list(module.rules),
        }
        for part, names in {**parts, "relations": declared}.items():
            for some in batched(names):
                yield path, {"module": name, part: some}
        authored = STANDARD.documents[f"layouts/{name}.yaml"]
        for some in batched([view for view in layout.views if f"    {view}: {{" in authored]):
            yield f"layouts/{name}.yaml", {"module": name, "list": {"views": some}}
        for some in batched(list(layout.blocks)):
            yield f"layouts/{name}.yaml", {"module": name, "record": {"blocks": some}}
    for name, picklist in model.picklists.items():
        for some in batched(list(picklist.values)[:-1]):
            yield f"metadata/picklists/{name}.yaml", {"picklist": name, "values": some}
    for name, workflows in model.workflows.items():
        yield f"workflows/{name}.yaml", {"module": name, "workflows": dict.fromkeys(workflows)}


def batched(names: list[str], size: int = 5) -> Iterator[dict[str, None]]:
    """A few names at a time, each to be removed."""
    for start in range(0, len(names), size):
        yield dict.fromkeys(names[start : start + size])


ABOUT_LISTS = ("layout.", "translation.", "layer.", "app.", "role.", "yaml.")


def test_no_list_of_the_standard_crm_stands_in_the_way_of_a_removal() -> None:
    for path, document in removals():
        found = compiled(document, path=path)
        left = [str(problem) for problem in found.diagnostics if problem.code.startswith(ABOUT_LISTS)]
        assert left == [], (path, document)


def test_a_field_goes_from_layouts_translations_and_indexes() -> None:
    found = compiled({"module": "opportunity", "fields": {"next_step": None}})
    assert not codes(found)
    model = found.get_model()
    assert "next_step" not in str(model.layouts["opportunity"])
    assert "field.opportunity.next_step.label" not in model.texts["zh_CN"]


def test_a_kanban_goes_with_its_field_and_expressions_are_reported() -> None:
    found = compiled({"module": "opportunity", "fields": {"stage": None}})
    places_of = {str(problem.location) for problem in found.diagnostics}
    assert "standard/modules/opportunity.yaml:47:9" in places_of
    assert all(problem.code.startswith(("expression.", "workflow.", "template.")) for problem in found.diagnostics)
    assert not any("kanban" in problem.path or "header" in problem.path for problem in found.diagnostics)


def test_lists_that_become_empty_go_where_they_must_not_be_empty() -> None:
    deal = BASE["modules/deal.yaml"] + "duplicates: {match: [chance]}\nindexes: [[chance, amount], [close_date]]\n"
    layout = (
        "module: deal\nlist: {columns: [chance], views: {mine: {columns: [chance], sort: [-chance]}}}\n"
        "kanban: {field: stage, card: [chance], sum: chance}\nrecord: {header: [chance]}\n"
    )
    low = layer({**BASE, "modules/deal.yaml": deal, "layouts/deal.yaml": layout}, "standard")
    patch = "module: deal\nfields: {chance: null, forecast: null}\n"
    model = compile_layers(low, layer({"modules/deal.yaml": patch})).get_model()
    module, seen = model.modules["deal"], model.layouts["deal"]
    assert module.duplicates is None
    assert module.indexes == (("close_date",),)
    assert seen.views["mine"].columns == seen.columns
    assert "name" in seen.columns
    assert seen.header == ()
    assert seen.kanban is not None
    assert (seen.kanban.card, seen.kanban.sum) == ((), "")


def test_a_value_goes_from_record_types() -> None:
    deal = BASE["modules/deal.yaml"] + "record_types: {small: {picklists: {stage: [open, lost]}}}\n"
    low = layer({**BASE, "modules/deal.yaml": deal}, "standard")
    top = layer({"metadata/picklists/stage.yaml": "picklist: stage\nvalues: {lost: null}\n"})
    model = compile_layers(low, top).get_model()
    assert model.modules["deal"].record_types["small"].picklists == {"stage": ("open",)}
    bare = layer({"metadata/picklists/stage.yaml": "picklist: stage\ndefault: won\nvalues: {lost: null, open: null}\n"})
    assert compile_layers(low, bare).get_model().modules["deal"].record_types["small"].picklists == {}


def test_a_whole_module_can_be_removed() -> None:
    lead = over_standard({"modules/lead.yaml": "module: lead\nremoved: true\n"})
    assert not codes(lead)
    model = lead.get_model()
    assert "lead" not in model.modules
    assert "lead" not in model.workflows
    assert not any(".lead." in key for key in model.texts["zh_CN"])
    entry = lead.catalogue.find("module", "lead")
    assert entry is None
    back = over_standard({"modules/lead.yaml": "module: lead\nremoved: false\n"})
    assert "lead" in back.get_model().modules


def test_what_still_leads_to_a_removed_module_is_told_with_its_place() -> None:
    removed = {"modules/opportunity.yaml": "module: opportunity\nremoved: true\n"}
    left = over_standard(removed).diagnostics
    assert {(problem.code, problem.location.file) for problem in left} == {
        ("field.E032", "standard/modules/organization.yaml")
    }
    fields = "module: organization\nfields: {open_opportunities: null, won_amount: null, last_won: null}\n"
    alone = over_standard({**removed, "modules/organization.yaml": fields})
    assert not codes(alone)
    assert "hot_deal" not in alone.get_model().emails
    assert all("opportunities" not in module.relations for module in alone.get_model().modules.values())
    assert "opportunity" not in alone.get_model().app.groups["sales"].modules
    gone = layer({"modules/organization.yaml": "module: organization\nremoved: true\n"})
    lookup = compile_layers(layer(BASE, "standard"), gone)
    assert places(lookup) == ["field.E041 standard/modules/deal.yaml:7:36"]
    linked = BASE["modules/deal.yaml"] + "relations: {firms: {kind: many_to_many, to: organization}}\n"
    low = layer({**BASE, "modules/deal.yaml": linked.replace("  organization: {", "  firm: {")}, "standard")
    assert set(codes(compile_layers(low, gone))) == {"field.E041", "relation.E011"}


def test_one_of_several_modules_goes_from_a_lookup() -> None:
    deal = BASE["modules/deal.yaml"].replace("to: organization,", "to: [organization, deal],")
    low = layer({**BASE, "modules/deal.yaml": deal}, "standard")
    gone = layer({"modules/organization.yaml": "module: organization\nremoved: true\n"})
    assert compile_layers(low, gone).get_model().modules["deal"].fields["organization"].to == ("deal",)
