"""Changes between models."""

# ruff: noqa: E501  (examples are easier to read on one line)

from __future__ import annotations

from typing import Any

import pytest

from fieldstone.metadata.catalogue import Catalogue
from fieldstone.metadata.change import Change
from fieldstone.metadata.compiler import Compilation
from fieldstone.metadata.diff import diff
from metadata.example import APP, BASE, DEAL, ORGANIZATION, STAGE, compile_base, compile_layers, layer


def changes(**documents: str) -> list[tuple[str, str, bool]]:
    before = compile_base()
    after = compile_base(before.catalogue, **documents)
    found = diff(before.get_model(), after.get_model())
    return [(change.kind, change.target, change.destructive) for change in found if change.kind != "change_layout"]


def test_a_model_does_not_differ_from_itself() -> None:
    assert changes() == []


def test_everything_is_new_at_first() -> None:
    found = {(change.kind, change.target) for change in diff(None, compile_base().get_model())}
    assert {
        ("add_module", "deal"),
        ("add_field", "deal.amount"),
        ("add_index", "deal.amount"),
        ("add_picklist", "stage"),
        ("add_picklist_value", "stage.won"),
    } <= found
    assert not any(kind.startswith(("remove", "change")) for kind, _ in found)


@pytest.mark.parametrize(
    ("documents", "expected"),
    [
        ({"modules_deal": DEAL.replace("rules:", "  x: {type: date}\nrules:")}, [("add_field", "deal.x", False)]),
        ({"modules_deal": DEAL.replace("  close_date: {type: date}\n", "")}, [("remove_field", "deal.close_date", True)]),
        ({"modules_deal": DEAL.replace(", index: true", "")}, [("remove_index", "deal.amount", False)]),
        ({"modules_deal": DEAL.replace("{type: date}", "{type: date, unique: true}")}, [("add_index", "deal.close_date", False)]),
        ({"modules_deal": DEAL.replace("max_length: 80", "max_length: 90")}, [("change_field", "deal.name", False)]),
        ({"modules_deal": DEAL.replace("{type: date}", "{type: datetime}")}, [("change_type", "deal.close_date", True)]),
        ({"modules_deal": DEAL.replace("type: text", "type: email").replace(", max_length: 80", "")}, [("change_type", "deal.name", False), ("change_field", "deal.name", False)]),
        ({"modules_deal": DEAL.replace("plural: Deals", "plural: Chances")}, [("change_module", "deal", False)]),
        ({"modules_deal": DEAL + "indexes: [[stage, amount]]\n"}, [("add_index", "deal", False)]),
        ({"modules_deal": DEAL + "relations: {partners: {kind: many_to_many, to: organization}}\n"}, [("add_relation", "deal.partners", False)]),
        ({"modules_deal": DEAL.replace("A won deal", "Any won deal")}, [("change_module", "deal", False)]),
        ({"metadata_picklists_stage": STAGE + "  maybe: Maybe\n"}, [("add_picklist_value", "stage.maybe", False)]),
        ({"metadata_picklists_stage": STAGE.replace("  lost: Lost\n", "")}, [("remove_picklist_value", "stage.lost", True)]),
        ({"metadata_picklists_stage": STAGE.replace("lost: Lost", "lost: Gone")}, [("change_picklist_value", "stage.lost", False)]),
        ({"metadata_picklists_stage": STAGE.replace("label: Open", "after: lost")}, [("change_picklist", "stage", False)]),
        ({"metadata_app": APP.replace("Test", "Other")}, [("change_app", "app", False)]),
        ({"metadata_roles": "roles: {rep: {modules: {deal: [view]}}}"}, [("add_role", "rep", False)]),
        ({"metadata_emails_hi": "email: hi\nsubject: x\nbody: y"}, [("add_email", "hi", False)]),
        ({"metadata_translations_zh_CN": "language: zh_CN\ngroups: {sales: 销售}"}, [("change_texts", "zh_CN", False)]),
        ({"workflows_deal": "module: deal\nworkflows: {w: {on: created, do: [{set_fields: {chance: 1}}]}}"}, [("add_workflow", "deal.w", False)]),
        ({"modules_note": "module: note\nfields: {name: {type: text}}"}, [("add_module", "note", False), ("add_field", "note.name", False)]),
    ],
)  # fmt: skip
def test_a_difference_is_named(documents: dict[str, str], expected: list[tuple[str, str, bool]]) -> None:
    assert changes(**documents) == expected


def test_removing_a_module_is_destructive() -> None:
    with_note = compile_base(modules_note="module: note\nfields: {name: {type: text}}")
    found = diff(with_note.get_model(), compile_base(with_note.catalogue).get_model())
    assert found == [Change(kind="remove_module", target="note", destructive=True)]


def test_a_relation_that_goes_or_points_elsewhere_is_destructive() -> None:
    text = DEAL + "relations: {partners: {kind: many_to_many, to: organization, reverse: partnered}}\n"
    before = compile_base(modules_deal=text)
    gone = diff(before.get_model(), compile_base(before.catalogue).get_model())
    assert [(change.kind, change.destructive) for change in gone if "layout" not in change.kind] == [
        ("remove_relation", True)
    ]
    elsewhere = compile_base(
        before.catalogue, modules_deal=text.replace("to: organization, reverse", "to: deal, reverse")
    )
    found = diff(before.get_model(), elsewhere.get_model())
    assert ("change_type", True) in [(change.kind, change.destructive) for change in found]


def test_renames_are_known_by_identity() -> None:
    before = compile_base()
    catalogue = before.catalogue.rename("field", "deal.close_date", "deal.closes_on").rename(
        "module", "organization", "company"
    )
    documents = {
        **{path: text for path, text in BASE.items() if "organization" not in path},
        "modules/company.yaml": ORGANIZATION.replace("module: organization", "module: company"),
        "modules/deal.yaml": DEAL.replace("close_date", "closes_on").replace("to: organization", "to: company"),
    }
    after = compile_layers(layer(documents), catalogue=catalogue)
    found = {(change.kind, change.target) for change in diff(before.get_model(), after.get_model())}
    assert ("rename_module", "company") in found
    assert ("rename_field", "deal.closes_on") in found
    assert not {kind for kind, _ in found} & {"add_module", "remove_module", "add_field", "remove_field"}
    assert after.get_model().modules["company"].table == "organization"


def test_layouts_are_compared_too() -> None:
    before = compile_base()
    after = compile_base(before.catalogue, layouts_deal="module: deal\nlist: {columns: [name]}")
    found = diff(before.get_model(), after.get_model())
    assert [(change.kind, change.target) for change in found] == [("change_layout", "deal")]
    assert "columns" in found[0].details


TYPED = DEAL + "record_types:\n  big: {label: Big}\n  small: {label: Small}\n"
ROLES = "roles:\n  rep: {label: Rep, modules: {deal: [view]}}\n  boss: {label: Boss, modules: {deal: [edit, view]}}\n"


def _differences(before: Compilation, after: Compilation) -> list[tuple[str, str, Any]]:
    found = diff(before.get_model(), after.get_model())
    return [(change.kind, change.target, change.details.get("from")) for change in found if "layout" not in change.kind]


def test_values_types_and_roles_are_renamed_not_replaced() -> None:
    before = compile_base(modules_deal=TYPED, metadata_roles=ROLES)
    catalogue = before.catalogue
    for kind, old, new in (
        ("picklist_value", "stage.lost", "stage.gone"), ("picklist", "stage", "step"), ("record_type", "deal.big", "deal.huge"),
        ("role", "rep", "between"), ("role", "boss", "rep"), ("role", "between", "boss"),
    ):  # fmt: skip
        catalogue = catalogue.rename(kind, old, new)
    documents = {
        **{path: text for path, text in BASE.items() if "stage" not in path},
        "metadata/picklists/step.yaml": STAGE.replace("picklist: stage", "picklist: step").replace(
            "lost: Lost", "gone: Lost"
        ),
        "modules/deal.yaml": TYPED.replace("picklist: stage", "picklist: step").replace("big: {", "huge: {"),
        "metadata/roles.yaml": ROLES.replace("rep: {", "between: {")
        .replace("boss: {", "rep: {")
        .replace("between: {", "boss: {"),
    }
    after = compile_layers(layer(documents), catalogue=catalogue)
    assert _differences(before, after) == [
        ("change_field", "deal.stage", None),
        ("rename_record_type", "deal.huge", "big"),
        ("rename_picklist", "step", "stage"),
        ("change_picklist", "step", None),  # its label is made of the name
        ("rename_picklist_value", "step.gone", "lost"),
        ("rename_role", "boss", "rep"),
        ("rename_role", "rep", "boss"),
    ]
    deal = after.get_model().modules["deal"]
    assert deal.record_types["huge"].stored == "big"
    assert after.get_model().picklists["step"].values["gone"].stored == "lost"


def test_record_types_are_told_apart() -> None:
    before = compile_base(modules_deal=TYPED)
    for text, expected in (
        (TYPED.replace("label: Big", "label: Bigger"), [("change_record_type", "deal.big", False)]),
        (TYPED + "  third: {label: Third}\n", [("add_record_type", "deal.third", False)]),
        (TYPED.replace("  small: {label: Small}\n", ""), [("remove_record_type", "deal.small", True)]),
        (DEAL + "record_types:\n  small: {label: Small}\n  big: {label: Big}\n", [("change_module", "deal", False)]),
    ):
        found = diff(before.get_model(), compile_base(before.catalogue, modules_deal=text).get_model())
        assert [(change.kind, change.target, change.destructive) for change in found] == expected


def test_a_renamed_field_takes_its_values_along() -> None:
    before = compile_base()
    catalogue = before.catalogue.rename("picklist_value", "organization_industry.it", "organization_industry.tech")
    catalogue = catalogue.rename("module", "organization", "firm").rename("field", "firm.industry", "firm.trade")
    documents = {path: text for path, text in BASE.items() if "organization" not in path}
    text = (
        ORGANIZATION.replace("module: organization", "module: firm")
        .replace("industry:", "trade:")
        .replace("it: IT", "tech: IT")
    )
    documents |= {"modules/firm.yaml": text, "modules/deal.yaml": DEAL.replace("to: organization", "to: firm")}
    model = compile_layers(layer(documents), catalogue=catalogue).get_model()
    assert model.picklists["firm_trade"].values["tech"].stored == "it"
    found = {change.kind for change in diff(before.get_model(), model)}
    assert {"rename_picklist", "rename_picklist_value"} <= found
    assert not {kind for kind in found if kind.startswith(("add", "remove"))}


def test_a_catalogue_of_an_older_site_makes_no_renames_up() -> None:
    old = compile_base(modules_deal=TYPED, metadata_roles=ROLES)
    kinds = ("role", "record_type", "picklist", "inline_picklist")
    older = Catalogue.of(entry for entry in old.catalogue if entry.kind not in kinds)
    before = compile_base(older, modules_deal=TYPED, metadata_roles=ROLES)
    grown = "roles:\n  first: {label: First, modules: {deal: [view]}}\n" + ROLES.removeprefix("roles:\n")
    after = compile_base(older, modules_deal=TYPED, metadata_roles=grown)
    assert _differences(before, after) == [("add_role", "first", None)]
    assert before.get_model().modules["deal"].record_types["big"].stored == "big"
    assert compile_base(after.catalogue, modules_deal=TYPED, metadata_roles=grown).get_model().roles["rep"].identity
