"""Whether the actor is one of those that something is shared with."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.metadata.definitions import Party
from fieldstone.records.access.parameters import team_list
from fieldstone.records.access.roles import roles_below
from fieldstone.records.access.teams import named_team, teams_below
from fieldstone.storage.published import PublishedModel

Membership = bool | sa.ColumnElement[bool]
"""Known from the model and the actor's roles, or a condition that stands for itself: teams are data."""


def membership(published: PublishedModel, actor: Actor, parties: Sequence[Party]) -> Membership:
    """Whether the actor belongs to any of the parties."""
    gates = []
    for party in parties:
        if party.kind == "team":
            if actor.team_ids:
                gates.append(_in_team(actor, party.name, published.tables.dialect))
        elif belongs_by_role(published, actor, party):
            return True
    return sa.or_(*gates) if gates else False


def belongs_by_role(published: PublishedModel, actor: Actor, party: Party) -> bool:
    """Of a party of kind role or subtree."""
    if party.name in actor.roles:
        return True
    return party.kind == "subtree" and not roles_below(published.model.roles, [party.name]).isdisjoint(actor.roles)


def _in_team(actor: Actor, name: str, dialect: str) -> sa.ColumnElement[bool]:
    """One of the actor's teams is the named one or below it."""
    tree = teams_below(named_team(name)).subquery()
    mine = team_list(actor, dialect).subquery()
    return sa.exists().where(tree.c.id == mine.c.id).select_from(tree.join(mine, tree.c.id == mine.c.id))
