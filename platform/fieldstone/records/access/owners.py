"""Whose records a scope or a sharing rule is about, as selects of the ids of owners (users and teams)."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.metadata.definitions import Party
from fieldstone.records.access.parameters import own_list, team_list, user_id
from fieldstone.records.access.roles import roles_below
from fieldstone.records.access.teams import members_led_by, members_of, named_team, teams_below
from fieldstone.storage.principals import user_role
from fieldstone.storage.published import PublishedModel

Owners = sa.Select[tuple[int]]


def scope_owners(published: PublishedModel, actor: Actor, scopes: Iterable[str]) -> list[Owners]:
    """Of the scopes own, team and subtree together; each of them has the actor's own records.

    own: the actor, the actor's teams, the members of the teams the actor leads. team: the members of the actor's
    teams and of the teams below them, and those teams. subtree: whoever has a role below one of the actor's.
    """
    wanted = frozenset(scopes)
    dialect = published.tables.dialect
    if not wanted & {"own", "team", "subtree"}:
        return []
    found = [own_list(actor, dialect)]
    if actor.team_ids:
        if "team" in wanted:
            teams = teams_below(team_list(actor, dialect))
            found += [teams, members_of(teams)]
        else:
            found.append(members_led_by(user_id(actor)))
    below = roles_below(published.model.roles, actor.roles) if "subtree" in wanted else frozenset()
    if below:
        found.append(_holders(below))
    return found


def party_owners(published: PublishedModel, party: Party) -> list[Owners]:
    """The users a party is, and for a team the teams themselves."""
    if party.kind == "team":
        teams = teams_below(named_team(party.name))
        return [teams, members_of(teams)]
    names = frozenset({party.name})
    if party.kind == "subtree":
        names |= roles_below(published.model.roles, names)
    return [_holders(names)]


def own_principals(conn: sa.Connection, published: PublishedModel, actor: Actor) -> tuple[int, ...]:
    """The principals whose records are the actor's own in the narrowest sense, scope own."""
    found: set[int] = set()
    for owners in scope_owners(published, actor, ["own"]):
        found.update(conn.scalars(owners))
    return tuple(sorted(found))


def _holders(roles: frozenset[str]) -> Owners:
    return sa.select(user_role.c.user_id).where(user_role.c.role.in_(sorted(roles)))
