"""The history of log-ins, and the lines of the log."""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from fieldstone.kernel.errors import FieldstoneError
from fieldstone.kernel.security_log import log_security
from fieldstone.records.accounts import tables
from fieldstone.records.accounts.log_ins import forget_log_ins
from fieldstone.records.accounts.service import Accounts
from fieldstone.storage.database import Database

from .conftest import Clock

PASSWORD = "a long and quiet evening"


def refusal(call: Any, *args: Any, **kwargs: Any) -> str:
    with pytest.raises(FieldstoneError) as refused:
        call(*args, **kwargs)
    return refused.value.code


def test_every_way_in_is_told(accounts: Accounts, clock: Clock, database: Database) -> None:
    anna = accounts.add_user("anna", "Anna", email="anna@example.com", password=PASSWORD)
    refusal(accounts.log_in, "anna", "my other password", address="10.0.0.1", agent="Firefox\r\nInjected: x")
    refusal(accounts.log_in, "tango-secret", "x", address="10.0.0.2")
    accounts.log_in("Anna@Example.COM", PASSWORD, address="10.0.0.3")
    accounts.use_login_link(accounts.login_link("anna"))
    told = [(each.username, each.method, each.outcome, each.address) for each in accounts.list_log_ins()]
    assert told == [
        ("anna", "link", "passed", ""),
        ("anna", "password", "passed", "10.0.0.3"),
        ("", "password", "failed", "10.0.0.2"),
        ("anna", "password", "failed", "10.0.0.1"),
    ]
    mine = accounts.list_log_ins(anna, limit=2)
    assert len(mine) == 2
    (oldest,) = accounts.list_log_ins(anna, before=mine[-1].id)
    assert oldest.agent == "FirefoxInjected: x"
    assert [each.outcome for each in accounts.list_log_ins(outcome="failed")] == ["failed", "failed"]
    with database.read() as conn:
        held = repr(conn.execute(sa.select(tables.log_in)).all())
    assert "tango" not in held
    assert "my other" not in held


def test_an_address_that_two_users_have_names_neither(accounts: Accounts) -> None:
    for name in ("anna", "ben"):
        accounts.add_user(name, name, email="office@example.com", password=PASSWORD)
    assert refusal(accounts.log_in, "office@example.com", PASSWORD) == "account.E001"
    ben = accounts.get_user_id("ben")
    accounts.deactivate(ben)
    assert accounts.log_in("office@example.com", PASSWORD).user_id == accounts.get_user_id("anna")


def test_both_names_share_one_brake(accounts: Accounts) -> None:
    accounts.add_user("anna", "Anna", email="anna@example.com", password=PASSWORD)
    for name in ["anna", "anna@example.com"] * 5:
        assert refusal(accounts.log_in, name, "wrong") == "account.E001"
    assert refusal(accounts.log_in, "anna", PASSWORD) == "account.E002"
    assert refusal(accounts.log_in, "anna@example.com", PASSWORD) == "account.E002"


def test_it_is_kept_for_its_time(accounts: Accounts, clock: Clock, database: Database) -> None:
    accounts.add_user("anna", "Anna", password=PASSWORD)
    accounts.log_in("anna", PASSWORD)
    clock.move(days=10)
    accounts.log_in("anna", PASSWORD)
    assert database.transact(lambda conn: forget_log_ins(conn, clock.now, timedelta(days=10, seconds=1))) == 0
    assert database.transact(lambda conn: forget_log_ins(conn, clock.now, timedelta(days=9))) == 1
    assert len(accounts.list_log_ins()) == 1


def test_lines_of_the_log_hold_no_secret_and_no_line_break(
    accounts: Accounts, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="fieldstone.security")
    anna = accounts.add_user("anna", "Anna", password=PASSWORD)
    refusal(accounts.log_in, "oops-my-password", "x" * 20, address="10.0.0.1\r\nfaked: line")
    entered = accounts.log_in("anna", PASSWORD, address="10.0.0.1")
    log_security("test", text="one\r\ntwo\u2028three", number=5, nothing=None)
    lines = [record.getMessage() for record in caplog.records if record.name == "fieldstone.security"]
    assert all(line.isprintable() and line.isascii() for line in lines)
    told = [json.loads(line) for line in lines]
    assert all(each["at"].endswith("Z") for each in told)
    assert [each["event"] for each in told] == ["user.added", "login.failed", "login.passed", "test"]
    assert told[2] | {"at": ""} == {
        "at": "",
        "event": "login.passed",
        "user": anna,
        "method": "password",
        "address": "10.0.0.1",
    }
    text = "\n".join(lines)
    assert not [secret for secret in ("oops", PASSWORD, entered.secret) if secret in text]
