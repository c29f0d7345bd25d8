"""The second factor: codes of an authenticator app (RFC 6238), and recovery codes that stand in for them.

Functions take a connection; writing ones belong inside `Database.transact`.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection
from datetime import datetime
from hmac import compare_digest
from typing import Protocol

import pyotp
import sqlalchemy as sa

from fieldstone.kernel.errors import ConflictError, InvalidInputError
from fieldstone.records.accounts import codes
from fieldstone.records.accounts.secret_keys import hash_key
from fieldstone.records.accounts.tables import recovery_code, second_factor

PERIOD = 30
"""Seconds that a code is shown."""
EARLIER_AND_LATER = 1
"""Codes before and after the present one that are taken: clocks differ, and people type slowly."""
RECOVERY_CODES = 10

_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
"""Nothing that is mistaken for something else on paper: 16 of them hold 79 random bits."""
_APART = re.compile(r"[\s-]+")


class Vault(Protocol):
    """Encrypts what must be read again, with the key of the site."""

    def encrypt(self, text: str) -> str: ...

    def decrypt(self, text: str) -> str: ...


def begin_set_up(conn: sa.Connection, vault: Vault, user_id: int, now: datetime) -> str:
    """A new key for an authenticator app (base32), not in force before `confirm`; an earlier one that was never
    confirmed is forgotten. Raises ConflictError account.E031."""
    if is_on(conn, user_id):
        raise ConflictError(codes.SECOND_FACTOR_ON)
    conn.execute(sa.delete(second_factor).where(second_factor.c.user_id == user_id))
    secret = pyotp.random_base32()
    conn.execute(sa.insert(second_factor).values(user_id=user_id, secret=vault.encrypt(secret), created_at=now))
    return secret


def find_pending(conn: sa.Connection, vault: Vault, user_id: int) -> str | None:
    """The key that is being set up, None when there is none."""
    statement = sa.select(second_factor.c.secret).where(
        second_factor.c.user_id == user_id, second_factor.c.confirmed_at.is_(None)
    )
    stored = conn.scalar(statement)
    return None if stored is None else vault.decrypt(stored)


def confirm(conn: sa.Connection, vault: Vault, user_id: int, code: str, now: datetime) -> list[str]:
    """Put the key in force once a code shows that the app has it. Returns the recovery codes, to be shown once.

    Raises InvalidInputError account.E029 (the code), account.E032 (nothing is being set up).
    """
    secret = find_pending(conn, vault, user_id)
    if secret is None:
        raise InvalidInputError(codes.SECOND_FACTOR_OFF)
    step = _matching_step(secret, code, now)
    if step is None:
        raise InvalidInputError(codes.BAD_CODE)
    mine = sa.update(second_factor).where(second_factor.c.user_id == user_id)
    conn.execute(mine.values(confirmed_at=now, last_step=step))
    return make_recovery_codes(conn, user_id)


def is_on(conn: sa.Connection, user_id: int) -> bool:
    return bool(find_users_with(conn, [user_id]))


def find_users_with(conn: sa.Connection, ids: Collection[int] | None = None) -> set[int]:
    """Those of the users, or of all, whose second factor is in force."""
    statement = sa.select(second_factor.c.user_id).where(second_factor.c.confirmed_at.is_not(None))
    if ids is not None:
        statement = statement.where(second_factor.c.user_id.in_(sorted(ids)))
    return set(conn.scalars(statement))


def use_code(conn: sa.Connection, vault: Vault, user_id: int, code: str, now: datetime) -> str | None:
    """Take a code of the app or a recovery code, which cannot be used again. Returns how it was proved,
    second_factor or recovery_code, or None when the code is neither."""
    typed = _APART.sub("", code).lower()
    if typed.isascii() and typed.isdigit():
        return "second_factor" if _use_step(conn, vault, user_id, typed, now) else None
    statement = sa.update(recovery_code).where(
        recovery_code.c.user_id == user_id,
        recovery_code.c.code_hash == _hash(user_id, typed),
        recovery_code.c.used_at.is_(None),
    )
    return "recovery_code" if conn.execute(statement.values(used_at=now)).rowcount else None


def make_recovery_codes(conn: sa.Connection, user_id: int) -> list[str]:
    """New ones, such as 7kqf-x2mr-9c4t-hw3p; the earlier ones are worth nothing any more."""
    conn.execute(sa.delete(recovery_code).where(recovery_code.c.user_id == user_id))
    made = ["".join(secrets.choice(_ALPHABET) for _ in range(16)) for _ in range(RECOVERY_CODES)]
    rows = [{"user_id": user_id, "code_hash": _hash(user_id, code)} for code in made]
    conn.execute(sa.insert(recovery_code), rows)
    return ["-".join(code[place : place + 4] for place in range(0, 16, 4)) for code in made]


def count_recovery_codes(conn: sa.Connection, user_id: int) -> int:
    """How many are left."""
    statement = sa.select(sa.func.count()).where(recovery_code.c.user_id == user_id, recovery_code.c.used_at.is_(None))
    return conn.scalar(statement) or 0


def remove_second_factor(conn: sa.Connection, user_id: int) -> bool:
    """Whether it was in force."""
    was_on = is_on(conn, user_id)
    conn.execute(sa.delete(second_factor).where(second_factor.c.user_id == user_id))
    conn.execute(sa.delete(recovery_code).where(recovery_code.c.user_id == user_id))
    return was_on


def provisioning_uri(secret: str, username: str, site_name: str) -> str:
    """What the QR code says."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=site_name)


def _use_step(conn: sa.Connection, vault: Vault, user_id: int, code: str, now: datetime) -> bool:
    stored = conn.scalar(
        sa.select(second_factor.c.secret).where(
            second_factor.c.user_id == user_id, second_factor.c.confirmed_at.is_not(None)
        )
    )
    step = None if stored is None else _matching_step(vault.decrypt(stored), code, now)
    if step is None:
        return False
    # Two log-ins with one code: the second one finds the step used.
    unused = sa.or_(second_factor.c.last_step.is_(None), second_factor.c.last_step < step)
    statement = sa.update(second_factor).where(second_factor.c.user_id == user_id, unused)
    return conn.execute(statement.values(last_step=step)).rowcount == 1


def _matching_step(secret: str, code: str, now: datetime) -> int | None:
    typed, app = _APART.sub("", code), pyotp.TOTP(secret, interval=PERIOD)
    if not typed.isascii():
        return None
    present = int(now.timestamp()) // PERIOD
    steps = range(present - EARLIER_AND_LATER, present + EARLIER_AND_LATER + 1)
    matching = [step for step in steps if compare_digest(app.generate_otp(step), typed)]
    return matching[-1] if matching else None


def _hash(user_id: int, code: str) -> str:
    """Bound to the user, so that equal hashes of two users tell nothing."""
    return hash_key(f"recovery {user_id} {code}")
