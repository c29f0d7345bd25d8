"""Roles, profiles and sharing, published: planned in words, renamed, taken back, kept through upgrades."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from changes.upgrades import brief, compile_all, effective
from changes.workbench import DOCUMENTS, Workbench
from fieldstone.changes.doctor import examine
from fieldstone.changes.upgrade.decide import decide
from fieldstone.changes.upgrade.mending import merge_upgrade
from fieldstone.cli.change_line import change_line, change_lines
from fieldstone.kernel.errors import MetadataError
from fieldstone.metadata.effective import effective_documents
from fieldstone.metadata.layers import Layer
from fieldstone.storage.database import Database
from fieldstone.storage.principals import principal, team, user, user_profile, user_role
from metadata.access_example import CRM
from metadata.example import layer

ROLES = """
roles:
  boss: {label: Boss, modules: {"*": [view, edit]}}
  seller:
    label: Seller
    parent: boss
    scope: own
    profiles: [adverts]
    modules: {lead: {view: team, edit: own}}
    fields: {lead: {amount: read}}
profiles:
  adverts: {label: Adverts, scope: all, modules: {organization: [view]}}
"""
SHARING = """
defaults: {organization: read}
rules:
  large: {label: Large, module: lead, where: amount > 100 and state == 'won', to: [{subtree: boss}], access: edit}
inherit: {lead: organization}
"""


def proposal(*moves: str, roles: str = ROLES, sharing: str = SHARING) -> list[Layer]:
    site = {"metadata/roles.yaml": roles, "metadata/sharing.yaml": sharing}
    if moves:
        listed = "".join(f"  - {{id: m{number}, rename: {{{move}}}}}\n" for number, move in enumerate(moves))
        site["metadata/moves.yaml"] = f"moves:\n{listed}"
    return [Layer(name="standard", documents=DOCUMENTS), Layer(name="site", documents=site)]


@pytest.fixture
def workbench(database: Database) -> Workbench:
    made = Workbench(database)
    made.publish(proposal())

    def add(conn: sa.Connection) -> None:
        conn.execute(sa.insert(principal).values(id=1, kind="user", label="Anna"))
        conn.execute(sa.insert(user).values(id=1, username="anna"))
        conn.execute(sa.insert(user_role).values(user_id=1, role="seller"))
        conn.execute(sa.insert(user_profile).values(user_id=1, profile="adverts"))

    database.transact(add)
    return made


def held(workbench: Workbench) -> tuple[list[str], list[str]]:
    """The roles and the profiles that the user has."""
    with workbench.database.read() as conn:
        return list(conn.scalars(sa.select(user_role.c.role))), list(conn.scalars(sa.select(user_profile.c.profile)))


def healthy(workbench: Workbench) -> bool:
    assert workbench.models
    workbench.models.refresh()
    return not list(examine(workbench.database, workbench.compile))


def test_a_rule_with_owners_and_a_condition_gets_an_index(workbench: Workbench) -> None:
    """Of its owner and the first field that the condition compares; a text may be too long for one."""
    rule = '{label: Big, module: lead, from: {role: seller}, to: [{role: boss}], access: read, where: "CONDITION"}'
    indexed = {
        "amount > 100": '"owner_id", "amount"',
        "contains(name, 'x') and 100 <= amount": '"owner_id", "amount"',
        "state in ['won', 'new']": '"owner_id", "state"',
        "name == 'x'": "",
        "amount > 100 or state == 'won'": "",
    }
    for condition, columns in indexed.items():
        big = rule.replace("CONDITION", condition)
        sharing = SHARING.replace("inherit:", f"  big: {big}\ninherit:")
        made = [each.statement for each in workbench.plan(proposal(sharing=sharing)).operations]
        assert [columns in statement for statement in made] == [True] * bool(columns), (condition, made)


def test_the_plan_says_what_changes_in_words(workbench: Workbench) -> None:
    roles = ROLES.replace("edit: own}", "edit: team, delete: own}").replace("amount: read", "amount: hidden")
    sharing = SHARING.replace("access: edit", "access: read").replace("organization: read", "organization: edit")
    sharing += "portal: {lead: organization, organization: self}\n"
    plan = workbench.plan(proposal(roles=roles, sharing=sharing))
    lines = [line for change in plan.changes for line in change_lines(change)]
    assert lines == [
        "  ~ change role seller",
        "      edit lead: own → team",
        "      delete lead: none → own",
        "      field lead.amount: read → hidden",
        "  ~ change sharing rule large",
        "      access: edit → read",
        "  ~ change sharing",
        "      everybody reaches organization: read → edit",
        "      in a portal lead belongs to: none → organization",
        "      in a portal organization belongs to: none → self",
    ]
    assert not plan.destructive
    assert not plan.operations
    assert not plan.steps
    told = plan.to_json()["changes"][0]["attributes"]
    assert told["modules.lead.delete"] == ["", "own"]
    workbench.take_up(plan)
    assert healthy(workbench)
    assert workbench.plan(proposal(roles=roles, sharing=sharing)).is_empty


def test_what_is_new_is_told_with_all_that_it_gives(workbench: Workbench) -> None:
    roles = ROLES + "  reader: {label: Reader, modules: {lead: [view]}}\n"
    sharing = SHARING.replace("rules:\n", "rules:\n  lent: {module: lead, from: {team: X}, to: [{role: seller}]}\n")
    plan = workbench.plan(proposal(roles=roles, sharing=sharing))
    lines = [line for change in plan.changes for line in change_lines(change)]
    assert lines == [
        "  + add profile reader",
        "      label: none → Reader",
        "      scope: none → own",
        "      view lead: none → own",
        "  + add sharing rule lent",
        "      label: none → Lent",
        "      module: none → lead",
        "      from: none → team X",
        "      to: none → role seller",
        "      access: none → read",
    ]


RENAMES = (
    "from: seller, to: agent",
    "from: adverts, to: campaigns",
    "from: large, to: great",
    "from: lead, to: prospect",
    "from: prospect.amount, to: prospect.worth",
    "from: prospect.organization, to: prospect.company",
    "from: lead_state.won, to: lead_state.gained",
)


def test_people_keep_what_is_renamed_and_rollback_gives_the_names_back(workbench: Workbench) -> None:
    plan = workbench.plan(proposal(*RENAMES))
    kinds = {(change.kind, change.before, change.target) for change in plan.changes if change.kind[:6] == "rename"}
    assert {
        ("rename_role", "seller", "agent"),
        ("rename_profile", "adverts", "campaigns"),
        ("rename_sharing_rule", "large", "great"),
    } <= kinds
    model = workbench.take_up(plan).current.model
    assert held(workbench) == (["agent"], ["campaigns"])
    agent = model.roles["agent"]
    assert agent.grants.modules == {"prospect": {"view": "team", "edit": "own"}}
    assert (agent.grants.fields, agent.profiles) == ({"prospect": {"worth": "read"}}, ("campaigns",))
    assert model.sharing.rules["great"].where == "worth > 100 and state == 'gained'"
    assert model.sharing.inherit == {"prospect": "company"}
    assert healthy(workbench)
    assert workbench.plan(proposal(*RENAMES)).is_empty
    identity = model.profiles["campaigns"].identity
    model = workbench.rollback(1).current.model
    assert held(workbench) == (["seller"], ["adverts"])
    assert model.profiles["adverts"].identity == identity
    assert model.sharing.rules["large"].where == "amount > 100 and state == 'won'"
    assert healthy(workbench)


def test_a_role_and_a_profile_that_go_come_back_as_they_were(workbench: Workbench) -> None:
    assert workbench.models
    before = workbench.models.current.model
    bare = "roles:\n  boss: {label: Boss, modules: {'*': [view, edit]}}\n"
    plan = workbench.plan(proposal(roles=bare, sharing="{}\n"))
    assert [(change.kind, change.target) for change in plan.changes] == [
        ("remove_role", "seller"),
        ("remove_profile", "adverts"),
        ("remove_sharing_rule", "large"),
        ("change_sharing", "sharing"),
    ]
    assert [change_line(change) for change in plan.changes[:2]] == [
        "  - remove role seller  (1 user has it)",
        "  - remove profile adverts  (1 user has it)",
    ]
    workbench.take_up(plan)
    assert healthy(workbench)
    model = workbench.rollback(1).current.model
    assert (model.roles, model.profiles, model.sharing) == (before.roles, before.profiles, before.sharing)
    assert healthy(workbench)


def test_a_condition_that_no_list_can_filter_by_is_not_published(workbench: Workbench) -> None:
    """It is sound where it is evaluated; only the database cannot find the records."""
    sharing = SHARING.replace("amount > 100 and state == 'won'", "\"replace(name, 'a', name) == 'b'\"")
    with pytest.raises(MetadataError) as refused:
        workbench.plan(proposal(sharing=sharing))
    assert [(item.code, str(item.location)) for item in refused.value.diagnostics] == [
        ("sharing.E030", "metadata/sharing.yaml:4:39")
    ]


def test_teams_are_told_that_are_not_there(workbench: Workbench) -> None:
    """Teams are no documents: the plan and the doctor know them."""
    sharing = SHARING.replace("rules:\n", "rules:\n  lent: {module: lead, from: {team: Noth}, to: [{team: North}]}\n")

    def add(conn: sa.Connection) -> None:
        conn.execute(sa.insert(principal).values(id=2, kind="team", label="North"))
        conn.execute(sa.insert(team).values(id=2, name="North"))

    plan = workbench.plan(proposal(sharing=sharing))
    told = [(item.code, item.params["team"], str(item.location)) for item in plan.warnings]
    assert told == [
        ("sharing.W030", "Noth", "metadata/sharing.yaml:4:24"),
        ("sharing.W030", "North", "metadata/sharing.yaml:4:44"),
    ]
    workbench.take_up(plan)
    workbench.database.transact(add)
    assert [item.message for item in examine(workbench.database, workbench.compile)] == [
        "There is no team 'Noth', so the sharing rule 'lent' means nobody by it."
    ]


def test_what_goes_from_under_them_is_reported_where_they_name_it(workbench: Workbench) -> None:
    standard, site = proposal()
    lead = "module: lead\nfields: {amount: null}\n"
    with pytest.raises(MetadataError) as refused:
        workbench.plan([standard, Layer(name="site", documents={**site.documents, "modules/lead.yaml": lead})])
    found = {(item.code, str(item.location)) for item in refused.value.diagnostics}
    assert found == {("role.E013", "metadata/roles.yaml:10:21"), ("expression.E011", "metadata/sharing.yaml:4:46")}


def test_the_effective_documents_say_the_same(workbench: Workbench) -> None:
    """What an export writes plans to nothing."""
    standard, own = proposal()
    written = Layer(name="site", documents=effective_documents([own]))
    assert workbench.plan([standard, written]).is_empty
    assert written.documents["metadata/sharing.yaml"] == effective_documents([written])["metadata/sharing.yaml"]


def test_upgrades_are_merged_three_ways() -> None:
    then = [layer(CRM.documents, "standard")]
    roles, sharing = CRM.documents["metadata/roles.yaml"], CRM.documents["metadata/sharing.yaml"]
    now_roles = roles.replace("edit: team", "edit: all").replace("[view, export]", "[view]")
    now_sharing = sharing.replace("access: edit", "access: read")
    now_sharing = now_sharing.replace("deal: read}", "deal: edit, organization: read}")
    now = [layer({**CRM.documents, "metadata/roles.yaml": now_roles, "metadata/sharing.yaml": now_sharing}, "standard")]
    own = layer(
        {
            "metadata/roles.yaml": "roles: {rep: {modules: {deal: {edit: own, export: own}}}}\n",
            "metadata/sharing.yaml": 'defaults: {organization: private}\nrules: {big: {where: "amount > 500"}}\n',
        }
    )
    merged = merge_upgrade(then, now, own, compile_all)
    assert brief(merged) == [
        ("roles.rep.modules.deal.edit", "team", "all", "own"),
        ("sharing.defaults.organization", None, "read", "private"),
    ]
    said = effective(*now, merged.site)
    assert said["metadata/roles.yaml"]["roles"]["rep"]["modules"]["deal"]["edit"] == "own"
    assert said["metadata/roles.yaml"]["profiles"]["marketing"]["modules"]["organization"] == ["view"]
    assert said["metadata/sharing.yaml"]["rules"]["big"]["access"] == "read"
    assert said["metadata/sharing.yaml"]["rules"]["big"]["where"] == "amount > 500"
    assert said["metadata/sharing.yaml"]["defaults"]["deal"] == "edit"
    theirs = decide(merged.site, merged.conflicts[0], "theirs")
    assert effective(*now, theirs)["metadata/roles.yaml"]["roles"]["rep"]["modules"]["deal"]["edit"] == "all"


def test_a_profile_that_the_site_gives_is_kept_alive() -> None:
    then = [layer(CRM.documents, "standard")]
    roles = CRM.documents["metadata/roles.yaml"]
    now = [layer({**CRM.documents, "metadata/roles.yaml": roles[: roles.index("  helper:")]}, "standard")]
    own = layer({"metadata/roles.yaml": "roles: {boss: {profiles: [helper]}}\n"})
    merged = merge_upgrade(then, now, own, compile_all)
    assert [each.key for each in merged.conflicts] == ["profiles.helper"]
    assert effective(*now, merged.site)["metadata/roles.yaml"]["profiles"]["helper"] == {"modules": {"deal": ["view"]}}
    assert not list(compile_all([*now, merged.site]).diagnostics)
