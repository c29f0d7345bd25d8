"""Log-in, sessions, links and tokens: who gets in, for how long, and who does not."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from fieldstone.kernel.errors import FieldstoneError
from fieldstone.records.accounts import passwords, tables
from fieldstone.records.accounts.service import Accounts
from fieldstone.records.accounts.sessions import SessionLimits
from fieldstone.storage.database import Database
from fieldstone.storage.principals import user

from .conftest import Clock

PASSWORD = "a long and quiet evening"


@pytest.fixture
def anna(accounts: Accounts) -> int:
    return accounts.add_user("anna", "Anna Snelling", password=PASSWORD)


def refusal(call: Any, *args: Any, **kwargs: Any) -> str:
    with pytest.raises(FieldstoneError) as refused:
        call(*args, **kwargs)
    return refused.value.code


def test_logging_in_and_out(accounts: Accounts, anna: int, clock: Clock) -> None:
    entered = accounts.log_in(" ANNA ", PASSWORD, address="10.0.0.1", agent="Firefox\r\nX: y")
    assert entered.user_id == anna
    actor = accounts.find_session_actor(entered.secret)
    assert actor is not None
    assert actor.name == "Anna Snelling"
    (mine,) = accounts.list_sessions(anna, entered.secret)
    assert (mine.address, mine.agent, mine.current) == ("10.0.0.1", "FirefoxX: y", True)
    assert accounts.get_user(anna).last_login_at == clock.now
    assert [attempt.passed for attempt in accounts.list_attempts(anna)] == [True]
    accounts.log_out(entered.secret)
    assert accounts.find_session_actor(entered.secret) is None


@pytest.mark.parametrize(
    ("username", "password"),
    [("anna", "wrong"), ("nobody", PASSWORD), ("", ""), ("anna", ""), ("anna", "x" * 10_000), ("\ud800\x00", "\ud800")],
)
def test_the_same_words_for_every_failure(accounts: Accounts, anna: int, username: str, password: str) -> None:
    assert refusal(accounts.log_in, username, password) == "account.E001"


def test_unknown_users_cost_a_hash_too(accounts: Accounts, anna: int, monkeypatch: pytest.MonkeyPatch) -> None:
    hashes = []
    verify = passwords.PasswordHasher.verify
    monkeypatch.setattr(passwords.PasswordHasher, "verify", lambda *args: hashes.append(1) or verify(*args))
    for username in ("anna", "nobody"):
        assert refusal(accounts.log_in, username, "wrong password") == "account.E001"
    assert len(hashes) == 2


def test_who_may_not_enter(accounts: Accounts, anna: int) -> None:
    accounts.add_user("ben", "Ben")
    assert refusal(accounts.log_in, "ben", "nobody has this password") == "account.E001"
    secret = accounts.log_in("anna", PASSWORD).secret
    accounts.deactivate(anna)
    assert accounts.find_session_actor(secret) is None
    assert refusal(accounts.log_in, "anna", PASSWORD) == "account.E001"


def test_an_account_is_guarded_against_guessing(accounts: Accounts, anna: int, clock: Clock) -> None:
    for number in range(10):
        assert refusal(accounts.log_in, "anna", "wrong", address=f"10.0.0.{number}") == "account.E001"
        clock.move(seconds=30)
    assert refusal(accounts.log_in, "Anna", PASSWORD, address="10.0.0.99") == "account.E002"
    assert refusal(accounts.log_in, "nobody", PASSWORD) == "account.E001", "others are not touched"
    clock.move(minutes=15)
    accounts.log_in("anna", PASSWORD)
    for _ in range(9):
        assert refusal(accounts.log_in, "anna", "wrong") == "account.E001"
    accounts.log_in("anna", PASSWORD)
    assert refusal(accounts.log_in, "anna", "wrong") == "account.E001", "a log-in forgives earlier failures"


def test_unknown_names_are_throttled_alike(accounts: Accounts) -> None:
    for _ in range(10):
        assert refusal(accounts.log_in, "nobody", "wrong") == "account.E001"
    assert refusal(accounts.log_in, "nobody", "wrong") == "account.E002"


def test_an_address_is_guarded_against_spraying(accounts: Accounts, anna: int) -> None:
    for number in range(50):
        assert refusal(accounts.log_in, f"user{number}", "wrong", address="10.6.6.6") == "account.E001"
    assert refusal(accounts.log_in, "anna", PASSWORD, address="10.6.6.6") == "account.E002"
    accounts.log_in("anna", PASSWORD, address="10.0.0.1")


def test_attempts_at_the_same_moment_all_count(accounts: Accounts, anna: int) -> None:
    codes: list[str] = []
    threads = [
        threading.Thread(target=lambda: codes.append(refusal(accounts.log_in, "anna", "wrong"))) for _ in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == ["account.E001"] * 10 + ["account.E002"] * 6


def test_what_was_typed_as_a_name_is_not_kept(accounts: Accounts, database: Database) -> None:
    refusal(accounts.log_in, "my-secret-password", "x")
    with database.read() as conn:
        assert "my-secret" not in repr(conn.execute(sa.select(tables.login_attempt)).all())


def test_sessions_end_by_time(accounts: Accounts, anna: int, clock: Clock) -> None:
    secret = accounts.log_in("anna", PASSWORD).secret
    for _ in range(23):
        clock.move(hours=7)
        assert accounts.find_session_actor(secret) is not None, "used every seven hours, for almost seven days"
    clock.move(hours=7)
    assert accounts.find_session_actor(secret) is None, "seven days are over"
    idle = accounts.log_in("anna", PASSWORD).secret
    clock.move(hours=8)
    assert accounts.find_session_actor(idle) is None
    assert accounts.list_sessions(anna) == []


def test_a_site_may_end_sessions_sooner(database: Database, anna: int, clock: Clock) -> None:
    limits = SessionLimits(idle=timedelta(minutes=20), lifetime=timedelta(hours=1))
    strict = Accounts(database, clock=clock, session_limits=limits)
    busy, idle = (strict.log_in("anna", PASSWORD).secret for _ in range(2))
    for _ in range(3):
        clock.move(minutes=19)
        assert strict.find_session_actor(busy) is not None
    assert strict.find_session_actor(idle) is None
    clock.move(minutes=3)
    assert strict.find_session_actor(busy) is None, "an hour is over, however busy"
    assert strict.list_sessions(anna) == []


def test_ending_sessions(accounts: Accounts, anna: int) -> None:
    first, second, third = (accounts.log_in("anna", PASSWORD).secret for _ in range(3))
    newest, *_ = accounts.list_sessions(anna)
    assert accounts.end_sessions(anna, only=newest.id) == 1
    assert accounts.find_session_actor(third) is None
    assert accounts.end_sessions(anna, keep=first) == 1
    assert accounts.find_session_actor(second) is None
    assert accounts.find_session_actor(first) is not None


def test_changing_the_password(accounts: Accounts, anna: int) -> None:
    here, there = (accounts.log_in("anna", PASSWORD).secret for _ in range(2))
    assert refusal(accounts.change_password, anna, "wrong", "another long evening") == "account.E017"
    assert refusal(accounts.change_password, anna, PASSWORD, "12345678") == "account.E005"
    accounts.change_password(anna, PASSWORD, "another long evening", keep_session=here)
    assert accounts.find_session_actor(here) is not None
    assert accounts.find_session_actor(there) is None
    assert refusal(accounts.log_in, "anna", PASSWORD) == "account.E001"
    accounts.set_password("anna", "yet another evening", must_change=True)
    assert accounts.find_session_actor(here) is None
    assert accounts.log_in("anna", "yet another evening").must_change_password


def test_a_password_typed_on_another_keyboard(accounts: Accounts) -> None:
    accounts.add_user("jose", "José", password="cafe\u0301 au lait")
    assert accounts.log_in("jose", "café au lait").user_id


def test_a_weaker_hash_is_replaced_at_log_in(
    accounts: Accounts, anna: int, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "_hasher", passwords.PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    accounts.log_in("anna", PASSWORD)
    with database.read() as conn:
        stored = conn.scalar(sa.select(user.c.password_hash).where(user.c.id == anna))
    assert stored is not None
    assert "m=16,t=2,p=1" in stored
    accounts.log_in("anna", PASSWORD)


def test_a_link_works_once_and_soon(accounts: Accounts, anna: int, clock: Clock) -> None:
    key = accounts.login_link("anna")
    entered = accounts.use_login_link(key, address="10.0.0.1")
    assert entered.user_id == anna
    assert accounts.find_session_actor(entered.secret) is not None
    assert refusal(accounts.use_login_link, key) == "account.E016"
    replaced, late = accounts.login_link("anna"), accounts.login_link("anna")
    assert refusal(accounts.use_login_link, replaced) == "account.E016"
    clock.move(hours=1)
    assert refusal(accounts.use_login_link, late) == "account.E016"
    key = accounts.login_link("anna")
    accounts.deactivate(anna)
    assert refusal(accounts.use_login_link, key) == "account.E016"
    assert refusal(accounts.login_link, "nobody") == "account.E009"


def test_tokens(accounts: Accounts, anna: int, clock: Clock) -> None:
    made = accounts.add_token("anna", label="Website", scopes=["read", "module:lead"], expires="30d")
    actor = accounts.find_token_actor(made.secret)
    assert actor is not None
    assert (actor.kind, actor.user_id, actor.scopes) == ("token", anna, ("module:lead", "read"))
    (listed,) = accounts.list_tokens(anna)
    assert (listed.label, listed.scopes, listed.used_at) == ("Website", ("module:lead", "read"), clock.now)
    assert made.secret not in repr(accounts.list_tokens())
    clock.move(days=30)
    assert accounts.find_token_actor(made.secret) is None
    forever = accounts.add_token("anna", label="Backup", expires="never")
    assert forever.expires_at is None
    assert accounts.find_token_actor(forever.secret) is not None
    assert refusal(accounts.revoke_token, forever.id, anna + 1) == "account.E026"
    accounts.revoke_token(forever.id, anna)
    assert accounts.find_token_actor(forever.secret) is None


def test_a_token_ends_with_its_user(accounts: Accounts, anna: int) -> None:
    made = accounts.add_token("anna", label="Website")
    accounts.deactivate(anna)
    assert accounts.find_token_actor(made.secret) is None


@pytest.mark.parametrize("hostile", ["", "fs_", "fs_x", "x" * 10_000, "fs_\x00", "fs_\ud800", "Bearer"])
def test_made_up_keys_open_nothing(accounts: Accounts, anna: int, hostile: str) -> None:
    assert accounts.find_token_actor(hostile) is None
    assert accounts.find_session_actor(hostile) is None
    assert refusal(accounts.use_login_link, hostile) == "account.E016"


def test_tokens_that_are_refused(accounts: Accounts, anna: int) -> None:
    assert refusal(accounts.add_token, "anna", label="x", scopes=["admin"]) == "account.E014"
    assert refusal(accounts.add_token, "anna", label="x", expires="soon") == "account.E015"
    assert refusal(accounts.add_token, "anna", label="x", expires="0d") == "account.E015"
    assert refusal(accounts.add_token, "nobody", label="x") == "account.E009"


def test_no_secret_is_stored(accounts: Accounts, anna: int, database: Database) -> None:
    secrets = [accounts.log_in("anna", PASSWORD).secret, accounts.add_token("anna", label="x").secret]
    secrets += [accounts.login_link("anna"), PASSWORD]
    with database.read() as conn:
        held = repr(
            [conn.execute(sa.select(table)).all() for table in (tables.session, tables.token, tables.login_link, user)]
        )
    assert not [secret for secret in secrets if secret in held]
