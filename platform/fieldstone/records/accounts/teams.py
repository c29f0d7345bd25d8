"""Teams: a tree of groups of users. Like users they may own records."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from fieldstone.kernel.errors import ConflictError, InvalidInputError, NotFoundError
from fieldstone.records.access.tables import share
from fieldstone.records.accounts import codes
from fieldstone.records.accounts.users import add_principals, read_label, set_label
from fieldstone.storage.principals import principal, team, team_member


@dataclass(frozen=True, kw_only=True)
class TeamNode:
    """A team in the tree: `depth` 0 at the root, parents before their children; members are user ids."""

    id: int
    name: str
    parent_id: int | None
    depth: int
    leaders: tuple[int, ...]
    members: tuple[int, ...]
    active: bool


def add_teams(conn: sa.Connection, teams: Sequence[tuple[str, int | None]]) -> list[int]:
    """Add teams (name, parent id), ids in their order. Raises ConflictError account.E011, NotFoundError."""
    if not teams:
        return []
    names = [read_label(name) for name, _ in teams]
    taken = set(conn.scalars(sa.select(team.c.name).where(team.c.name.in_(names))))
    for position, name in enumerate(names):
        if name in taken or name in names[:position]:
            raise ConflictError(codes.TEAM_TAKEN, team=name)
    _require_teams(conn, {parent for _, parent in teams if parent is not None})
    ids = add_principals(conn, "team", names)
    rows = [
        {"id": team_id, "name": name, "parent_id": parent}
        for team_id, name, (_, parent) in zip(ids, names, teams, strict=True)
    ]
    conn.execute(sa.insert(team), rows)
    return ids


def list_teams(conn: sa.Connection) -> list[TeamNode]:
    """All teams as a tree in order of reading, in two queries."""
    statement = sa.select(team, principal.c.active).join(principal, principal.c.id == team.c.id)
    rows = conn.execute(statement.order_by(principal.c.label_key, team.c.id)).all()
    members: dict[int, list[tuple[int, bool]]] = {}
    for team_id, user_id, leader in conn.execute(sa.select(team_member).order_by(team_member.c.user_id)):
        members.setdefault(team_id, []).append((user_id, leader))
    children: dict[int | None, list[sa.Row[tuple[object, ...]]]] = {}
    for row in rows:
        children.setdefault(row.parent_id, []).append(row)
    found: list[TeamNode] = []
    waiting = [(row, 0) for row in reversed(children.get(None, []))]
    while waiting:
        row, depth = waiting.pop()
        people = members.get(row.id, [])
        found.append(
            TeamNode(
                id=row.id,
                name=row.name,
                parent_id=row.parent_id,
                depth=depth,
                leaders=tuple(user_id for user_id, leader in people if leader),
                members=tuple(user_id for user_id, _ in people),
                active=row.active,
            )
        )
        waiting.extend((child, depth + 1) for child in reversed(children.get(row.id, [])))
    return found


def rename_team(conn: sa.Connection, team_id: int, name: str) -> None:
    """Raises ConflictError account.E011, NotFoundError account.E010."""
    _require_teams(conn, {team_id})
    name = read_label(name)
    if conn.scalar(sa.select(team.c.id).where(team.c.name == name, team.c.id != team_id)) is not None:
        raise ConflictError(codes.TEAM_TAKEN, team=name)
    conn.execute(sa.update(team).where(team.c.id == team_id).values(name=name))
    set_label(conn, team_id, name)


def move_team(conn: sa.Connection, team_id: int, parent_id: int | None) -> None:
    """Put a team below another, or at the root. Raises InvalidInputError account.E012 for a cycle."""
    _require_teams(conn, {id for id in (team_id, parent_id) if id is not None})
    parents = {row.id: row.parent_id for row in conn.execute(sa.select(team.c.id, team.c.parent_id))}
    above = parent_id
    while above is not None:
        if above == team_id:
            name = conn.scalar(sa.select(team.c.name).where(team.c.id == team_id))
            raise InvalidInputError(codes.TEAM_CYCLE, team=name)
        above = parents[above]
    conn.execute(sa.update(team).where(team.c.id == team_id).values(parent_id=parent_id))


def remove_team(conn: sa.Connection, team_id: int) -> None:
    """Take a team away: the teams below it go below the one above, what was shared with it is so no longer. Its name
    stays in the history of what it owned. Raises NotFoundError account.E010."""
    _require_teams(conn, {team_id})
    above = conn.scalar(sa.select(team.c.parent_id).where(team.c.id == team_id))
    conn.execute(sa.update(team).where(team.c.parent_id == team_id).values(parent_id=above))
    conn.execute(sa.delete(team_member).where(team_member.c.team_id == team_id))
    conn.execute(sa.delete(share).where(share.c.principal_id == team_id))
    conn.execute(sa.delete(team).where(team.c.id == team_id))
    conn.execute(sa.update(principal).where(principal.c.id == team_id).values(active=False))


def set_members(conn: sa.Connection, team_id: int, members: Iterable[int], leaders: Iterable[int] = ()) -> None:
    """Replace who belongs to a team; leaders are members too."""
    _require_teams(conn, {team_id})
    leading = set(leaders)
    conn.execute(sa.delete(team_member).where(team_member.c.team_id == team_id))
    rows = [
        {"team_id": team_id, "user_id": user_id, "leader": user_id in leading} for user_id in leading.union(members)
    ]
    if rows:
        conn.execute(sa.insert(team_member), rows)


def _require_teams(conn: sa.Connection, ids: set[int]) -> None:
    missing = ids - set(conn.scalars(sa.select(team.c.id).where(team.c.id.in_(ids)))) if ids else ids
    if missing:
        raise NotFoundError(codes.NO_TEAM, team=str(min(missing)))
