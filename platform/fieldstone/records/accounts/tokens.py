"""API tokens: keys that programs act with in a user's name, never with more rights than the user has."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.kernel.errors import InvalidInputError, NotFoundError, UnavailableError
from fieldstone.kernel.names import is_name
from fieldstone.records.accounts import codes
from fieldstone.records.accounts.actors import ACTORS, Surroundings, actor_of
from fieldstone.records.accounts.secret_keys import hash_key, make_key
from fieldstone.records.accounts.tables import token
from fieldstone.records.accounts.users import read_label
from fieldstone.storage.database import Database
from fieldstone.storage.principals import user

PREFIX = "fs_"
"""Lets scanners for leaked secrets recognise a token."""

TOUCH = timedelta(minutes=5)
"""How stale `used_at` may be."""

_AGE = re.compile(r"(\d{1,4})([hdw])")
_UNITS = {"h": "hours", "d": "days", "w": "weeks"}
_ACTOR = (
    ACTORS.add_columns(token.c.id.label("token_id"), token.c.scopes, token.c.used_at)
    .join(token, token.c.user_id == user.c.id)
    .where(
        token.c.secret_hash == sa.bindparam("secret_hash"),
        sa.or_(token.c.expires_at.is_(None), token.c.expires_at > sa.bindparam("now", type_=token.c.expires_at.type)),
    )
)


@dataclass(frozen=True, kw_only=True)
class NewToken:
    """`secret` is shown now and never again; `expires_at` None: valid until revoked."""

    id: int
    secret: str
    expires_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class TokenInfo:
    id: int
    user_id: int
    label: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None


def read_age(age: str) -> timedelta | None:
    """30d, 52w, 12h; None for never. Raises InvalidInputError account.E015."""
    if age == "never":
        return None
    found = _AGE.fullmatch(age)
    if not found or int(found[1]) == 0:
        raise InvalidInputError(codes.BAD_AGE, age=age[:40])
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def read_scopes(scopes: Iterable[str]) -> tuple[str, ...]:
    """Raises InvalidInputError account.E014."""
    for scope in scopes:
        if scope not in ("read", "write") and not (scope.startswith("module:") and is_name(scope[7:])):
            raise InvalidInputError(codes.BAD_SCOPE, scope=scope[:60])
    return tuple(sorted(set(scopes)))


def add_token(
    conn: sa.Connection, user_id: int, *, label: str, scopes: Iterable[str], age: timedelta | None, now: datetime
) -> NewToken:
    """Raises InvalidInputError account.E014 (a scope) or account.E024 (the label)."""
    secret = make_key(PREFIX)
    expires_at = None if age is None else now + age
    values = {"secret_hash": hash_key(secret), "user_id": user_id, "label": read_label(label)}
    values |= {"scopes": " ".join(read_scopes(scopes)), "created_at": now, "expires_at": expires_at}
    token_id = conn.scalar(sa.insert(token).values(values).returning(token.c.id))
    assert token_id is not None
    return NewToken(id=token_id, secret=secret, expires_at=expires_at)


def find_token_actor(database: Database, secret: str, now: datetime, site: Surroundings) -> Actor | None:
    """Who a token acts for; None when it is unknown, expired, revoked, or its user no longer active."""
    if not secret.startswith(PREFIX):
        return None
    with database.read() as conn:
        row = conn.execute(_ACTOR, {"secret_hash": hash_key(secret), "now": now}).one_or_none()
    if row is None:
        return None
    if row.used_at is None or now - row.used_at > TOUCH:
        touch = sa.update(token).where(token.c.id == row.token_id).values(used_at=now)
        with suppress(UnavailableError):  # a busy database must not keep anybody from reading
            database.transact(lambda conn: conn.execute(touch))
    return actor_of(row, site, kind="token", scopes=tuple(row.scopes.split()))


def list_tokens(conn: sa.Connection, user_id: int | None = None) -> list[TokenInfo]:
    """The tokens of a user, or everybody's; expired ones too, newest first."""
    statement = sa.select(token).order_by(token.c.id.desc())
    if user_id is not None:
        statement = statement.where(token.c.user_id == user_id)
    return [
        TokenInfo(
            id=row.id,
            user_id=row.user_id,
            label=row.label,
            scopes=tuple(row.scopes.split()),
            created_at=row.created_at,
            expires_at=row.expires_at,
            used_at=row.used_at,
        )
        for row in conn.execute(statement)
    ]


def revoke_token(conn: sa.Connection, token_id: int, user_id: int | None = None) -> TokenInfo:
    """What it was. Raises NotFoundError account.E026 when there is none, or none of `user_id`."""
    found = next((each for each in list_tokens(conn, user_id) if each.id == token_id), None)
    if found is None or conn.execute(sa.delete(token).where(token.c.id == token_id)).rowcount == 0:
        raise NotFoundError(codes.NO_TOKEN)
    return found


def revoke_tokens(conn: sa.Connection, user_id: int) -> int:
    """All of a user. Returns how many there were."""
    return conn.execute(sa.delete(token).where(token.c.user_id == user_id)).rowcount


def rename_scopes(conn: sa.Connection, names: Mapping[str, str]) -> None:
    """Let tokens follow modules that are renamed (old → new name), all at once. One that is for a module
    that was removed is not for another that takes its name: its scope stays, as one that nothing matches."""
    gone = {name: f"{name}~" for name in names.values() if name not in names}
    scopes = {f"module:{old}": f"module:{new}" for old, new in {**gone, **names}.items()}
    if not scopes:
        return
    for row in conn.execute(sa.select(token.c.id, token.c.scopes).where(token.c.scopes != "")).all():
        renamed = " ".join(sorted(scopes.get(scope, scope) for scope in row.scopes.split()))
        if renamed != row.scopes:
            conn.execute(sa.update(token).where(token.c.id == row.id).values(scopes=renamed))
