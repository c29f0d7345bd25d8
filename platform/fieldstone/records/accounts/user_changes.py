"""Changing a user: what is given changes, all of it or nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from fieldstone.fields.formats import DATE_FORMATS, NUMBER_FORMATS
from fieldstone.kernel.actors import Actor
from fieldstone.kernel.errors import InvalidInputError
from fieldstone.records.accounts import codes, users
from fieldstone.records.accounts.audit import record_audit
from fieldstone.records.accounts.guards import is_own, refuse_impersonated, require_administrator
from fieldstone.records.accounts.leaving import end_access
from fieldstone.records.accounts.settings import read_format, read_language, read_zone
from fieldstone.storage.principals import user

_AUDITED = (
    "label", "email", "roles", "profiles", "is_admin", "active", "language", "zone", "date_format", "number_format",
    "theme",
)  # fmt: skip
_WEIGHTY = {"label", "roles", "profiles", "is_admin", "active"}
"""What is told even of people who change it for themselves."""


@dataclass(frozen=True, kw_only=True)
class UserChanges:
    """None leaves an attribute as it is; "" for e-mail, language, zone, formats, theme clears it."""

    label: str | None = None
    email: str | None = None
    language: str | None = None
    zone: str | None = None
    date_format: str | None = None
    number_format: str | None = None
    theme: str | None = None
    roles: Iterable[str] | None = None
    profiles: Iterable[str] | None = None
    is_admin: bool | None = None
    active: bool | None = None


def change_user(conn: sa.Connection, user_id: int, changes: UserChanges, by: Actor | None, now: datetime) -> None:
    """Raises NotFoundError account.E009, ForbiddenError account.E020 and account.E033, InvalidInputError
    (account.E018 when no active administrator would be left). A user who is no longer active is logged out
    everywhere, and the user's tokens and links are gone."""
    before = users.get_user(conn, user_id)
    if before.is_admin or changes.is_admin:
        require_administrator(by)
    values = _columns(changes)
    if values.get("email", before.email or None) != (before.email or None):
        refuse_impersonated(by)  # whoever gets the mail can choose the password
    if values:
        conn.execute(sa.update(user).where(user.c.id == user_id).values(values))
    if changes.label is not None:
        users.set_label(conn, user_id, changes.label)
    if changes.roles is not None:
        users.set_roles(conn, user_id, changes.roles)
    if changes.profiles is not None:
        users.set_profiles(conn, user_id, changes.profiles)
    if changes.active is not None:
        users.set_active(conn, user_id, changes.active)
        if not changes.active:
            end_access(conn, user_id)
    if before.is_admin and before.active and not users.find_administrators(conn):
        raise InvalidInputError(codes.LAST_ADMIN)
    after = users.get_user(conn, user_id)
    changed = _differences(before, after)
    if changed and (not is_own(user_id, by) or changed.keys() & _WEIGHTY):
        action = "user.changed"
        if before.active != after.active:
            action = "user.activated" if after.active else "user.deactivated"
        record_audit(conn, action, by=by, now=now, target=f"user:{user_id}", details=changed)


def _differences(before: users.UserAccount, after: users.UserAccount) -> dict[str, object]:
    """Attribute → [before, after], of those that differ."""
    pairs = {name: [getattr(before, name), getattr(after, name)] for name in _AUDITED}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _columns(changes: UserChanges) -> dict[str, object]:
    values: dict[str, object] = {}
    if changes.email is not None:
        values["email"] = users.read_email(changes.email)
    if changes.language is not None:
        values["language"] = read_language(changes.language)
    if changes.zone is not None:
        values["zone"] = read_zone(changes.zone)
    if changes.date_format is not None:
        values["date_format"] = read_format(changes.date_format, DATE_FORMATS)
    if changes.number_format is not None:
        values["number_format"] = read_format(changes.number_format, NUMBER_FORMATS)
    if changes.theme is not None:
        values["theme"] = changes.theme[:40] or None
    if changes.is_admin is not None:
        values["is_admin"] = changes.is_admin
    return values
