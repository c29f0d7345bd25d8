"""The audit log: every change of somebody's account, by whom, and nothing that is secret."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fieldstone.kernel.actors import Actor
from fieldstone.kernel.errors import FieldstoneError
from fieldstone.metadata.definitions import Grants, RoleDef
from fieldstone.records.accounts.audit import list_audit, record_audit
from fieldstone.records.accounts.service import Accounts
from fieldstone.storage.database import Database
from published_model import publish_model
from sample_model import model

from .conftest import Clock

PASSWORD = "a long and quiet evening"


@pytest.fixture
def boss(accounts: Accounts) -> Actor:
    user_id = accounts.add_user("boss", "The Boss", is_admin=True, password=PASSWORD)
    return Actor(user_id=user_id, is_admin=True, address="10.0.0.9")


def test_every_change_of_accounts_is_told(accounts: Accounts, boss: Actor, tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    people.write_text("name,manager\nCara,Dora\n")
    anna = accounts.add_user("anna", "Anna", roles=["sales_rep"], password=PASSWORD, by=boss)
    accounts.update_user(anna, roles=["support"], profiles=["marketing"], is_admin=True, by=boss)
    accounts.update_user(anna, is_admin=False, by=boss)
    accounts.set_password("anna", "another long evening", by=boss)
    secret = accounts.log_in("anna", "another long evening").secret
    accounts.end_sessions(anna, by=boss)
    assert accounts.find_session_actor(secret) is None
    token = accounts.add_token("anna", label="Website", scopes=["read"], by=boss)
    accounts.revoke_token(token.id, by=boss)
    team = accounts.add_team("North", by=boss)
    accounts.rename_team(team, "South", by=boss)
    accounts.move_team(team, accounts.add_team("All", by=boss), by=boss)
    accounts.set_members(team, [anna], by=boss)
    accounts.login_link("anna", by=boss)
    accounts.reset_link("anna", by=boss)
    accounts.import_users(people, by=boss)
    accounts.deactivate(anna, by=boss)
    accounts.update_user(anna, active=True, by=boss)
    told = accounts.list_audit(by=boss.user_id)
    assert [each.action for each in reversed(told)] == [
        "user.added", "user.changed", "user.changed", "user.given_new_password", "sessions.ended", "token.added",
        "token.revoked", "team.added", "team.renamed", "team.added", "team.moved", "team.members_set", "user.link_made",
        "user.link_made", "users.imported", "user.deactivated", "user.activated",
    ]  # fmt: skip
    assert all(each.by_label == "The Boss" and each.address == "10.0.0.9" for each in told)
    changed = [each for each in told if each.action == "user.changed"][-1]
    assert changed.details == {
        "roles": [["sales_rep"], ["support"]],
        "profiles": [[], ["marketing"]],
        "is_admin": [False, True],
    }
    assert changed.target_label == "Anna"
    text = repr(told)
    assert not [each for each in (PASSWORD, "another long evening", token.secret, secret) if each in text]


def test_what_people_do_with_their_own_account_is_not(accounts: Accounts) -> None:
    anna = accounts.add_user("anna", "Anna", password=PASSWORD)
    me = Actor(user_id=anna)
    accounts.update_user(anna, language="zh_CN", zone="Asia/Shanghai", theme="dark", by=me)
    accounts.log_in("anna", PASSWORD)
    accounts.end_sessions(anna, by=me)
    accounts.change_password(anna, PASSWORD, "another long evening", by=me)
    assert [each.action for each in accounts.list_audit()] == ["user.added"]


def test_what_fails_is_not_told(accounts: Accounts, boss: Actor) -> None:
    before = len(accounts.list_audit())
    assert boss.user_id is not None
    with pytest.raises(FieldstoneError):
        accounts.update_user(boss.user_id, active=False, by=boss)
    with pytest.raises(FieldstoneError):
        accounts.add_token("boss", label="x", scopes=["everything"], by=boss)
    assert len(accounts.list_audit()) == before


def test_pages_and_filters(database: Database, clock: Clock) -> None:
    def work(conn: Any) -> None:
        for number in range(7):
            record_audit(
                conn,
                f"test.{'odd' if number % 2 else 'even'}",
                by=None,
                now=clock.now,
                target=f"thing:{number}",
                details={"text": "a\r\nb\u2028c", "deep": {"list": [1, ("x", None)]}, "long": "x" * 9_000},
            )
            clock.move(hours=1)

    database.transact(work)
    with database.read() as conn:
        first = list_audit(conn, limit=3)
        second = list_audit(conn, limit=3, before=first[-1].id)
        assert [each.target for each in (*first, *second)] == [f"thing:{n}" for n in (6, 5, 4, 3, 2, 1)]
        assert len(list_audit(conn, action="test.odd")) == 3
        assert [each.target for each in list_audit(conn, target="thing:2")] == ["thing:2"]
        assert len(list_audit(conn, action="test%")) == 0
        assert len(list_audit(conn, since=first[1].at)) == 2
        assert len(list_audit(conn, until=first[1].at)) == 5
    assert first[0].details == {"text": "abc", "deep": {"list": [1, ["x", None]]}, "long": "x" * 500}
    assert (first[0].by, first[0].by_label) == (None, "")


@pytest.mark.parametrize("name", ["password", "secret_hash", "token", "recovery_code", "key"])
def test_a_secret_has_no_place_in_it(database: Database, clock: Clock, name: str) -> None:
    with pytest.raises(ValueError, match=name):
        database.transact(lambda conn: record_audit(conn, "test", by=None, now=clock.now, details={name: "x"}))


def test_other_peoples_accounts_are_for_administrators(accounts: Accounts, boss: Actor) -> None:
    anna, ben = accounts.add_user("anna", "Anna"), accounts.add_user("ben", "Ben")
    me = Actor(user_id=anna)
    token, team = accounts.add_token("ben", label="Website"), accounts.add_team("North")

    def refusal(call: Any, *args: Any, **kwargs: Any) -> str:
        with pytest.raises(FieldstoneError) as refused:
            call(*args, **kwargs, by=me)
        return refused.value.code

    assert refusal(accounts.add_token, "ben", label="Mine now") == "account.E035"
    assert refusal(accounts.revoke_token, token.id) == "account.E035"
    assert refusal(accounts.end_sessions, ben) == "account.E035"
    assert refusal(accounts.reset_second_factor, ben) == "account.E020"
    assert refusal(accounts.set_password, "boss", "another long evening") == "account.E020"
    assert refusal(accounts.login_link, "boss") == "account.E020"
    assert refusal(accounts.reset_link, "boss") == "account.E020"
    assert refusal(accounts.update_user, anna, is_admin=True) == "account.E020"
    assert refusal(accounts.update_user, anna, roles=["sales_manager"]) == "account.E035"
    assert refusal(accounts.update_user, anna, profiles=["everything"]) == "account.E035"
    assert refusal(accounts.update_user, anna, label="The Boss") == "account.E035"
    assert refusal(accounts.update_user, ben, email="anna@example.com") == "account.E035"
    assert refusal(accounts.deactivate, ben) == "account.E035"
    assert refusal(accounts.add_user, "eve", "Eve") == "account.E035"
    assert refusal(accounts.set_password, "ben", "another long evening") == "account.E035"
    assert refusal(accounts.login_link, "ben") == "account.E035"
    assert refusal(accounts.reset_link, "ben") == "account.E035"
    assert refusal(accounts.add_team, "Mine") == "account.E035"
    assert refusal(accounts.rename_team, team, "Mine") == "account.E035"
    assert refusal(accounts.move_team, team, None) == "account.E035"
    assert refusal(accounts.set_members, team, [anna]) == "account.E035"
    assert refusal(accounts.hand_records_over, ben, anna) == "account.E035"


def test_who_may_enter_setup_manages_accounts_but_no_administrators(database: Database) -> None:
    roles = {
        name: RoleDef(name=name, label=name, grants=Grants(), setup=name == "office")
        for name in ("office", "sales_rep")
    }
    accounts = Accounts(database, publish_model(database, replace(model(), roles=roles)))
    boss = accounts.add_user("boss", "Boss", is_admin=True)
    anna, office = accounts.add_user("anna", "Anna", roles=["sales_rep"]), accounts.add_user("o", "O", roles=["office"])
    manager, rep = accounts.actor(office), accounts.actor(anna)
    accounts.update_user(anna, label="Anna Wu", by=manager)
    assert accounts.add_team("North", by=manager)
    assert accounts.reset_link("anna", by=manager)
    for call, by, code in (
        (lambda by: accounts.update_user(boss, label="Mine", by=by), manager, "account.E020"),
        (lambda by: accounts.end_sessions(boss, by=by), manager, "account.E020"),
        (lambda by: accounts.update_user(office, is_admin=True, by=by), manager, "account.E020"),
        (lambda by: accounts.update_user(anna, roles=["office"], by=by), rep, "account.E035"),
        (lambda by: accounts.add_team("South", by=by), rep, "account.E035"),
        (lambda by: accounts.add_token("anna", label="x", by=by), rep, "access.E006"),
    ):
        with pytest.raises(FieldstoneError, match=code.replace(".", r"\.")):
            call(by)
