"""Changes of rights and sharing, told one by one by present names."""

from __future__ import annotations

from typing import Any

import pytest

from fieldstone.metadata.catalogue import Catalogue
from fieldstone.metadata.change import Change
from fieldstone.metadata.diff import diff
from fieldstone.metadata.layers import Layer
from fieldstone.metadata.references.settling import apply_renames, settle_moves
from fieldstone.metadata.rights import SETUP_PARTS
from metadata.access_example import CRM, ROLES, SHARING, compile_access
from metadata.example import compile_layers, layer


def changes(*, roles: str = ROLES, sharing: str = SHARING) -> list[Change]:
    """From the example to the same with other documents."""
    before = compile_access()
    documents = {**CRM.documents, "metadata/roles.yaml": roles, "metadata/sharing.yaml": sharing}
    after = compile_layers(layer(documents), catalogue=before.catalogue)
    return diff(before.get_model(), after.get_model())


def told(found: list[Change]) -> list[tuple[str, str, Any]]:
    return [(change.kind, change.target, dict(change.details)) for change in found]


REP = ("change_role", "rep")
CASES: list[tuple[tuple[str, str], tuple[str, str], dict[str, list[Any]]]] = [
    (("label: Seller", "label: Agent"), REP, {"label": ["Seller", "Agent"]}),
    (("    parent: boss\n", ""), REP, {"parent": ["boss", ""]}),
    (("setup: true", "setup: false"), ("change_role", "boss"), {"setup": [list(SETUP_PARTS), []]}),
    (("profiles: [marketing]", "profiles: [helper, marketing]"), REP,
     {"profiles": [["marketing"], ["helper", "marketing"]]}),
    (("tools: [share]", "tools: [merge, share]"), REP, {"tools": [["share"], ["merge", "share"]]}),
    (("scope: own", "scope: subtree"), REP, {"scope": ["own", "subtree"], "modules.*.view": ["own", "subtree"]}),
    (("edit: team", "edit: all"), REP, {"modules.deal.edit": ["team", "all"]}),
    ((", create: own", ""), REP, {"modules.deal.create": ["own", ""]}),
    (("\"*\": [view]", "\"*\": [view, export]"), REP, {"modules.*.export": ["", "own"]}),
    (("      deal: {view: all, edit: team, create: own}\n", ""), REP,
     {"modules.deal.view": ["all", "own"], "modules.deal.edit": ["team", ""], "modules.deal.create": ["own", ""]}),
    (("mass_edit, report]}", "mass_edit, report], deal: [view, edit, mass_edit, report]}"), ("change_role", "boss"),
     {"modules.deal": ["like other modules", "by itself"]}),
    (("chance: hidden", "chance: read"), REP, {"fields.deal.chance": ["hidden", "read"]}),
    ((", chance: hidden", ""), REP, {"fields.deal.chance": ["hidden", "edit"]}),
    (("{revenue: read}", "{revenue: hidden}"), ("change_profile", "marketing"),
     {"fields.organization.revenue": ["read", "hidden"]}),
    (("scope: team", "scope: all"), ("change_profile", "marketing"),
     {"scope": ["team", "all"], "modules.organization.view": ["team", "all"],
      "modules.organization.export": ["team", "all"]}),
    (("access: edit", "access: read"), ("change_sharing_rule", "big"), {"access": ["edit", "read"]}),
    (("amount > 100", "amount > 200"), ("change_sharing_rule", "big"),
     {"where": ["amount > 100 and stage == 'won'", "amount > 200 and stage == 'won'"]}),
    (("from: {role: rep}", "from: {subtree: boss}"), ("change_sharing_rule", "big"),
     {"from": [["role rep"], ["subtree boss"]]}),
    ((", {team: Far west}", ""), ("change_sharing_rule", "big"),
     {"to": [["subtree boss", "team Far west"], ["subtree boss"]]}),
    (("{module: organization, ", "{module: deal, "), ("change_sharing_rule", "lent"),
     {"module": ["organization", "deal"]}),
    (("  big:\n", "  big:\n    label: Large\n"), ("change_sharing_rule", "big"), {"label": ["Big", "Large"]}),
    (("deal: read}", "deal: edit}"), ("change_sharing", "sharing"), {"defaults.deal": ["read", "edit"]}),
    ((", deal: read}", "}"), ("change_sharing", "sharing"), {"defaults.deal": ["read", "private"]}),
    (("inherit: {deal: organization}", "inherit: {}"), ("change_sharing", "sharing"),
     {"inherit.deal": ["organization", ""]}),
    (("organization: self", "organization: [self, parent]"), ("change_sharing", "sharing"),
     {"portal.organization": [["self"], ["self", "parent"]]}),
]  # fmt: skip


@pytest.mark.parametrize(("edit", "target", "details"), CASES)
def test_every_attribute_is_told(edit: tuple[str, str], target: tuple[str, str], details: dict[str, list[Any]]) -> None:
    assert any(edit[0] in text for text in (ROLES, SHARING)), edit
    found = changes(roles=ROLES.replace(*edit, 1), sharing=SHARING.replace(*edit, 1))
    assert told(found) == [(*target, details)]
    assert not found[0].destructive


def test_the_same_said_otherwise_is_no_change() -> None:
    roles = ROLES.replace("[view, edit, mass_edit, report]", "{report: all, view: all, edit: all, mass_edit: all}")
    roles = roles.replace(
        "modules: {organization: [view, export]}", "modules: {organization: {view: team, export: team}}"
    )
    sharing = SHARING.replace('{"*": private, deal: read}', "{deal: read, organization: private}")
    assert told(changes(roles=roles, sharing=sharing)) == []


def test_what_is_new_tells_what_it_gives() -> None:
    found = changes(
        roles=ROLES + "  reader: {modules: {deal: [view]}, fields: {deal: {amount: hidden}}}\n",
        sharing=SHARING.replace("rules:\n", "rules:\n  all: {module: deal, from: {team: X}, to: [{role: rep}]}\n"),
    )
    assert told(found) == [
        (
            "add_profile",
            "reader",
            {
                "label": ["", "Reader"],
                "scope": ["", "own"],
                "modules.deal.view": ["", "own"],
                "fields.deal.amount": ["edit", "hidden"],
            },
        ),
        (
            "add_sharing_rule",
            "all",
            {
                "label": ["", "All"],
                "module": ["", "deal"],
                "from": [[], ["team X"]],
                "to": [[], ["role rep"]],
                "access": ["", "read"],
            },
        ),
    ]


def test_what_is_gone_is_told() -> None:
    found = changes(
        roles=ROLES.replace("    profiles: [marketing]\n", "").partition("profiles:")[0],
        sharing='defaults: {"*": private, deal: read}\n' + SHARING[SHARING.index("inherit") :],
    )
    assert [(change.kind, change.target) for change in found] == [
        ("change_role", "rep"),
        ("remove_profile", "marketing"),
        ("remove_profile", "helper"),
        ("remove_sharing_rule", "big"),
        ("remove_sharing_rule", "lent"),
    ]


def test_a_first_model_is_told_without_details() -> None:
    found = diff(None, compile_access().get_model())
    told_of = [change for change in found if change.kind in ("add_role", "add_profile", "add_sharing_rule")]
    assert [change.target for change in told_of] == ["boss", "rep", "marketing", "helper", "big", "lent"]
    assert not any(change.details for change in told_of)


MOVES = """
moves:
  - {id: a, rename: {from: deal, to: offer}}
  - {id: b, rename: {from: offer.amount, to: offer.total}}
  - {id: c, rename: {from: offer.organization, to: offer.customer}}
  - {id: d, rename: {from: rep, to: agent}}
  - {id: e, rename: {from: boss, to: chief}}
  - {id: f, rename: {from: marketing, to: adverts}}
  - {id: g, rename: {from: big, to: large}}
  - {id: h, rename: {from: stage.won, to: stage.gained}}
"""


def settled(proposed: Layer, published: Layer, catalogue: Catalogue) -> tuple[Layer, Catalogue]:
    found = settle_moves([proposed], [published])
    assert not found.problems
    return found.layers[0], apply_renames(catalogue, found.renames)


def test_renames_alone_change_no_right() -> None:
    before = compile_access()
    proposed = layer({**CRM.documents, "metadata/moves.yaml": MOVES})
    documents, catalogue = settled(proposed, CRM, before.catalogue)
    after = compile_layers(documents, catalogue=catalogue)
    assert not list(after.diagnostics)
    found = diff(before.get_model(), after.get_model())
    access = [change for change in found if change.kind.rpartition("_")[2] in ("role", "profile", "rule", "sharing")]
    assert told(access) == [
        ("rename_role", "chief", {"from": "boss"}),
        ("change_role", "chief", {"label": ["Boss", "Chief"]}),
        ("rename_role", "agent", {"from": "rep"}),
        ("rename_profile", "adverts", {"from": "marketing"}),
        ("change_profile", "adverts", {"label": ["Marketing", "Adverts"]}),
        ("rename_sharing_rule", "large", {"from": "big"}),
        (
            "change_sharing_rule",
            "large",
            {
                "label": ["Big", "Large"],
                "where": ["amount > 100 and stage == 'won'", "total > 100 and stage == 'gained'"],
            },
        ),
    ]
    model = after.get_model()
    assert model.roles["agent"].grants.fields == {"offer": {"total": "read", "chance": "hidden"}}
    assert (model.roles["agent"].parent, model.roles["agent"].profiles) == ("chief", ("adverts",))
    assert model.sharing.portal["offer"] == (("customer",), ("customer", "parent"))
    assert dict(model.sharing.inherit) == {"offer": "customer"}
