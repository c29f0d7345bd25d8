"""How passwords are kept."""

from __future__ import annotations

import pytest

from fieldstone.records.accounts.passwords import hash_password, needs_rehash, verify_password

PASSWORD = "a long and quiet evening"

pytestmark = pytest.mark.usefixtures("dear_hashing")


def test_the_hash_is_as_dear_as_it_must_be() -> None:
    stored = hash_password(PASSWORD)
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert not needs_rehash(stored)
    assert verify_password(stored, PASSWORD)
    assert not verify_password(stored, PASSWORD + "!")


def test_nothing_matches_no_password() -> None:
    assert not verify_password(None, "nobody has this password")
    assert not verify_password("not a hash", PASSWORD)
