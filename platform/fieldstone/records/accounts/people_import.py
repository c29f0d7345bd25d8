"""Bringing a file of people in: users, their managers' teams, and the offices those belong to.

Running it again changes nothing: people are found by user name, else by name; teams by name. Nobody is
taken out of a team.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from fieldstone.kernel.folding import fold
from fieldstone.records.accounts.people_file import PeopleFile, PersonRow
from fieldstone.records.accounts.teams import add_teams
from fieldstone.records.accounts.usernames import derive_username
from fieldstone.records.accounts.users import NewUser, add_users, read_username
from fieldstone.storage.principals import principal, team, team_member, user


@dataclass(frozen=True, kw_only=True)
class PeopleReport:
    """`unchanged` counts people that were there already; `problems` are rows left out, in words."""

    users_added: int
    teams_added: int
    unchanged: int
    problems: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "users_added": self.users_added,
            "teams_added": self.teams_added,
            "unchanged": self.unchanged,
            "problems": list(self.problems),
        }


@dataclass(frozen=True, kw_only=True)
class PeopleRoles:
    """The roles that new users get; () for none."""

    agent: tuple[str, ...]
    manager: tuple[str, ...]


def import_people(
    conn: sa.Connection, people: PeopleFile, roles: PeopleRoles, now: datetime, profiles: tuple[str, ...] = ()
) -> PeopleReport:
    """Add what is not there yet, in a fixed number of statements."""
    known = _KnownPeople(conn, {read_username(row.username) for row in people.rows if row.username})
    rows, problems = _without_ambiguous(people.rows, known)
    managers = _managers(rows)
    new: dict[str, NewUser] = {}
    for row in rows:
        if known.find(row.name, row.username) is None and fold(row.name) not in new:
            given = roles.manager if fold(row.name) in managers else roles.agent
            username = read_username(row.username) if row.username else known.derive(row.name)
            new[fold(row.name)] = NewUser(
                username=username, label=row.name, email=row.email, roles=given, profiles=profiles
            )
    for key, name in managers.items():
        if known.find(name, "") is None and key not in new:
            new[key] = NewUser(username=known.derive(name), label=name, roles=roles.manager, profiles=profiles)
    for key, user_id in zip(new, add_users(conn, list(new.values()), now), strict=True):
        known.add(key, user_id, new[key].username)
    teams_added = _join_teams(conn, rows, managers, known)
    met = {fold(row.name) for row in rows} | set(managers)
    return PeopleReport(
        users_added=len(new),
        teams_added=teams_added,
        unchanged=len(met) - len(new),
        problems=(*people.problems, *problems),
    )


class _KnownPeople:
    """Users by folded name and by user name; `spoken_for` are user names that the file gives."""

    def __init__(self, conn: sa.Connection, spoken_for: set[str]) -> None:
        self._taken = spoken_for
        statement = sa.select(user.c.id, user.c.username, principal.c.label)
        self._by_name: dict[str, list[int]] = {}
        self._by_username: dict[str, int] = {}
        for user_id, username, label in conn.execute(statement.join(principal, principal.c.id == user.c.id)):
            self.add(fold(label), user_id, username)

    def add(self, key: str, user_id: int, username: str) -> None:
        self._by_name.setdefault(key, []).append(user_id)
        self._by_username[username] = user_id
        self._taken.add(username)

    def find(self, name: str, username: str) -> int | None:
        if username:
            return self._by_username.get(read_username(username))
        found = self._by_name.get(fold(name), [])
        return found[0] if found else None

    def is_ambiguous(self, name: str) -> bool:
        return len(self._by_name.get(fold(name), ())) > 1

    def derive(self, name: str) -> str:
        """A free user name, taken from now on."""
        username = derive_username(name, self._taken)
        self._taken.add(username)
        return username


def _without_ambiguous(rows: Sequence[PersonRow], known: _KnownPeople) -> tuple[list[PersonRow], list[str]]:
    """Leave out rows that could mean several users: nobody is taken for somebody else."""
    kept: list[PersonRow] = []
    problems: list[str] = []
    offices: dict[str, str] = {}
    owners: dict[str, str] = {}
    for row in rows:
        owner = owners.setdefault(fold(row.username), row.name) if row.username else row.name
        names = [] if row.username else [row.name]
        twice = next((name for name in (*names, row.manager) if name and known.is_ambiguous(name)), "")
        office = offices.setdefault(fold(row.manager), row.team) if row.manager else row.team
        if twice:
            problems.append(f"Row {row.number}: there are several users called “{twice}”; give the user name.")
        elif fold(owner) != fold(row.name):
            problems.append(f"Row {row.number}: the user name {row.username} is {owner}'s.")
        elif fold(office) != fold(row.team):
            problems.append(
                f"Row {row.number}: {row.manager} belongs to {office} in an earlier row, here to {row.team}."
            )
        else:
            kept.append(row)
    return kept, problems


def _managers(rows: Iterable[PersonRow]) -> dict[str, str]:
    return {fold(row.manager): row.manager for row in rows if row.manager}


def _join_teams(
    conn: sa.Connection, rows: Sequence[PersonRow], managers: Mapping[str, str], known: _KnownPeople
) -> int:
    """Offices at the top, below each its managers' teams, with the manager as leader. How many teams are new."""
    office_of = {fold(row.manager): row.team for row in rows if row.manager}
    offices = {fold(row.team): row.team for row in rows if row.team}
    ids = {fold(name): team_id for team_id, name in conn.execute(sa.select(team.c.id, team.c.name))}
    added = _add_missing(conn, ids, dict.fromkeys(offices.values()))
    below = {_team_of(name): ids.get(fold(office_of[key])) for key, name in managers.items()}
    added += _add_missing(conn, ids, below)
    wanted: dict[tuple[int, int], bool] = {}
    for name in managers.values():
        leader = known.find(name, "")
        if leader is not None:
            wanted[ids[fold(_team_of(name))], leader] = True
    for row in rows:
        team_name = _team_of(managers[fold(row.manager)]) if row.manager else row.team
        member = known.find(row.name, row.username)
        if team_name and member is not None:
            wanted.setdefault((ids[fold(team_name)], member), False)
    present = {(row.team_id, row.user_id) for row in conn.execute(sa.select(team_member))}
    missing = [
        {"team_id": team_id, "user_id": user_id, "leader": leader}
        for (team_id, user_id), leader in wanted.items()
        if (team_id, user_id) not in present
    ]
    if missing:
        conn.execute(sa.insert(team_member), missing)
    return added


def _add_missing(conn: sa.Connection, ids: dict[str, int], teams: Mapping[str, int | None]) -> int:
    missing = {fold(name): (name, parent) for name, parent in teams.items() if fold(name) not in ids}
    ids.update(zip(missing, add_teams(conn, list(missing.values())), strict=True))
    return len(missing)


def _team_of(manager: str) -> str:
    return f"{manager}'s team"
