"""The actor a user is: rights and settings, read in one query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor, via_impersonator
from fieldstone.kernel.errors import NotFoundError
from fieldstone.records.accounts import codes
from fieldstone.storage.columns import Text
from fieldstone.storage.principals import principal, team_member, user, user_profile, user_role

_ROLES = (
    sa.select(sa.func.aggregate_strings(user_role.c.role, ","))
    .where(user_role.c.user_id == user.c.id)
    .scalar_subquery()
    .label("roles")
)
_PROFILES = (
    sa.select(sa.func.aggregate_strings(user_profile.c.profile, ","))
    .where(user_profile.c.user_id == user.c.id)
    .scalar_subquery()
    .label("profiles")
)
_TEAMS = (
    sa.select(sa.func.aggregate_strings(sa.cast(team_member.c.team_id, Text), ","))
    .where(team_member.c.user_id == user.c.id)
    .scalar_subquery()
    .label("teams")
)

ACTORS = (
    sa.select(
        user.c.id,
        principal.c.label,
        user.c.is_admin,
        user.c.language,
        user.c.zone,
        user.c.date_format,
        user.c.number_format,
        _ROLES,
        _PROFILES,
        _TEAMS,
    )
    .select_from(user)
    .join(principal, principal.c.id == user.c.id)
    .where(principal.c.active)
)
"""Active users with all that an actor needs; tokens and sessions join themselves to it."""

_BY_ID = ACTORS.where(user.c.id == sa.bindparam("user_id"))


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What holds for users who have not chosen: the site's language and zone."""

    language: str = "en"
    zone: str = "UTC"


NOWHERE = Surroundings()


def actor_for_user(conn: sa.Connection, user_id: int, site: Surroundings = NOWHERE) -> Actor:
    """Raises NotFoundError account.E009 for a user who is unknown or not active."""
    found = find_actor(conn, user_id, site)
    if found is None:
        raise NotFoundError(codes.NO_USER, username=str(user_id))
    return found


def find_actor(conn: sa.Connection, user_id: int, site: Surroundings = NOWHERE) -> Actor | None:
    """The actor of an active user; None for one who is not, or is unknown."""
    row = conn.execute(_BY_ID, {"user_id": user_id}).one_or_none()
    return None if row is None else actor_of(row, site)


def all_actors(conn: sa.Connection, site: Surroundings = NOWHERE) -> list[Actor]:
    """The actors of all active users, by name, in one query."""
    return [actor_of(row, site) for row in conn.execute(ACTORS.order_by(principal.c.label_key, user.c.id))]


def actor_of(
    row: Any,
    site: Surroundings,
    *,
    kind: str = "user",
    scopes: tuple[str, ...] = (),
    impersonator: int | None = None,
) -> Actor:
    """The actor of a row of `ACTORS`. What an administrator does in a user's name is told in the history."""
    return Actor(
        kind=kind,
        user_id=row.id,
        name=row.label,
        roles=tuple(sorted(row.roles.split(","))) if row.roles else (),
        profiles=tuple(sorted(row.profiles.split(","))) if row.profiles else (),
        team_ids=tuple(sorted(map(int, row.teams.split(",")))) if row.teams else (),
        is_admin=row.is_admin,
        language=row.language or site.language,
        zone=row.zone or site.zone,
        date_format=row.date_format or "",
        number_format=row.number_format or "",
        via="" if impersonator is None else via_impersonator(impersonator),
        scopes=scopes,
        impersonator=impersonator,
    )
