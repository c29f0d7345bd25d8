"""Passwords: what is accepted, how they are kept and checked."""

from __future__ import annotations

from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from fieldstone.kernel.errors import InvalidInputError
from fieldstone.kernel.folding import fold, normalise
from fieldstone.records.accounts import codes
from fieldstone.records.accounts.common_passwords import is_common

SHORTEST, LONGEST = 8, 128

_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


def check_password(password: str, *names: str) -> None:
    """Raise InvalidInputError for a password that is too short, too long, common, or one of the user's `names`.

    No rules of composition: they make passwords worse.
    """
    if len(password) < SHORTEST:
        raise InvalidInputError(codes.PASSWORD_TOO_SHORT, limit=SHORTEST)
    if len(password) > LONGEST:
        raise InvalidInputError(codes.PASSWORD_TOO_LONG, limit=LONGEST)
    if is_common(password):
        raise InvalidInputError(codes.PASSWORD_COMMON)
    if fold(password) in {fold(name) for name in names if name}:
        raise InvalidInputError(codes.PASSWORD_IS_NAME)


def hash_password(password: str) -> str:
    """Argon2id with 19 MiB, two passes. Takes tens of milliseconds: never call it inside a transaction."""
    return _hasher.hash(_prepared(password))


def verify_password(stored: str | None, password: str) -> bool:
    """Whether a password is the stored one. Takes as long when there is none to compare with."""
    prepared = _prepared(password) if len(password) <= LONGEST else b""
    try:
        # verify returns True or raises; what a made-up password matches does not count.
        return _hasher.verify(stored or _nobody(), prepared) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def needs_rehash(stored: str) -> bool:
    """Whether a hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(stored)


@lru_cache(maxsize=1)
def _nobody() -> str:
    return _hasher.hash(b"nobody has this password")


def _prepared(password: str) -> bytes:
    """The same bytes however a keyboard composes an accent."""
    return normalise(password).encode("utf-8", "surrogatepass")
