"""Saved views as they are kept in the database."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.records.access import scope_parameters
from fieldstone.records.access.parameters import team_list
from fieldstone.records.access.teams import teams_above
from fieldstone.records.plan_cache import plans_of
from fieldstone.records.views.tables import favourite, habit, view, view_share
from fieldstone.records.views.view import Habit, Receiver, SavedView, ViewState
from fieldstone.storage.principals import principal
from fieldstone.storage.published import PublishedModel


def load_views(
    conn: sa.Connection, published: PublishedModel, actor: Actor, modules: Iterable[str], *, publisher: bool
) -> list[SavedView]:
    """Those of the modules that the actor has made or is shown, in the order they were made. `publisher`: the actor
    may change those for everybody."""
    names = {published.model.modules[name].identity: name for name in modules}
    key = ("views", actor.roles, bool(actor.team_ids))
    statement = plans_of(published).get(key, lambda: _statement(actor, conn.dialect.name))
    bound = {"asker": actor.user_id, "modules": list(names), **scope_parameters(actor, conn.dialect.name)}
    return [_view_of(row, names[row.module], actor, publisher) for row in conn.execute(statement, bound)]


def _statement(actor: Actor, dialect: str) -> sa.Select[Any]:
    """For whoever has these roles, and is in a team or in none."""
    asker = sa.bindparam("asker", type_=view.c.owner_id.type)
    mine = view.c.owner_id == asker
    receivers = [view_share.c.principal_id == asker]
    if actor.team_ids:
        receivers.append(view_share.c.principal_id.in_(teams_above(team_list(actor, dialect))))
    if actor.roles:
        receivers.append(view_share.c.role.in_(actor.roles))
    shown = sa.and_(
        view.c.audience == "shared", sa.exists().where(view_share.c.view_id == view.c.id, sa.or_(*receivers))
    )
    return (
        sa.select(view, principal.c.label.label("owner_label"))
        .join(principal, principal.c.id == view.c.owner_id)
        .where(
            view.c.module.in_(sa.bindparam("modules", expanding=True)),
            sa.or_(mine, view.c.audience == "public", shown),
        )
        .order_by(view.c.id)
    )


def _view_of(row: sa.Row[Any], module: str, actor: Actor, publisher: bool) -> SavedView:
    is_mine = row.owner_id == actor.user_id
    return SavedView(
        id=row.id,
        module=module,
        label=row.label,
        state=ViewState(
            filter=row.filter,
            columns=tuple(json.loads(row.columns)),
            sort=tuple(json.loads(row.sort)),
            grouped=row.grouped,
            display=row.display,
        ),
        audience=row.audience,
        owner_id=row.owner_id,
        owner_label=row.owner_label,
        is_mine=is_mine,
        may_change=is_mine or (row.audience == "public" and publisher),
    )


def state_values(state: ViewState) -> dict[str, str]:
    """The columns of a row that hold a state."""
    return {
        "filter": state.filter,
        "columns": json.dumps(state.columns),
        "sort": json.dumps(state.sort),
        "grouped": state.grouped,
        "display": state.display,
    }


def insert_view(conn: sa.Connection, **values: Any) -> int:
    return int(conn.execute(sa.insert(view).values(**values).returning(view.c.id)).scalar_one())


def update_view(conn: sa.Connection, id: int, at: datetime, **values: Any) -> None:
    conn.execute(sa.update(view).where(view.c.id == id).values(modified_at=at, **values))


def delete_view(conn: sa.Connection, module: str, id: int) -> None:
    """With all that people have arranged about it."""
    conn.execute(sa.delete(view_share).where(view_share.c.view_id == id))
    for table in (habit, favourite):
        conn.execute(sa.delete(table).where(table.c.module == module, table.c.view == str(id)))
    conn.execute(sa.delete(view).where(view.c.id == id))


def load_receivers(conn: sa.Connection, id: int) -> tuple[Receiver, ...]:
    query = (
        sa.select(view_share.c.principal_id, view_share.c.role, principal.c.label)
        .outerjoin(principal, principal.c.id == view_share.c.principal_id)
        .where(view_share.c.view_id == id)
        .order_by(view_share.c.id)
    )
    return tuple(
        Receiver(principal=row.principal_id, role=row.role or "", label=row.label or "")
        for row in conn.execute(query).all()
    )


def replace_receivers(conn: sa.Connection, id: int, receivers: Iterable[Receiver]) -> None:
    conn.execute(sa.delete(view_share).where(view_share.c.view_id == id))
    for principal_id, role in dict.fromkeys((each.principal, each.role or None) for each in receivers):
        conn.execute(sa.insert(view_share).values(view_id=id, principal_id=principal_id, role=role))


def known_principals(conn: sa.Connection, ids: Iterable[int]) -> set[int]:
    """Those that are there and active."""
    query = sa.select(principal.c.id).where(principal.c.id.in_(list(ids)), principal.c.active)
    return set(conn.scalars(query))


def count_views(conn: sa.Connection, module: str, owner: int) -> int:
    query = sa.select(sa.func.count()).where(view.c.module == module, view.c.owner_id == owner)
    return int(conn.execute(query).scalar_one())


def load_habits(conn: sa.Connection, user_id: int, module: str) -> dict[str, Habit]:
    query = sa.select(habit).where(habit.c.user_id == user_id, habit.c.module == module).order_by(habit.c.position)
    return {
        row.view: Habit(first=row.first, position=row.position, widths=json.loads(row.widths))
        for row in conn.execute(query).all()
    }


def change_habit(conn: sa.Connection, user_id: int, module: str, key: str, values: Mapping[str, Any]) -> None:
    this = sa.and_(habit.c.user_id == user_id, habit.c.module == module, habit.c.view == key)
    if conn.execute(sa.update(habit).where(this).values(**values)).rowcount == 0:
        base = {"first": False, "position": None, "widths": "{}"}
        conn.execute(sa.insert(habit).values(user_id=user_id, module=module, view=key, **{**base, **values}))


def forget_first(conn: sa.Connection, user_id: int, module: str) -> None:
    conn.execute(
        sa.update(habit).where(habit.c.user_id == user_id, habit.c.module == module, habit.c.first).values(first=False)
    )
