"""Limits of how often something may happen, that hold over all processes of a site.

A process takes a lump of a limit from the database with one statement and then counts by itself, so most requests
cost nothing. Taken lumps that a process does not use up are lost: the limit is never exceeded.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from fieldstone.kernel.errors import TooManyRequestsError, UnavailableError
from fieldstone.records.accounts import codes
from fieldstone.records.accounts.tables import rate
from fieldstone.storage.database import Database

PERIOD = timedelta(minutes=1)
LUMPS = 20
"""Into how many lumps a limit is parted."""

_MOST_KEYS = 10_000


class Rates:
    """Safe to share between threads."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock
        self._lock = threading.Lock()
        self._held: dict[str, tuple[int, int]] = {}

    def take(self, key: str, limit: int) -> None:
        """Count one more of what `key` names in this minute. Raises TooManyRequestsError account.E043 beyond
        `limit`. A database that is busy counts nothing: it must not keep people out."""
        now = self._clock().timestamp()
        slot = int(now // PERIOD.total_seconds())
        with self._lock:
            held_slot, left = self._held.get(key, (slot, 0))
            if held_slot == slot and left > 0:
                self._held[key] = (slot, left - 1)
                return
            refused = held_slot == slot and left < 0
        granted = 0 if refused else self._take_lump(key, limit, slot)
        if granted <= 0:
            self._hold(key, slot, -1)
            raise TooManyRequestsError(codes.TOO_FAST, wait=max(1, int((slot + 1) * PERIOD.total_seconds() - now)))
        self._hold(key, slot, granted - 1)

    def _hold(self, key: str, slot: int, left: int) -> None:
        with self._lock:
            held_slot, held = self._held.get(key, (slot, 0))
            others = max(held, 0) if held_slot == slot else 0  # what another thread took meanwhile
            if len(self._held) >= _MOST_KEYS:
                self._held.clear()
            self._held[key] = (slot, others or left if left < 0 else left + others)

    def _take_lump(self, key: str, limit: int, slot: int) -> int:
        lump = max(1, limit // LUMPS)
        insert = sqlite_insert if self._database.dialect == "sqlite" else postgresql_insert
        statement = insert(rate).values(key=key, slot=slot, used=lump)
        used = sa.case((rate.c.slot == slot, rate.c.used + lump), else_=lump)
        counted = statement.on_conflict_do_update(
            index_elements=[rate.c.key], set_={"slot": slot, "used": used}
        ).returning(rate.c.used)
        with suppress(UnavailableError):
            after: int = self._database.transact(lambda conn: conn.execute(counted).scalar_one())
            return min(lump, limit - (after - lump))
        return 1


def forget_rates(conn: sa.Connection, now: datetime) -> int:
    """Delete what was counted in minutes that are over."""
    slot = int(now.timestamp() // PERIOD.total_seconds())
    return conn.execute(sa.delete(rate).where(rate.c.slot < slot)).rowcount
