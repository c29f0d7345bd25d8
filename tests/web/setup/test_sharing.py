"""Sharing in Setup: whole modules and rules. Roles that are renamed, and go; teams that go."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fieldstone.runtime.site import Site
from web.setup.test_roles import REP, edit, filled, publish, review
from web.visitor import Visitor, text_of

HOME = "/setup/sharing/"


def _documents(site: Site) -> dict[str, str]:
    layer = site.publishing.published_site_layer()
    return dict(layer.documents) if layer else {}


def test_modules_and_rules_are_shared_and_taken_back(admin: Visitor, site: Site, save: Callable[..., int]) -> None:
    """By the smallest patch; what cannot be is said with its remedy, and what was typed is kept."""
    anna = site.accounts.add_user("anna", "Anna", roles=["sales_rep"])
    deal = save("opportunity", name="Deal", stage="prospecting", amount="500", owner=None)
    actor = site.accounts.find_actor(anna)
    assert actor is not None

    def sees() -> bool:
        return bool(site.records.within_reach(actor, "opportunity", [deal], "view"))

    assert edit(admin, HOME).status_code == 303
    assert "Nothing is different" in text_of(admin.get(HOME))
    changes = {"default.contact": "edit", "default.product": "", "follows.contact": "organization"}
    publish(admin, review(admin, HOME, **changes))
    sharing = site.models.current.model.sharing
    assert sharing.defaults == {"*": "private", "contact": "edit"}
    assert sharing.inherit == {"comment": "related_to", "note": "related_to", "contact": "organization"}
    said = _documents(site)["metadata/sharing.yaml"]
    assert said.split() == ["defaults:", "contact:", "edit", "product:", "null", "inherit:", "contact:", "organization"]
    publish(admin, review(admin, HOME, **{"default.contact": "", "default.product": "read", "follows.contact": ""}))
    assert _documents(site) == {}

    rule = filled(admin.get(f"{HOME}rules/add")) | {
        "label": "Big deals", "name": "big", "module": "opportunity", "where": "amout > 100",
        "to": ["role:sales_rep", "team:Sales"],
    }  # fmt: skip
    for wrong, words in (
        ({}, "amout"),
        ({"where": "amount > 100 and close_date < today()"}, "What is shared cannot depend on the time"),
        ({"where": "", "to": ["role:sales_rep"]}, "The rule does not say which records it shares. Add"),
        ({"name": "Not A Name"}, "A name in small letters"),
    ):
        refused = admin.post(f"{HOME}rules/add", rule | wrong)
        assert refused.status_code == 422
        assert words in text_of(refused)
        assert 'value="Big deals"' in refused.text
    assert not sees()
    publish(admin, admin.post(f"{HOME}rules/add", rule | {"where": "amount > 100"}))
    assert sees()
    assert "Big deals" in text_of(admin.get(f"/setup/users/{anna}/rights"))
    why = text_of(admin.get(f"/setup/users/{anna}/rights?m.record=opportunity&t.record=Deal"))
    assert "View yes By the sharing rule “Big deals”" in why
    assert "Edit no Nothing leads to this record" in why
    url, same = f"{HOME}rules/big", {"where": "amount > 100"}
    assert edit(admin, url, to=["role:sales_rep", "team:Sales"], **same).status_code == 303
    same["from"] = "subtree:sales_manager"
    publish(admin, review(admin, url, label="Fat ones", to=["role:sales_rep"], **same))
    assert not sees()
    publish(admin, admin.post(f"{url}/rename", {"new": "fat"}))
    assert [rule.label for name, rule in site.models.current.model.sharing.rules.items() if name == "fat"] == [
        "Fat ones"
    ]
    publish(admin, admin.post(f"{HOME}rules/fat/remove"), allow="1")
    assert not site.models.current.model.sharing.rules
    assert [entry.action for entry in site.accounts.list_audit(limit=6)] == ["model.published"] * 6


def test_a_role_is_renamed_and_goes_with_all_that_uses_it(admin: Visitor, site: Site, save: Callable[..., int]) -> None:
    new = filled(admin.get("/setup/roles/add?like=sales_manager")) | {"label": "Deputy", "name": "deputy"}
    assert new["like"] == "sales_manager"
    publish(admin, admin.post("/setup/roles/add", new))
    publish(admin, review(admin, REP, parent="deputy"))
    ben = site.accounts.add_user("ben", "Ben", roles=["deputy"])
    rule = {
        "label": "From managers",
        "name": "them",
        "module": "lead",
        "from": "role:deputy",
        "to": "role:viewer",
    }
    publish(admin, admin.post(f"{HOME}rules/add", rule))
    rule = {"label": "To managers", "name": "us", "module": "lead", "from": "role:sales_rep",
            "to": ["subtree:deputy", "role:viewer"]}  # fmt: skip
    publish(admin, admin.post(f"{HOME}rules/add", rule))
    deal = save("opportunity", name="Deal", stage="prospecting")
    operator = site.accounts.operator()
    site.records.share(operator, "opportunity", deal, role="deputy")

    page = "/setup/roles/of/deputy"
    assert admin.post(f"{page}/rename", {"new": "viewer"}).status_code == 422
    publish(admin, admin.post(f"{page}/rename", {"new": "chief"}))
    model = site.models.current.model
    assert model.roles["sales_rep"].parent == "chief"
    assert model.sharing.rules["us"].to[0].name == "chief"
    assert site.accounts.get_user(ben).roles == ("chief",)
    assert [share.role for share in site.records.shares(operator, "opportunity", deal)] == ["chief"]

    asked = text_of(admin.get("/setup/roles/of/chief/remove"))
    for words in ("Who has it 1", "Roles below it 1", "Sharing rules that name it 2", "1 record is shared with it"):
        assert words in asked
    plan = review(admin, "/setup/roles/of/chief/remove", heir="sales_rep", below="administrator")
    assert "1 person who has it gets Sales representative instead" in text_of(plan)
    publish(admin, plan, allow="1")
    model = site.models.current.model
    assert "chief" not in model.roles
    assert model.roles["sales_rep"].parent == "administrator"
    assert [(name, [party.name for party in rule.to]) for name, rule in model.sharing.rules.items()] == [
        ("us", ["viewer"])
    ]
    assert site.accounts.get_user(ben).roles == ("sales_rep",)
    assert not site.records.shares(operator, "opportunity", deal)
    (entry,) = site.accounts.list_audit(action="user.role_replaced")
    assert (entry.target, entry.details) == (f"user:{ben}", {"from": "chief", "to": "sales_rep"})

    refused = review(admin, "/setup/roles/of/sales_manager/remove")
    assert refused.status_code == 422
    assert "There is no role sales_manager." in text_of(refused)
    assert "workflows/opportunity.yaml:" in text_of(refused)
    nothing = review(admin, "/setup/roles/of/sales_rep/remove", heir="")
    assert "1 of them then has no role at all, and sees nothing" in text_of(nothing)
    # A plan that is not published changes nobody; and nobody is changed for a role that is there.
    assert site.accounts.get_user(ben).roles == ("sales_rep",)


@pytest.mark.parametrize("owning", [False, True])
def test_a_team_goes_with_what_it_owns(admin: Visitor, site: Site, save: Callable[..., int], owning: bool) -> None:
    accounts = site.accounts
    anna = accounts.add_user("anna", "Anna", roles=["sales_rep"])
    world = accounts.add_team("World")
    east, coast = accounts.add_team("East", world), 0
    coast = accounts.add_team("Coast", east)
    accounts.set_members(east, [anna], [anna])
    acme = save("organization", name="Acme", owner=east if owning else anna)
    page = f"/setup/teams/{east}/remove"
    asked = text_of(admin.get(page))
    assert "Who is in it 1" in asked
    assert "They go below World." in asked
    assert ("What it owns" in asked) == owning
    if owning:
        refused = admin.post(page, {"to": ""})
        assert refused.status_code == 422
        assert "The team owns records." in text_of(refused)
    assert admin.post(page, {"to": str(coast)} if owning else {}).status_code == 303
    left = accounts.list_teams()
    assert [(team.name, team.parent_id) for team in left] == [("World", None), ("Coast", world)]
    owner = site.records.get(accounts.operator(), "organization", acme, fields=("owner",)).values["owner"]
    assert owner == (coast if owning else anna)
    actions = [entry.action for entry in accounts.list_audit(limit=2)]
    assert actions[0] == "team.removed"
    assert ("records.handed_over" in actions) == owning
    assert admin.get(page).status_code == 404
