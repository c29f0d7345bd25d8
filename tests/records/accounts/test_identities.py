"""Whom log-in providers mean."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fieldstone.kernel.errors import NotAuthenticatedError
from fieldstone.records.accounts.identities import Provider, Stranger
from fieldstone.records.accounts.service import Accounts

WORK = Provider(name="work", label="Work", issuer="https://id.example.com", client_id="crm")


def test_a_subject_is_that_of_its_issuer_whatever_the_site_calls_it(accounts: Accounts) -> None:
    anna = accounts.add_user("anna", email="anna@example.com")
    assert accounts.log_in_through(WORK, Stranger(subject="1", email="anna@example.com")).user_id == anna
    moved = replace(WORK, issuer="https://other.example.com")
    with pytest.raises(NotAuthenticatedError):
        accounts.log_in_through(moved, Stranger(subject="1"))
    assert accounts.log_in_through(replace(WORK, name="office"), Stranger(subject="1")).user_id == anna
    assert accounts.log_in_through(moved, Stranger(subject="7", email="anna@example.com")).user_id == anna
    assert accounts.list_identities(anna) == ["work", "work"]
    with pytest.raises(NotAuthenticatedError):
        accounts.log_in_through(WORK, Stranger(subject="2", email="anna@example.com"))
