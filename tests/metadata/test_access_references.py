"""Names in roles and sharing: found and rewritten, wherever they stand."""

from __future__ import annotations

import re

import pytest

from fieldstone.metadata.references.finding import find_references
from fieldstone.metadata.references.renames import Rename
from fieldstone.metadata.references.rewriting import rewrite
from fieldstone.metadata.references.settling import settle_moves
from metadata.access_example import CRM, ROLES, SHARING
from metadata.example import compile_layers, layer

PLACES = {
    ("module", "deal"): {
        "roles.rep.modules.deal", "roles.rep.fields.deal", "profiles.helper.modules.deal", "defaults.deal",
        "rules.big.module", "inherit.deal", "portal.deal",
    },
    ("field", "deal.amount"): {"roles.rep.fields.deal.amount", "rules.big.where"},
    ("field", "deal.stage"): {"rules.big.where"},
    ("field", "deal.organization"): {"inherit.deal", "portal.deal.0", "portal.deal.1"},
    ("field", "organization.parent"): {"portal.deal.1"},
    ("field", "organization.revenue"): {"profiles.marketing.fields.organization.revenue"},
    ("picklist_value", "stage.won"): {"rules.big.where"},
    ("role", "rep"): {"rules.big.from.role", "rules.lent.to.0.role"},
    ("role", "boss"): {"roles.rep.parent", "rules.big.to.0.subtree"},
    ("profile", "marketing"): {"roles.rep.profiles.0"},
}  # fmt: skip
"""Of roles and sharing, every place that names the thing."""
FILES = ("metadata/roles.yaml", "metadata/sharing.yaml")


@pytest.mark.parametrize(("kind", "path"), PLACES)
def test_a_reference_is_found_and_follows_a_rename(kind: str, path: str) -> None:
    found = {each.path for each in find_references([CRM], kind, path) if each.file in FILES}
    assert found == PLACES[kind, path]
    owner, _, last = path.rpartition(".")
    new = f"{owner}.{last}_new" if owner else f"{last}_new"
    changed = rewrite([CRM], [Rename(kind=kind, old=path, new=new)])[0]
    assert not [each for each in find_references([changed], kind, path) if each.file in FILES]
    again = {each.path for each in find_references([changed], kind, new) if each.file in FILES}
    assert len(again) == len(found)
    assert not list(compile_layers(changed).diagnostics)


def test_a_rule_and_a_profile_are_renamed_where_they_are_declared() -> None:
    renames = [
        Rename(kind="sharing_rule", old="big", new="large"),
        Rename(kind="profile", old="helper", new="aide"),
    ]
    documents = rewrite([CRM], renames)[0].documents
    assert re.search(r"^  large:$", documents["metadata/sharing.yaml"], re.MULTILINE)
    assert re.search(r"^  aide:$", documents["metadata/roles.yaml"], re.MULTILINE)


def test_words_in_another_language_follow() -> None:
    words = """
language: zh_CN
roles: {rep: 销售}
profiles: {marketing: 市场}
sharing_rules: {big: 大单}
"""
    crm = layer({**CRM.documents, "metadata/translations/zh_CN.yaml": words})
    model = compile_layers(crm).get_model()
    assert model.text("profile.marketing", "zh_CN", "") == "市场"
    assert model.text("sharing_rule.big", "zh_CN", "") == "大单"
    renames = [
        Rename(kind="profile", old="marketing", new="adverts"),
        Rename(kind="sharing_rule", old="big", new="large"),
    ]
    changed = compile_layers(rewrite([crm], renames)[0])
    assert not list(changed.diagnostics)
    assert changed.get_model().text("profile.adverts", "zh_CN", "") == "市场"
    assert changed.get_model().text("sharing_rule.large", "zh_CN", "") == "大单"


def test_a_patch_need_not_say_the_module_of_a_rule() -> None:
    """Its condition is about the module that the layer below names."""
    standard = layer(CRM.documents, "standard")
    site = layer({"metadata/sharing.yaml": 'rules:\n  big:\n    where: "amount > 5"\n'})
    renames = [Rename(kind="field", old="deal.amount", new="deal.total")]
    changed = rewrite([standard, site], renames)
    assert "total > 5" in changed[1].documents["metadata/sharing.yaml"]


def test_moves_may_name_a_profile_like_a_role() -> None:
    both = ROLES.replace("marketing", "rep")
    crm = layer({**CRM.documents, "metadata/roles.yaml": both})

    def settle(move: str) -> tuple[list[str], str]:
        moved = layer({**crm.documents, "metadata/moves.yaml": f"moves:\n  - {{id: a, rename: {{{move}}}}}\n"})
        found = settle_moves([moved], [crm])
        return [problem.code for problem in found.problems], found.layers[0].documents["metadata/roles.yaml"]

    assert settle("from: rep, to: agent")[0] == ["move.E013"]
    problems, text = settle("kind: profile, from: rep, to: agent")
    assert not problems
    assert "profiles: [agent]" in text
    assert "\n  rep:\n" in text


def test_a_standard_rename_reaches_the_patch_of_a_site() -> None:
    moved = layer(
        {
            **{path: text.replace("marketing", "adverts") for path, text in CRM.documents.items()},
            "metadata/sharing.yaml": SHARING.replace("  big:", "  large:"),
            "metadata/moves.yaml": "moves:\n"
            "  - {id: a, rename: {from: marketing, to: adverts}}\n  - {id: b, rename: {from: big, to: large}}\n",
        },
        "standard",
    )
    site = layer(
        {
            "metadata/roles.yaml": "roles: {rep: {profiles: [marketing, helper]}}\n"
            "profiles: {marketing: {scope: all}}\n",
            "metadata/sharing.yaml": "rules: {big: {access: read}}\n",
        }
    )
    found = settle_moves([moved, site], [layer(CRM.documents, "standard"), site])
    assert not found.problems
    model = compile_layers(*found.layers).get_model()
    assert model.roles["rep"].profiles == ("adverts", "helper")
    assert model.profiles["adverts"].grants.scope == "all"
    assert model.sharing.rules["large"].access == "read"
    assert {rename.kind for rename in found.renames} == {"profile", "sharing_rule"}
