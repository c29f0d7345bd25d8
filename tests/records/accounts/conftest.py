"""Accounts on a fresh database of each kind, with a clock that the test sets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from fieldstone.records.accounts import passwords
from fieldstone.records.accounts.service import Accounts
from fieldstone.runtime.secrets import SiteSecrets
from fieldstone.storage.database import Database

_DEAR = passwords._hasher


class Clock:
    """Stands still until it is told to move."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 14, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def accounts(database: Database, clock: Clock) -> Accounts:
    return Accounts(database, clock=clock, vault=SiteSecrets(bytes(range(32))))


@pytest.fixture
def dear_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords are hashed as a site hashes them."""
    monkeypatch.setattr(passwords, "_hasher", _DEAR)
