"""An administrator acts as a user: who may, as whom, what stays out of reach, and who tells of it."""

from __future__ import annotations

from typing import Any

import pytest

from fieldstone.kernel.actors import Actor
from fieldstone.kernel.errors import FieldstoneError
from fieldstone.records.accounts.service import Accounts

from .conftest import Clock

PASSWORD = "a long and quiet evening"


def refusal(call: Any, *args: Any, **kwargs: Any) -> str:
    with pytest.raises(FieldstoneError) as refused:
        call(*args, **kwargs)
    return refused.value.code


@pytest.fixture
def anna(accounts: Accounts) -> int:
    return accounts.add_user("anna", "Anna Snelling", email="anna@example.com", roles=["sales_rep"], password=PASSWORD)


@pytest.fixture
def boss(accounts: Accounts) -> str:
    """The secret of an administrator's session."""
    accounts.add_user("boss", "The Boss", is_admin=True, password=PASSWORD)
    return accounts.log_in("boss", PASSWORD).secret


def actor(accounts: Accounts, secret: str) -> Actor:
    found = accounts.find_session_actor(secret)
    assert found is not None
    return found


def test_there_and_back(accounts: Accounts, anna: int, boss: str) -> None:
    administrator = actor(accounts, boss)
    there = accounts.impersonate(boss, anna, PASSWORD, by=administrator).secret
    assert accounts.find_session_actor(boss) is None, "the session has another secret"
    acting = actor(accounts, there)
    assert (acting.user_id, acting.roles, acting.is_admin) == (anna, ("sales_rep",), False)
    assert (acting.impersonator, acting.via) == (administrator.user_id, f"user:{administrator.user_id}")
    back = accounts.stop_impersonating(there, by=acting).secret
    assert actor(accounts, back) == administrator
    assert accounts.find_session_actor(there) is None
    assert refusal(accounts.stop_impersonating, back, by=administrator) == "account.E030"
    told = [(each.action, each.by, each.behalf, each.target_label) for each in accounts.list_audit(action="imp")]
    assert told == [
        ("impersonation.stopped", administrator.user_id, anna, "Anna Snelling"),
        ("impersonation.started", administrator.user_id, None, "Anna Snelling"),
    ]
    (entry,) = accounts.list_log_ins(anna)
    assert (entry.method, entry.by_label) == ("impersonation", "The Boss")


def test_who_may_and_as_whom(accounts: Accounts, anna: int, boss: str) -> None:
    administrator = actor(accounts, boss)
    other = accounts.add_user("other", "Other", is_admin=True)
    ben = accounts.add_user("ben", "Ben")
    for target in (other, administrator.user_id):
        assert refusal(accounts.impersonate, boss, target, PASSWORD, by=administrator) == "account.E034"
    accounts.deactivate(ben)
    assert refusal(accounts.impersonate, boss, ben, PASSWORD, by=administrator) == "account.E034"
    assert refusal(accounts.impersonate, boss, 999, PASSWORD, by=administrator) == "account.E009"
    assert refusal(accounts.impersonate, boss, anna, "wrong", by=administrator) == "account.E017"
    hers = accounts.log_in("anna", PASSWORD).secret
    assert refusal(accounts.impersonate, hers, ben, PASSWORD, by=actor(accounts, hers)) == "account.E035"
    acting = accounts.impersonate(boss, anna, PASSWORD, by=administrator).secret
    assert refusal(accounts.impersonate, acting, ben, PASSWORD, by=actor(accounts, acting)) == "account.E035"


def test_what_stays_out_of_reach(accounts: Accounts, anna: int, boss: str) -> None:
    there = accounts.impersonate(boss, anna, PASSWORD, by=actor(accounts, boss)).secret
    by = actor(accounts, there)
    tries: list[tuple[Any, ...]] = [
        (accounts.change_password, anna, PASSWORD, "another long evening"),
        (accounts.set_password, "anna", "another long evening"),
        (accounts.begin_second_factor, anna, PASSWORD),
        (accounts.confirm_second_factor, anna, "000000"),
        (accounts.find_second_factor_set_up, anna),
        (accounts.change_email, anna, "boss@example.com", PASSWORD),
        (accounts.new_recovery_codes, anna, PASSWORD),
        (accounts.remove_second_factor, anna, PASSWORD),
        (accounts.login_link, "anna"),
        (accounts.reset_link, "anna"),
        (accounts.revoke_token, 1),
    ]
    for call, *arguments in tries:
        assert refusal(call, *arguments, by=by) == "account.E033", call.__name__
    assert refusal(accounts.add_token, "anna", label="x", by=by) == "account.E033"
    assert refusal(accounts.update_user, anna, email="boss@example.com", by=by) == "account.E033"
    accounts.update_user(anna, email="anna@example.com", theme="dark", by=by)
    entry = accounts.list_audit(action="user.changed")[0]
    assert (entry.by_label, entry.behalf_label, entry.details) == (
        "The Boss",
        "Anna Snelling",
        {"theme": ["", "dark"]},
    )


@pytest.mark.parametrize("how", ["log out", "demoted", "deactivated", "promoted", "gone"])
def test_it_ends_with_either_of_them(accounts: Accounts, anna: int, boss: str, how: str) -> None:
    accounts.add_user("other", "Other", is_admin=True)
    administrator = actor(accounts, boss)
    there = accounts.impersonate(boss, anna, PASSWORD, by=administrator).secret
    assert administrator.user_id is not None
    if how == "log out":
        accounts.log_out(there)
    elif how == "demoted":
        accounts.update_user(administrator.user_id, is_admin=False)
    elif how == "deactivated":
        accounts.deactivate(administrator.user_id)
    elif how == "promoted":
        accounts.update_user(anna, is_admin=True)
    else:
        accounts.deactivate(anna)
    assert accounts.find_session_actor(there) is None


def test_the_user_is_not_logged_out_by_it(accounts: Accounts, anna: int, boss: str) -> None:
    hers = accounts.log_in("anna", PASSWORD).secret
    there = accounts.impersonate(boss, anna, PASSWORD, by=actor(accounts, boss)).secret
    assert [each.current for each in accounts.list_sessions(anna, hers)] == [True]
    accounts.end_sessions(anna, by=actor(accounts, there))
    assert accounts.find_session_actor(hers) is None
    assert accounts.find_session_actor(there) is not None
    (mine,) = [each for each in accounts.list_sessions(None) if each.acting_as == anna]
    assert mine.user_id == actor(accounts, there).impersonator


def test_without_a_password_the_log_in_must_be_fresh(accounts: Accounts, anna: int, clock: Clock) -> None:
    accounts.add_user("root", "Root", is_admin=True)
    secret = accounts.use_login_link(accounts.login_link("root")).secret
    by = actor(accounts, secret)
    clock.move(minutes=11)
    assert refusal(accounts.impersonate, secret, anna, "", by=by) == "account.E036"
    fresh = accounts.use_login_link(accounts.login_link("root")).secret
    assert accounts.impersonate(fresh, anna, "", by=actor(accounts, fresh)).secret
