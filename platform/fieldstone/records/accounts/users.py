"""Users: who may log in. Functions take a connection; writing ones belong inside `Database.transact`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from fieldstone.fields.base import FieldValueError
from fieldstone.fields.email import EmailType
from fieldstone.kernel.errors import ConflictError, InvalidInputError, NotFoundError
from fieldstone.kernel.folding import fold, normalise, sort_key
from fieldstone.records.accounts import codes
from fieldstone.records.accounts.settings import read_language, read_zone
from fieldstone.storage.principals import principal, team, team_member, user, user_profile, user_role

MAX_USERNAME = 64
MAX_LABEL = 200
_USERNAME = re.compile(r"\w[\w.@+-]*")


@dataclass(frozen=True, kw_only=True)
class UserAccount:
    """A user as administrators see one. `teams` are names, `team_ids` their ids in the same order."""

    id: int
    username: str
    label: str
    email: str
    roles: tuple[str, ...]
    profiles: tuple[str, ...]
    teams: tuple[str, ...]
    team_ids: tuple[int, ...]
    is_admin: bool
    active: bool
    language: str
    zone: str
    date_format: str
    number_format: str
    theme: str
    has_password: bool
    must_change_password: bool
    created_at: datetime | None
    last_login_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class NewUser:
    """A user to add; `password_hash` None: cannot log in until a password is set."""

    username: str
    label: str
    email: str = ""
    roles: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    is_admin: bool = False
    language: str = ""
    zone: str = ""
    password_hash: str | None = None


def read_username(raw: str) -> str:
    """The stored form: folded, since nobody remembers capitals. Raises InvalidInputError account.E008."""
    username = fold(raw.strip())
    if len(username) > MAX_USERNAME or not _USERNAME.fullmatch(username):
        raise InvalidInputError(codes.USERNAME_FORM, username=raw[:MAX_USERNAME], limit=MAX_USERNAME)
    return username


def read_label(raw: str) -> str:
    """The name others see. Raises InvalidInputError account.E024."""
    label = normalise(" ".join(raw.split()))
    if not label or len(label) > MAX_LABEL or not label.isprintable():
        raise InvalidInputError(codes.NO_LABEL, label=label[:60], limit=MAX_LABEL)
    return label


def read_email(raw: str) -> str | None:
    """Raises InvalidInputError account.E023."""
    try:
        return EmailType().read(raw) or None
    except FieldValueError:
        raise InvalidInputError(codes.BAD_EMAIL, email=raw[:60]) from None


def is_email(account: UserAccount, typed: str) -> bool:
    """Whether what was typed is the address that the user has."""
    return (read_email(typed) or "") == account.email


def require_free_email(conn: sa.Connection, user_id: int, email: str) -> None:
    """Raises InvalidInputError account.E045 for an address that another user has, active or not."""
    address = read_email(email)
    others = sa.select(user.c.id).where(user.c.id != user_id, sa.func.lower(user.c.email) == fold(address or ""))
    if address and conn.scalar(others.limit(1)) is not None:
        raise InvalidInputError(codes.EMAIL_TAKEN, email=email[:60])


def add_users(conn: sa.Connection, people: Sequence[NewUser], now: datetime) -> list[int]:
    """Add users, ids in their order. Raises ConflictError account.E007, InvalidInputError."""
    if not people:
        return []
    names = [read_username(person.username) for person in people]
    taken = set(conn.scalars(sa.select(user.c.username).where(user.c.username.in_(names))))
    for position, name in enumerate(names):
        if name in taken or name in names[:position]:
            raise ConflictError(codes.USERNAME_TAKEN, username=name)
    ids = add_principals(conn, "user", [read_label(person.label) for person in people])
    conn.execute(
        sa.insert(user),
        [
            {
                "id": user_id,
                "username": name,
                "email": read_email(person.email),
                "password_hash": person.password_hash,
                "password_changed_at": now if person.password_hash else None,
                "is_admin": person.is_admin,
                "language": read_language(person.language),
                "zone": read_zone(person.zone),
                "created_at": now,
            }
            for user_id, name, person in zip(ids, names, people, strict=True)
        ],
    )
    roles = [
        {"user_id": id, "role": role} for id, person in zip(ids, people, strict=True) for role in set(person.roles)
    ]
    if roles:
        conn.execute(sa.insert(user_role), roles)
    profiles = [
        {"user_id": id, "profile": profile}
        for id, person in zip(ids, people, strict=True)
        for profile in set(person.profiles)
    ]
    if profiles:
        conn.execute(sa.insert(user_profile), profiles)
    return ids


def add_principals(conn: sa.Connection, kind: str, labels: Sequence[str]) -> list[int]:
    """New users or teams as owners of records; ids in the order of the labels."""
    statement = sa.insert(principal).returning(principal.c.id, sort_by_parameter_order=True)
    rows = [{"kind": kind, "label": label, "label_key": sort_key(label), "active": True} for label in labels]
    return list(conn.scalars(statement, rows))


def list_users(conn: sa.Connection, ids: Iterable[int] | None = None) -> list[UserAccount]:
    """Users ordered by name, all or those of `ids`; in four queries."""
    chosen = None if ids is None else list(ids)
    statement = sa.select(user, principal.c.label, principal.c.active).join(principal, principal.c.id == user.c.id)
    roles = sa.select(user_role.c.user_id, user_role.c.role).order_by(user_role.c.role)
    profiles = sa.select(user_profile).order_by(user_profile.c.profile)
    teams = sa.select(team_member.c.user_id, team.c.id, team.c.name).join(team).order_by(team.c.name)
    if chosen is not None:
        statement = statement.where(user.c.id.in_(chosen))
        roles = roles.where(user_role.c.user_id.in_(chosen))
        profiles = profiles.where(user_profile.c.user_id.in_(chosen))
        teams = teams.where(team_member.c.user_id.in_(chosen))
    roles_of: dict[int, list[str]] = {}
    for user_id, role in conn.execute(roles):
        roles_of.setdefault(user_id, []).append(role)
    profiles_of: dict[int, list[str]] = {}
    for user_id, profile in conn.execute(profiles):
        profiles_of.setdefault(user_id, []).append(profile)
    teams_of: dict[int, list[tuple[int, str]]] = {}
    for user_id, team_id, name in conn.execute(teams):
        teams_of.setdefault(user_id, []).append((team_id, name))
    rows = conn.execute(statement.order_by(principal.c.label_key, user.c.id)).mappings()
    return [
        _account(row, roles_of.get(row["id"], []), profiles_of.get(row["id"], []), teams_of.get(row["id"], []))
        for row in rows
    ]


def _account(
    row: Mapping[Any, Any], roles: Sequence[str], profiles: Sequence[str], teams: Sequence[tuple[int, str]]
) -> UserAccount:
    return UserAccount(
        id=row["id"],
        username=row["username"],
        label=row["label"],
        email=row["email"] or "",
        roles=tuple(roles),
        profiles=tuple(profiles),
        teams=tuple(name for _, name in teams),
        team_ids=tuple(team_id for team_id, _ in teams),
        is_admin=row["is_admin"],
        active=row["active"],
        language=row["language"] or "",
        zone=row["zone"] or "",
        date_format=row["date_format"] or "",
        number_format=row["number_format"] or "",
        theme=row["theme"] or "",
        has_password=row["password_hash"] is not None,
        must_change_password=row["must_change_password"],
        created_at=row["created_at"],
        last_login_at=row["last_login_at"],
    )


def typed_username(raw: str) -> str:
    """What a typed user name is looked up as; "" (nobody) for what no database can hold."""
    username = fold(raw.strip())
    return username if username.isprintable() else ""


def find_user_id(conn: sa.Connection, username: str) -> int | None:
    return conn.scalar(sa.select(user.c.id).where(user.c.username == typed_username(username)))


def get_user_id(conn: sa.Connection, username: str) -> int:
    """Raises NotFoundError account.E009."""
    found = find_user_id(conn, username)
    if found is None:
        raise NotFoundError(codes.NO_USER, username=username[:MAX_USERNAME])
    return found


def get_user(conn: sa.Connection, user_id: int) -> UserAccount:
    """Raises NotFoundError account.E009."""
    found = list_users(conn, [user_id])
    if not found:
        raise NotFoundError(codes.NO_USER, username=str(user_id))
    return found[0]


def set_label(conn: sa.Connection, principal_id: int, label: str) -> None:
    label = read_label(label)
    statement = sa.update(principal).where(principal.c.id == principal_id)
    conn.execute(statement.values(label=label, label_key=sort_key(label)))


def set_active(conn: sa.Connection, principal_id: int, active: bool) -> None:
    conn.execute(sa.update(principal).where(principal.c.id == principal_id).values(active=active))


def set_roles(conn: sa.Connection, user_id: int, roles: Iterable[str]) -> None:
    conn.execute(sa.delete(user_role).where(user_role.c.user_id == user_id))
    rows = [{"user_id": user_id, "role": role} for role in sorted(set(roles))]
    if rows:
        conn.execute(sa.insert(user_role), rows)


def set_profiles(conn: sa.Connection, user_id: int, profiles: Iterable[str]) -> None:
    """Replace the profiles that a user has besides those of the roles."""
    conn.execute(sa.delete(user_profile).where(user_profile.c.user_id == user_id))
    rows = [{"user_id": user_id, "profile": profile} for profile in sorted(set(profiles))]
    if rows:
        conn.execute(sa.insert(user_profile), rows)


def set_password_hash(conn: sa.Connection, user_id: int, password_hash: str, now: datetime, must_change: bool) -> None:
    values = {"password_hash": password_hash, "password_changed_at": now, "must_change_password": must_change}
    conn.execute(sa.update(user).where(user.c.id == user_id).values(values))


def find_administrators(conn: sa.Connection) -> list[int]:
    """Active administrators, the first one made first."""
    statement = sa.select(user.c.id).join(principal, principal.c.id == user.c.id)
    return list(conn.scalars(statement.where(user.c.is_admin, principal.c.active).order_by(user.c.id)))
