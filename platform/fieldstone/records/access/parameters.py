"""Who asks, as the statements of access bind it, and what their text depends on."""

from __future__ import annotations

from collections.abc import Hashable

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.records.access.grants import passes
from fieldstone.records.id_lists import bind_ids, listed_ids
from fieldstone.storage.columns import Id

OWN, TEAMS, USER = "scope_owners", "scope_teams", "scope_user"


def scope_parameters(actor: Actor, dialect: str) -> dict[str, object]:
    """The bound values of `row_condition`, whatever the modules of the statement."""
    return {OWN: bind_ids(own_ids(actor), dialect), TEAMS: bind_ids(actor.team_ids, dialect), USER: actor.user_id}


def access_profile(actor: Actor) -> Hashable:
    """Equal for actors whose statements have the same text: part of the key of a kept statement."""
    return (passes(actor), actor.roles, actor.profiles, actor.scopes, bool(actor.team_ids))


def own_ids(actor: Actor) -> tuple[int, ...]:
    """The user and the teams the user is in."""
    return () if actor.user_id is None else (actor.user_id, *actor.team_ids)


def own_list(actor: Actor, dialect: str) -> sa.Select[tuple[int]]:
    """The ids of `own_ids`, bound."""
    return listed_ids(OWN, dialect, bind_ids(own_ids(actor), dialect))


def team_list(actor: Actor, dialect: str) -> sa.Select[tuple[int]]:
    """The ids of the actor's teams, bound."""
    return listed_ids(TEAMS, dialect, bind_ids(actor.team_ids, dialect))


def user_id(actor: Actor) -> sa.BindParameter[int | None]:
    return sa.bindparam(USER, actor.user_id, type_=Id)
