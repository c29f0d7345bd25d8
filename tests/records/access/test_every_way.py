"""A record that is in reach in many ways at once: each of them is told, with what gives it."""

from __future__ import annotations

from dataclasses import replace

from fieldstone.metadata.definitions import Grants, Party, ProfileDef, SharingDef, SharingRuleDef
from fieldstone.records.access.explain import explain_access
from records.access.company import Company, role


def test_all_ways_at_once_are_told(company: Company) -> None:
    def rule(name: str, owners: Party | None, where: str, *to: Party) -> SharingRuleDef:
        return SharingRuleDef(
            name=name, label=name.title(), module="opportunity", access="read", where=where, owners=owners, to=to
        )

    world, coast, clerk = (
        Party(kind="team", name="world"),
        Party(kind="team", name="coast"),
        Party(kind="role", name="clerk"),
    )
    sharing = SharingDef(
        defaults={"organization": "read", "opportunity": "edit"},
        rules={
            "whose": rule("whose", Party(kind="subtree", name="clerk"), "", world),
            "which": rule("which", None, "amount > 10", clerk),
            "both": rule("both", coast, "stage == 'won'", clerk, world),
            "elsewhere": rule("elsewhere", None, "amount > 10", Party(kind="role", name="other")),
            "smaller": rule("smaller", None, "amount > 1000", clerk),
        },
        inherit={"opportunity": "organization"},
        portal={"opportunity": (("contact",),)},
    )
    view = {"*": {"view": "own"}}
    company.govern(
        {
            "clerk": role("clerk", Grants(modules={"*": {"view": "subtree"}}), profiles=("given",)),
            "junior": role("junior", Grants(modules=view), parent="clerk"),
        },
        {
            "given": ProfileDef(name="given", label="Given", grants=Grants(modules={"*": {"view": "team"}})),
            "personal": ProfileDef(
                name="personal", label="Personal", grants=Grants(modules={"*": {"view": "related"}})
            ),
            "idle": ProfileDef(name="idle", label="Idle", grants=Grants(modules=view)),
        },
        sharing,
    )
    top = company.add_team("world")
    shore = company.add_team("coast", top)
    anna = replace(company.hire("anna", "clerk", teams=[top]), profiles=("personal", "idle"))
    ben = company.hire("ben", "junior", teams=[shore])
    (acme,) = company.save("organization", {"name": "Acme", "owner": ben.user_id})
    (contact,) = company.save("contact", {"name": "Bo"})
    (deal,) = company.save("opportunity", {
        "name": "Deal", "organization": acme, "contact": contact, "amount": 50, "stage": "won", "owner": ben.user_id,
    })  # fmt: skip
    company.stand_for(anna.user_id or 0, "contact", contact)
    company.share("opportunity", deal, "read", principal=anna.user_id)
    company.share("opportunity", deal, "edit", principal=top)
    company.share("opportunity", deal, "read", principal=shore)
    company.share("opportunity", deal, "read", role="clerk")
    company.share("opportunity", deal, "read", principal=ben.user_id)

    with company.read() as (conn, published):
        explained = explain_access(conn, published, anna, "opportunity", deal)["view"]
    assert explained.allowed
    told = [
        (each.kind, each.name or each.role or each.principal or each.module or each.access, each.scope or each.access)
        for each in explained.reasons
    ]
    assert told[:3] == [("scope", "clerk", "subtree"), ("scope", "given", "team"), ("scope", "personal", "related")]
    assert told[3:] == [
        ("default", "edit", "edit"),
        ("rule", "whose", "read"), ("rule", "which", "read"), ("rule", "both", "read"),
        ("share", anna.user_id, "read"), ("share", top, "edit"), ("share", "clerk", "read"),
        ("parent", "organization", ""),
    ]  # fmt: skip
    (given,) = [each for each in explained.reasons if each.name == "given"]
    assert (given.source, given.role) == ("profile", "clerk")
    (personal,) = [each for each in explained.reasons if each.name == "personal"]
    assert (personal.source, personal.role) == ("profile", "")
    whose = [(each.kind, each.name or each.access) for each in explained.reasons[-1].reasons]
    assert whose == [("scope", "clerk"), ("scope", "given"), ("default", "read")]
