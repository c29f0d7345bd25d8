"""Why somebody reaches a record, or does not; and what somebody may do at all."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from fieldstone.kernel.actors import SYSTEM, Actor
from fieldstone.kernel.errors import NotFoundError
from fieldstone.metadata.definitions import Grants, Party, ProfileDef, SharingDef, SharingRuleDef
from fieldstone.records.access.explain import Reason, explain_access, who_can
from fieldstone.records.access.matrix import rights_matrix
from records.access.company import Company, grants, role


@pytest.fixture
def company_of_four(company: Company) -> Company:
    rule = SharingRuleDef(
        name="big", label="Big deals", module="opportunity", access="edit", where="amount > 100",
        owners=Party(kind="subtree", name="head"), to=(Party(kind="role", name="helper"),),
    )  # fmt: skip
    company.govern(
        {
            "head": role("head", grants("subtree", "view", "edit", "export")),
            "rep": role("rep", grants("own", "view", "edit"), parent="head", profiles=("seller",)),
            "helper": role("helper", Grants(modules={"*": {"view": "own", "edit": "own", "mass_edit": "all"}})),
        },
        {"seller": ProfileDef(name="seller", label="Seller", grants=Grants(
            modules={"opportunity": {"view": "team", "delete": "own"}},
            fields={"opportunity": {"margin": "hidden", "amount": "read"}}, tools=frozenset({"share"})))},
        SharingDef(rules={"big": rule}, inherit={"quote": "opportunity"}, defaults={"contact": "read"}),
    )  # fmt: skip
    return company


def test_every_way_is_named(company_of_four: Company) -> None:
    company = company_of_four
    team = company.add_team("north")
    head, helper = company.hire("head", "head"), company.hire("helper", "helper")
    rep, mate = company.hire("rep", "rep", teams=[team]), company.hire("mate", "rep", teams=[team])
    big, small = company.save(
        "opportunity",
        {"name": "Big", "amount": 500, "owner": rep.user_id},
        {"name": "Small", "amount": 5, "owner": rep.user_id},
    )
    (quote,) = company.save("quote", {"name": "Quote", "opportunity": big})
    (contact,) = company.save("contact", {"name": "Bo"})
    company.share("opportunity", small, "read", principal=helper.user_id)

    def reasons(actor: object, module: str, id: int, right: str) -> tuple[Reason, ...]:
        with company.read() as (conn, published):
            return explain_access(conn, published, actor, module, id)[right].reasons  # type: ignore[arg-type]

    assert reasons(head, "opportunity", big, "view") == (
        Reason(kind="scope", source="role", name="head", scope="subtree"),
    )
    assert reasons(mate, "opportunity", small, "view") == (
        Reason(kind="scope", source="profile", name="seller", role="rep", scope="team"),
    )
    assert [each.name for each in reasons(rep, "opportunity", big, "view")] == ["rep", "seller"]
    by_rule = Reason(kind="rule", name="big", label="Big deals", access="edit", owners="subtree head")
    assert reasons(helper, "opportunity", big, "edit") == (by_rule,)
    assert reasons(helper, "opportunity", small, "view") == (
        Reason(kind="share", principal=helper.user_id, access="read"),
    )
    assert reasons(helper, "quote", quote, "view") == (
        Reason(kind="parent", module="opportunity", record_id=big, reasons=(by_rule,)),
    )
    assert reasons(helper, "contact", contact, "view") == (Reason(kind="default", access="read"),)
    assert reasons(SYSTEM, "contact", contact, "delete") == (Reason(kind="administrator"),)
    with company.read() as (conn, published):
        explained = explain_access(conn, published, helper, "opportunity", small)
        assert {right: each.missing for right, each in explained.items()} == {
            "view": "", "edit": "reach", "delete": "right", "export": "right", "mass_edit": "edit",
        }  # fmt: skip
        people = [head, helper, rep, mate, SYSTEM]
        assert [actor for actor, _ in who_can(conn, published, people, "opportunity", small, "edit")] == [
            head, rep, SYSTEM,
        ]  # fmt: skip
        with pytest.raises(NotFoundError) as refused:
            explain_access(conn, published, head, "opportunity", 999)
        assert refused.value.code == "record.E010"


def test_effective_rights_are_the_union_of_all_grants(company_of_four: Company) -> None:
    company = company_of_four
    rep = company.hire("rep", "rep")
    matrix = rights_matrix(company.published, rep)
    assert matrix.modules["opportunity"] == {"view": ("team",), "edit": ("own",), "delete": ("own",)}
    assert matrix.modules["quote"] == {"view": ("own",), "edit": ("own",)}
    # The role itself gives view on opportunities and names no field: the most permissive counts.
    assert matrix.fields == {}
    assert matrix.tools == ("share",)
    assert matrix.shared["contact"] == "read"
    assert not matrix.everything
    assert rights_matrix(company.published, SYSTEM).modules["quote"]["view"] == ("all",)


def test_the_audience_is_told_at_once_and_no_more_than_the_asker_may_know(company: Company) -> None:
    """A rule that asks about a hidden field, and a parent out of reach, are kept from the one who may not know."""
    rule = SharingRuleDef(
        name="fat", label="Fat margins", module="opportunity", where="margin > 100", access="read",
        to=(Party(kind="role", name="helper"),),
    )  # fmt: skip
    hidden = Grants(modules={"*": {"view": "own"}}, fields={"opportunity": {"margin": "hidden"}})
    company.govern(
        {
            "rep": role("rep", hidden),
            "helper": role("helper", grants("own", "view")),
            "boss": role("boss", grants("all", "view", "edit")),
        },
        {},
        SharingDef(rules={"fat": rule}, inherit={"opportunity": "organization"}),
    )
    rep, helper = company.hire("rep", "rep"), company.hire("helper", "helper")
    friend, boss = company.hire("friend", "helper"), company.hire("boss", "boss")
    (acme,) = company.save("organization", {"name": "Acme", "owner": friend.user_id})
    deal = {"name": "Deal", "owner": rep.user_id, "margin": 500, "organization": acme}
    (deal_id,) = company.save("opportunity", deal)

    def audience(actor: Actor) -> tuple[dict[str, list[str]], bool]:
        told = company.records.audience(actor, "opportunity", deal_id)
        return {each.actor.name: [reason.kind for reason in each.view.reasons] for each in told.people}, told.withheld

    assert audience(boss) == (
        {"Boss": ["scope", "parent"], "Friend": ["rule", "parent"], "Helper": ["rule"], "Rep": ["scope"]}, False,
    )  # fmt: skip
    assert audience(rep) == ({"Boss": ["scope"], "Rep": ["scope"]}, True)
    told = company.records.explain(rep, "opportunity", deal_id, helper.user_id or 0)
    assert (told.rights["view"].missing, told.withheld) == ("reach", True)
    assert company.records.explain(boss, "opportunity", deal_id, boss.user_id or 0).rights["edit"].allowed
    with pytest.raises(NotFoundError) as refused:
        company.records.explain(boss, "opportunity", deal_id, 999)
    assert refused.value.code == "account.E009"

    said: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        said.append(statement)

    sa.event.listen(company.database.reader, "before_cursor_execute", note)
    audience(boss)
    few = len(said)
    for number in range(20):
        company.hire(f"more{number}", "helper")
    said.clear()
    assert len(audience(boss)[0]) == 24
    sa.event.remove(company.database.reader, "before_cursor_execute", note)
    assert 0 < len(said) <= few
