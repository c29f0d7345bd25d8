"""The tree of teams, in SQL: it is data, so every statement reads it as it is at the moment."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from fieldstone.storage.principals import team, team_member


def teams_below(start: sa.Select[tuple[int]]) -> sa.Select[tuple[int]]:
    """The ids that `start` selects and those of all teams below them."""
    tree = start.cte("below", recursive=True, nesting=True)
    tree = tree.union(sa.select(team.c.id).join(tree, team.c.parent_id == tree.c.id))
    return _alone(tree)


def teams_above(start: sa.Select[tuple[int]]) -> sa.Select[tuple[int]]:
    """The ids that `start` selects and those of all teams above them."""
    tree = start.cte("above", recursive=True, nesting=True)
    step = sa.select(team.c.parent_id).join(tree, team.c.id == tree.c.id).where(team.c.parent_id.is_not(None))
    return _alone(tree.union(step))


def named_team(name: str) -> sa.Select[tuple[int]]:
    """The id of a team; nothing when there is none of that name."""
    return sa.select(team.c.id).where(team.c.name == name)


def members_of(teams: sa.Select[tuple[int]]) -> sa.Select[tuple[int]]:
    """The users in any of these teams."""
    found = teams.subquery()
    return sa.select(team_member.c.user_id).where(team_member.c.team_id.in_(sa.select(found.c[0])))


def members_led_by(leader: sa.ColumnElement[Any]) -> sa.Select[tuple[int]]:
    """The members of the teams that somebody leads."""
    led, member = team_member.alias(), team_member.alias()
    found = sa.select(member.c.user_id).join(led, led.c.team_id == member.c.team_id)
    return found.where(led.c.user_id == leader, led.c.leader)


def _alone(tree: sa.CTE) -> sa.Select[tuple[int]]:
    """As a select that may stand in a UNION: SQLite takes no WITH there, but one level below."""
    found = sa.select(tree.c[0].label("id")).subquery()
    return sa.select(found.c.id)
