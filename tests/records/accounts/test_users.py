"""Users: adding, changing, leaving; who they are when they act."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fieldstone.kernel.actors import Actor
from fieldstone.kernel.errors import FieldstoneError
from fieldstone.metadata.app_definitions import AppDef
from fieldstone.metadata.definitions import Grants, ProfileDef, RoleDef
from fieldstone.records.accounts.service import Accounts
from fieldstone.storage.database import Database
from published_model import publish_model
from sample_model import model

PASSWORD = "a long and quiet evening"


def refusal(call: Any, *args: Any, **kwargs: Any) -> str:
    with pytest.raises(FieldstoneError) as refused:
        call(*args, **kwargs)
    assert refused.value.message
    return refused.value.code


def test_a_user_from_first_to_last(accounts: Accounts) -> None:
    boss = accounts.add_user("boss", "The Boss", is_admin=True, password=PASSWORD)
    anna = accounts.add_user(
        "Anna.Snelling", "Anna Snelling", email="anna@Example.com", roles=["sales_rep", "support"], zone="Asia/Shanghai"
    )
    team = accounts.add_team("Central")
    accounts.set_members(team, [anna])
    account = accounts.get_user(anna)
    assert (account.username, account.label, account.email) == ("anna.snelling", "Anna Snelling", "anna@example.com")
    assert (account.roles, account.teams, account.team_ids) == (("sales_rep", "support"), ("Central",), (team,))
    assert not account.has_password
    assert accounts.actor(anna) == Actor(
        user_id=anna,
        name="Anna Snelling",
        roles=("sales_rep", "support"),
        team_ids=(team,),
        zone="Asia/Shanghai",
    )
    assert [each.username for each in accounts.list_users()] == ["anna.snelling", "boss"]
    assert accounts.operator().user_id == boss

    accounts.update_user(anna, label="Anna Wu", language="zh_CN", roles=[], theme="dark")
    changed = accounts.get_user(anna)
    assert (changed.label, changed.language, changed.roles, changed.theme) == ("Anna Wu", "zh_CN", (), "dark")
    accounts.deactivate(anna)
    assert accounts.find_actor(anna) is None
    assert refusal(accounts.actor, anna) == "account.E009"
    assert not accounts.get_user(anna).active


def test_many_roles_and_teams_of_one_actor(accounts: Accounts) -> None:
    anna = accounts.add_user("anna", "Anna", roles=[f"role_{n}" for n in range(12)])
    made = [accounts.add_team(f"Team {n}") for n in range(12)]
    for team in made:
        accounts.set_members(team, [anna])
    actor = accounts.actor(anna)
    assert actor.roles == tuple(sorted(f"role_{n}" for n in range(12)))
    assert actor.team_ids == tuple(made)


@pytest.mark.parametrize("username", ["", " ", "a b", "-x", "x" * 65, "a\x00", "\ud800", "a/b"])
def test_names_that_cannot_be_typed_or_stored(accounts: Accounts, username: str) -> None:
    assert refusal(accounts.add_user, username, "Somebody") == "account.E008"
    assert accounts.find_user_id(username) is None


def test_what_is_refused(accounts: Accounts) -> None:
    boss = accounts.add_user("boss", "Boss", is_admin=True)
    accounts.add_user("anna", "Anna")
    assert refusal(accounts.add_user, "ANNA", "Another") == "account.E007"
    assert refusal(accounts.add_user, "ben", "Ben", email="a@b.com\nBcc: c@d.com") == "account.E023"
    assert refusal(accounts.add_user, "ben", "x" * 201) == "account.E024"
    assert refusal(accounts.add_user, "ben", "Ben", zone="Mars/Base") == "account.E028"
    assert refusal(accounts.update_user, boss, language="xx") == "account.E027"
    assert refusal(accounts.get_user, 10**9) == "account.E009"
    assert refusal(accounts.set_password, "nobody", PASSWORD) == "account.E009"
    assert refusal(accounts.deactivate, boss) == "account.E018"
    assert refusal(accounts.update_user, boss, is_admin=False) == "account.E018"
    assert accounts.get_user(boss).active, "nothing was changed"


def test_only_administrators_make_administrators(accounts: Accounts) -> None:
    manager = Actor(user_id=1, roles=("user_manager",))
    boss = accounts.add_user("boss", "Boss", is_admin=True)
    anna = accounts.add_user("anna", "Anna", by=manager)
    assert refusal(accounts.add_user, "eve", "Eve", is_admin=True, by=manager) == "account.E020"
    assert refusal(accounts.update_user, anna, is_admin=True, by=manager) == "account.E020"
    assert refusal(accounts.update_user, boss, active=False, by=manager) == "account.E020"
    assert refusal(accounts.set_password, "boss", PASSWORD, by=manager) == "account.E020"
    accounts.update_user(anna, is_admin=True, by=accounts.actor(boss))
    assert accounts.actor(anna).is_admin


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short", "account.E003"),
        ("x y" * 50, "account.E004"),
        ("Password1", "account.E005"),
        ("zzzzzzzzzzz", "account.E005"),
        ("anna.snelling", "account.E006"),
    ],
)
def test_passwords_that_are_refused(accounts: Accounts, password: str, code: str) -> None:
    assert refusal(accounts.add_user, "anna.snelling", "Anna", password=password) == code
    assert accounts.list_users() == []


def test_teams_are_a_tree(accounts: Accounts) -> None:
    users = [accounts.add_user(name, name.title()) for name in ("anna", "ben")]
    west, east = accounts.add_team("West"), accounts.add_team("East")
    inner = accounts.add_team("Inner west", west)
    accounts.set_members(inner, users, leaders=[users[1]])
    assert [(node.name, node.depth) for node in accounts.list_teams()] == [("East", 0), ("West", 0), ("Inner west", 1)]
    node = accounts.list_teams()[2]
    assert (node.parent_id, node.leaders, node.members) == (west, (users[1],), tuple(users))
    assert refusal(accounts.move_team, west, inner) == "account.E012"
    assert refusal(accounts.move_team, west, west) == "account.E012"
    assert refusal(accounts.add_team, "East") == "account.E011"
    assert refusal(accounts.rename_team, inner, "East") == "account.E011"
    assert refusal(accounts.add_team, "Nowhere", 10**9) == "account.E010"
    accounts.move_team(inner, east)
    accounts.rename_team(west, "Far west")
    assert [node.name for node in accounts.list_teams()] == ["East", "Inner west", "Far west"]


def test_without_an_administrator_nobody_operates(accounts: Accounts) -> None:
    accounts.add_user("anna", "Anna")
    assert refusal(accounts.operator) == "account.E019"


def test_roles_language_and_zone_of_the_site(database: Database) -> None:
    roles = {"sales_rep": RoleDef(name="sales_rep", label="Sales representative", grants=Grants())}
    site = replace(model(), roles=roles, app=AppDef(language="zh_CN", zone="Asia/Shanghai"))
    accounts = Accounts(database, publish_model(database, site))
    assert refusal(accounts.add_user, "anna", "Anna", roles=["sales_boss"]) == "account.E013"
    anna = accounts.add_user("anna", "Anna", roles=["sales_rep"])
    actor = accounts.actor(anna)
    assert (actor.language, actor.zone) == ("zh_CN", "Asia/Shanghai")
    accounts.update_user(anna, language="en", zone="UTC")
    actor = accounts.actor(anna)
    assert (actor.language, actor.zone) == ("en", "UTC")
    assert refusal(accounts.update_user, anna, roles=["sales_rep", "x"]) == "account.E013"


def test_profiles_besides_the_roles(accounts: Accounts, tmp_path: Path) -> None:
    anna = accounts.add_user("anna", "Anna", roles=["sales_rep"], profiles=["marketing", "export"])
    assert accounts.get_user(anna).profiles == ("export", "marketing")
    assert accounts.actor(anna).profiles == ("export", "marketing")
    accounts.update_user(anna, profiles=["marketing"])
    assert accounts.actor(anna).profiles == ("marketing",)
    session = accounts.use_login_link(accounts.login_link("anna")).secret
    token = accounts.add_token("anna", label="Website").secret
    for found in (accounts.find_session_actor(session), accounts.find_token_actor(token)):
        assert found is not None
        assert found.profiles == ("marketing",)
    people = tmp_path / "people.csv"
    people.write_text("name,manager\nBen,Cara\nAnna,Cara\n")
    accounts.import_users(people, profiles=["marketing", "export"])
    assert {each.username: each.profiles for each in accounts.list_users()} == {
        "anna": ("marketing",),
        "ben": ("export", "marketing"),
        "cara": ("export", "marketing"),
    }


def test_a_profile_that_there_is_not(database: Database) -> None:
    profiles = {"marketing": ProfileDef(name="marketing", label="Marketing", grants=Grants())}
    accounts = Accounts(database, publish_model(database, replace(model(), profiles=profiles)))
    anna = accounts.add_user("anna", "Anna", profiles=["marketing"])
    assert refusal(accounts.add_user, "ben", "Ben", profiles=["sales"]) == "account.E037"
    assert refusal(accounts.update_user, anna, profiles=["sales"]) == "account.E037"
    assert accounts.get_user(anna).profiles == ("marketing",)


def test_ones_own_address_needs_the_password_and_is_nobody_elses(accounts: Accounts) -> None:
    anna = accounts.add_user("anna", email="anna@example.com", password=PASSWORD)
    accounts.add_user("ben", email="Ben@example.com", password=PASSWORD)
    by, link = accounts.actor(anna), accounts.reset_link("anna")
    assert refusal(accounts.update_user, anna, email="new@example.com", by=by) == "account.E044"
    assert refusal(accounts.change_email, anna, "new@example.com", "wrong", by=by) == "account.E017"
    assert refusal(accounts.change_email, anna, "new@", PASSWORD, by=by) == "account.E023"
    assert refusal(accounts.change_email, anna, "ben@EXAMPLE.com", PASSWORD, by=by) == "account.E045"
    assert accounts.find_reset_user(link) is not None
    accounts.update_user(anna, email="anna@example.com", theme="dark", by=by)
    accounts.change_email(anna, "new@example.com", PASSWORD, by=by)
    assert accounts.get_user(anna).email == "new@example.com"
    assert accounts.find_reset_user(link) is None, "what was sent to the address of before works no more"
    accounts.change_email(anna, "", PASSWORD, by=by)
    assert accounts.get_user(anna).email == ""
    sso = accounts.add_user("cara", email="cara@example.com")
    session = accounts.use_login_link(accounts.login_link("cara")).secret
    accounts.change_email(sso, "cara@example.org", "", session=session, by=accounts.actor(sso))
    assert refusal(accounts.change_email, sso, "cara@example.net", "", by=accounts.actor(sso)) == "account.E036"
