"""Changing a user: what is given changes, all of it or nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.kernel.errors import ForbiddenError, InvalidInputError
from fieldstone.records.accounts import codes, users
from fieldstone.records.accounts.sessions import end_sessions
from fieldstone.records.accounts.settings import read_language, read_zone
from fieldstone.storage.principals import user


@dataclass(frozen=True, kw_only=True)
class UserChanges:
    """None leaves an attribute as it is; "" for e-mail, language, zone, theme clears it."""

    label: str | None = None
    email: str | None = None
    language: str | None = None
    zone: str | None = None
    theme: str | None = None
    roles: Iterable[str] | None = None
    is_admin: bool | None = None
    active: bool | None = None


def change_user(conn: sa.Connection, user_id: int, changes: UserChanges, by: Actor | None) -> None:
    """Raises NotFoundError account.E009, ForbiddenError account.E020, InvalidInputError (account.E018 when no
    active administrator would be left). A user who is no longer active is logged out everywhere."""
    before = users.get_user(conn, user_id)
    if before.is_admin or changes.is_admin:
        require_administrator(by)
    values = _columns(changes)
    if values:
        conn.execute(sa.update(user).where(user.c.id == user_id).values(values))
    if changes.label is not None:
        users.set_label(conn, user_id, changes.label)
    if changes.roles is not None:
        users.set_roles(conn, user_id, changes.roles)
    if changes.active is not None:
        users.set_active(conn, user_id, changes.active)
        if not changes.active:
            end_sessions(conn, user_id)
    if before.is_admin and before.active and not users.find_administrators(conn):
        raise InvalidInputError(codes.LAST_ADMIN)


def require_administrator(by: Actor | None) -> None:
    """Raises ForbiddenError account.E020 unless an administrator or the operator (None) acts."""
    if by is not None and not by.is_admin:
        raise ForbiddenError(codes.NOT_YOURS_TO_GIVE)


def _columns(changes: UserChanges) -> dict[str, object]:
    values: dict[str, object] = {}
    if changes.email is not None:
        values["email"] = users.read_email(changes.email)
    if changes.language is not None:
        values["language"] = read_language(changes.language)
    if changes.zone is not None:
        values["zone"] = read_zone(changes.zone)
    if changes.theme is not None:
        values["theme"] = changes.theme[:40] or None
    if changes.is_admin is not None:
        values["is_admin"] = changes.is_admin
    return values
