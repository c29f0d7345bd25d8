"""How expressions see the world when records are read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from fieldstone.expressions.evaluate import EvaluationContext
from fieldstone.kernel.actors import Actor
from fieldstone.metadata.app_definitions import AppDef
from fieldstone.metadata.model import AppModel
from fieldstone.storage import principals


def user_context(model: AppModel, actor: Actor, now: datetime, team: frozenset[int]) -> EvaluationContext:
    """For filters, sorts and groups: days are those of the actor's zone. `team`: who is in the actor's teams."""
    return app_context(model.app, now=now, zone=actor.zone, roles=actor.roles, team=team)


def site_context(model: AppModel, now: datetime) -> EvaluationContext:
    """For formulas: the same for everybody, as if they were stored."""
    return app_context(model.app, now=now)


def app_context(
    app: AppDef, *, now: datetime, zone: str = "", roles: tuple[str, ...] = (), team: frozenset[int] = frozenset()
) -> EvaluationContext:
    """The year, week, working days and rates of the application; its zone when none is given."""
    return EvaluationContext(
        now=now,
        zone=zone or app.zone,
        fiscal_year_start=app.fiscal_year_start,
        week_start=app.week_start,
        working=app.working,
        rates=app.worth,
        roles=roles,
        team=team,
    )


def user_values(conn: sa.Connection, actor: Actor) -> dict[str, Any]:
    """What `user.…` gives in an expression. The address is read from the user's account."""
    found = sa.select(principals.user.c.email).where(principals.user.c.id == actor.user_id)
    return {
        "id": actor.user_id,
        "name": actor.name or None,
        "email": None if actor.user_id is None else conn.execute(found).scalar_one_or_none(),
        "role": actor.roles[0] if actor.roles else None,
        "language": actor.language,
    }


def team_principals(conn: sa.Connection, actor: Actor) -> frozenset[int]:
    """The actor's teams and their members."""
    if not actor.team_ids:
        return frozenset()
    member = principals.team_member.c
    found = conn.scalars(sa.select(member.user_id).where(member.team_id.in_(actor.team_ids)))
    return frozenset((*actor.team_ids, *found))
