"""The second factor: set up, asked for at every log-in, used once, reset."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pyotp
import pytest
import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.kernel.errors import FieldstoneError
from fieldstone.records.accounts import tables
from fieldstone.records.accounts.service import Accounts
from fieldstone.storage.database import Database

from .conftest import Clock

PASSWORD = "a long and quiet evening"


def refusal(call: Any, *args: Any, **kwargs: Any) -> str:
    with pytest.raises(FieldstoneError) as refused:
        call(*args, **kwargs)
    return refused.value.code


def code_of(secret: str, clock: Clock) -> str:
    return pyotp.TOTP(secret).at(clock.now)


@pytest.fixture
def anna(accounts: Accounts) -> int:
    return accounts.add_user("anna", "Anna Snelling", password=PASSWORD)


def switch_on(accounts: Accounts, user_id: int, clock: Clock) -> tuple[str, list[str]]:
    """The app's key and the recovery codes."""
    secret = accounts.begin_second_factor(user_id, PASSWORD).secret
    codes = accounts.confirm_second_factor(user_id, code_of(secret, clock))
    clock.move(seconds=30)
    return secret, codes


def test_from_set_up_to_log_in(accounts: Accounts, anna: int, clock: Clock) -> None:
    here, there = (accounts.log_in("anna", PASSWORD).secret for _ in range(2))
    assert refusal(accounts.begin_second_factor, anna, "wrong") == "account.E017"
    assert refusal(accounts.confirm_second_factor, anna, "000000") == "account.E032"
    set_up = accounts.begin_second_factor(anna, PASSWORD, site_name="Acme CRM")
    assert set_up.uri.startswith("otpauth://totp/Acme%20CRM:anna?secret=")
    assert accounts.find_second_factor_set_up(anna, "Acme CRM") == set_up
    assert accounts.log_in("anna", PASSWORD).secret, "not in force before it is confirmed"
    wrong = f"{(int(code_of(set_up.secret, clock)) + 1) % 1_000_000:06}"
    assert refusal(accounts.confirm_second_factor, anna, wrong) == "account.E029"
    codes = accounts.confirm_second_factor(anna, code_of(set_up.secret, clock), keep_session=here)
    assert len(set(codes)) == 10
    assert accounts.has_second_factor(anna)
    assert accounts.find_second_factor_set_up(anna) is None, "the key is shown no more"
    assert accounts.find_session_actor(here) is not None
    assert accounts.find_session_actor(there) is None
    clock.move(seconds=30)
    asked = accounts.log_in("anna", PASSWORD)
    assert (asked.secret, bool(asked.step)) == ("", True)
    assert accounts.find_session_actor(asked.step) is None, "half a log-in opens nothing"
    entered = accounts.log_in_with_code(
        asked.step, f" {code_of(set_up.secret, clock)[:3]} {code_of(set_up.secret, clock)[3:]}"
    )
    assert accounts.find_session_actor(entered.secret) is not None
    assert refusal(accounts.log_in_with_code, asked.step, code_of(set_up.secret, clock)) == "account.E030"


def test_a_code_counts_once_and_for_a_short_time(accounts: Accounts, anna: int, clock: Clock) -> None:
    secret, _ = switch_on(accounts, anna, clock)
    now = code_of(secret, clock)
    accounts.log_in_with_code(accounts.log_in("anna", PASSWORD).step, now)
    step = accounts.log_in("anna", PASSWORD).step
    assert refusal(accounts.log_in_with_code, step, now) == "account.E029", "used"
    clock.move(seconds=120)
    old = pyotp.TOTP(secret).at(clock.now - timedelta(minutes=1))
    assert refusal(accounts.log_in_with_code, step, old) == "account.E029", "too old"
    late = pyotp.TOTP(secret).at(clock.now - timedelta(seconds=30))
    assert accounts.log_in_with_code(step, late).secret, "a slow person"
    assert refusal(accounts.log_in_with_code, accounts.log_in("anna", PASSWORD).step, late) == "account.E029"


def test_one_code_used_by_two_at_once_lets_one_in(accounts: Accounts, anna: int, clock: Clock) -> None:
    secret, _ = switch_on(accounts, anna, clock)
    steps = [accounts.log_in("anna", PASSWORD).step for _ in range(4)]
    code, outcomes = code_of(secret, clock), []

    def enter(step: str) -> None:
        try:
            outcomes.append(bool(accounts.log_in_with_code(step, code).secret))
        except FieldstoneError:
            outcomes.append(False)

    threads = [threading.Thread(target=enter, args=(step,)) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [False, False, False, True]


def test_guessing_codes_is_slowed_down_even_with_the_password(accounts: Accounts, anna: int, clock: Clock) -> None:
    secret, codes = switch_on(accounts, anna, clock)
    for number in range(5):
        step = accounts.log_in("anna", PASSWORD, address=f"10.0.0.{number}").step
        assert refusal(accounts.log_in_with_code, step, "not-a-code", address=f"10.0.0.{number}") == "account.E029"
    step = accounts.log_in("anna", PASSWORD).step
    assert refusal(accounts.log_in_with_code, step, code_of(secret, clock)) == "account.E002"
    assert refusal(accounts.log_in_with_code, step, codes[0]) == "account.E002"
    clock.move(minutes=16)
    assert refusal(accounts.log_in_with_code, step, code_of(secret, clock)) == "account.E030", "begun too long ago"
    assert accounts.log_in_with_code(accounts.log_in("anna", PASSWORD).step, code_of(secret, clock)).secret


def test_nobody_is_locked_out_by_a_name_that_looks_like_a_counter(accounts: Accounts, anna: int, clock: Clock) -> None:
    secret, _ = switch_on(accounts, anna, clock)
    for hostile in (str(anna), f"second factor\0{anna}", f"second factor {anna}"):
        for _ in range(10):
            assert refusal(accounts.log_in, hostile, "wrong") == "account.E001"
    assert accounts.log_in_with_code(accounts.log_in("anna", PASSWORD).step, code_of(secret, clock)).secret


def test_recovery_codes(accounts: Accounts, anna: int, clock: Clock, database: Database) -> None:
    secret, codes = switch_on(accounts, anna, clock)
    ben = accounts.add_user("ben", "Ben", password=PASSWORD)
    _, other = switch_on(accounts, ben, clock)
    typed = codes[0].upper().replace("-", " ")
    assert accounts.log_in_with_code(accounts.log_in("anna", PASSWORD).step, typed).secret
    step = accounts.log_in("anna", PASSWORD).step
    assert refusal(accounts.log_in_with_code, step, codes[0]) == "account.E029", "each works once"
    assert refusal(accounts.log_in_with_code, step, other[0]) == "account.E029", "and for its user"
    assert accounts.count_recovery_codes(anna) == 9
    fresh = accounts.new_recovery_codes(anna, PASSWORD)
    assert refusal(accounts.log_in_with_code, step, codes[1]) == "account.E029"
    assert accounts.log_in_with_code(step, fresh[0]).secret
    with database.read() as conn:
        held = repr([conn.execute(sa.select(each)).all() for each in (tables.recovery_code, tables.second_factor)])
    assert not [text for text in (secret, *codes, *fresh, *(code.replace("-", "") for code in codes)) if text in held]


def test_links_ask_for_it_too(accounts: Accounts, anna: int, clock: Clock) -> None:
    secret, _ = switch_on(accounts, anna, clock)
    asked = accounts.use_login_link(accounts.login_link("anna"))
    assert not asked.secret
    assert accounts.log_in_with_code(asked.step, code_of(secret, clock)).secret


def test_switching_off_and_resetting(accounts: Accounts, anna: int, clock: Clock) -> None:
    boss = Actor(user_id=accounts.add_user("boss", "Boss", is_admin=True), is_admin=True)
    secret, _ = switch_on(accounts, anna, clock)
    assert refusal(accounts.begin_second_factor, anna, PASSWORD) == "account.E031"
    assert refusal(accounts.remove_second_factor, anna, "wrong") == "account.E017"
    accounts.remove_second_factor(anna, PASSWORD)
    assert accounts.log_in("anna", PASSWORD).secret
    assert refusal(accounts.remove_second_factor, anna, PASSWORD) == "account.E032"
    assert refusal(accounts.new_recovery_codes, anna, PASSWORD) == "account.E032"
    clock.move(minutes=1)
    secret, _ = switch_on(accounts, anna, clock)
    session = accounts.log_in_with_code(accounts.log_in("anna", PASSWORD).step, code_of(secret, clock)).secret
    half = accounts.log_in("anna", PASSWORD).step
    assert refusal(accounts.reset_second_factor, anna, by=Actor(user_id=anna)) == "account.E020"
    accounts.reset_second_factor(anna, by=boss)
    assert accounts.find_session_actor(session) is None
    assert refusal(accounts.log_in_with_code, half, code_of(secret, clock)) == "account.E030"
    assert accounts.users_with_second_factor() == set()
    assert accounts.list_audit()[0].action == "second_factor.reset"


def test_a_log_in_under_way_ends_with_the_password_or_the_user(accounts: Accounts, anna: int, clock: Clock) -> None:
    secret, _ = switch_on(accounts, anna, clock)
    step = accounts.log_in("anna", PASSWORD).step
    accounts.set_password("anna", "another long evening")
    assert refusal(accounts.log_in_with_code, step, code_of(secret, clock)) == "account.E030"
    step = accounts.log_in("anna", "another long evening").step
    accounts.deactivate(anna)
    assert refusal(accounts.log_in_with_code, step, code_of(secret, clock)) == "account.E030"


@pytest.mark.parametrize("hostile", ["", "x" * 5_000, "\x00", "\ud800", "１２３４５６", "-1", "12345", "1e5"])
def test_what_is_no_code(accounts: Accounts, anna: int, clock: Clock, hostile: str) -> None:
    switch_on(accounts, anna, clock)
    assert refusal(accounts.log_in_with_code, accounts.log_in("anna", PASSWORD).step, hostile) == "account.E029"
    assert refusal(accounts.log_in_with_code, hostile, "000000") == "account.E030"


def test_who_has_no_password_needs_a_fresh_session(accounts: Accounts, clock: Clock) -> None:
    cara = accounts.add_user("cara", "Cara")
    session = accounts.use_login_link(accounts.login_link("cara")).secret
    assert refusal(accounts.begin_second_factor, cara, "", session="") == "account.E036"
    assert accounts.begin_second_factor(cara, "", session=session).secret
    clock.move(minutes=11)
    assert refusal(accounts.begin_second_factor, cara, "", session=session) == "account.E036"
