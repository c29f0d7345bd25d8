"""Who is asked for an approval: as in `to` of a notification, and besides a field that names a user, and the leaders of
the owner's teams. For somebody who is no longer active the leaders of their teams stand in."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from fieldstone.storage.principals import principal, team_member, user
from fieldstone.workflows.batch import Batch
from fieldstone.workflows.recipients import Person, Recipient, parse_recipients, people_of_principals, resolve
from fieldstone.workflows.step_scope import StepScope

APPROVERS_SCHEMA = {
    "description": "owner, leader (of the owner's teams), actor, user:<name>, role:<name>, team:<name>, or "
    "field:<user field>.",
    "type": "array",
    "minItems": 1,
    "items": {"type": "string", "minLength": 1},
}
_LEADER = Recipient(kind="leader")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """`absent`: the names of those who are not active, for whom others stand in as far as there are any."""

    people: tuple[Person, ...]
    absent: tuple[str, ...] = ()


def parse_approvers(scope: StepScope, entries: Iterable[str]) -> tuple[Recipient, ...]:
    """The entries of `by`; notes those that mean nobody there could be."""
    found: list[Recipient] = []
    for entry in entries:
        kind, colon, name = entry.strip().partition(":")
        if kind == "leader" and not colon:
            found.append(_LEADER)
        elif kind == "field" and name:
            field = scope.find_field(name)
            if field is not None and field.type != "user":
                scope.unusable(f"{name} does not name a user.")
            found.append(Recipient(kind="field", value=name))
        else:
            found += parse_recipients(scope, [entry], people_only=True)
    return tuple(found)


def find_approvers(batch: Batch, recipients: Sequence[Recipient]) -> list[Asked]:
    """Who is asked, for each row of the batch, each once."""
    conn = batch.work.connection
    plain = [each for each in recipients if each.kind not in ("leader", "field")]
    known = resolve(batch, plain)
    meant = [list(_meant(batch, recipients, row.values)) for row in batch.rows]
    owners = {_owner(row.values) for row in batch.rows} if _LEADER in recipients else set()
    named = _named(conn, [each.value for each in recipients if each.kind == "user"])
    ids = {id for each in meant for id in each} | set(named.values())
    active = people_of_principals(conn, ids)
    absent = {id for id in ids if not active.get(id)}
    leaders = find_leaders(conn, absent | {owner for owner in owners if owner is not None})
    names = _names(conn, absent)
    found = []
    for row, people, mine in zip(batch.rows, known, meant, strict=True):
        asked = {person.user_id: person for person in people}
        away = [id for id in dict.fromkeys((*mine, *named.values())) if id in absent and id in names]
        wanted = [person for id in mine for person in active.get(id, ())]
        wanted += [person for id in away for person in leaders.get(id, ())]
        if _LEADER in recipients:
            wanted += leaders.get(_owner(row.values) or 0, ())
        asked |= {person.user_id: person for person in wanted}
        found.append(Asked(people=tuple(asked.values()), absent=tuple(names[id] for id in away)))
    return found


def _meant(batch: Batch, recipients: Sequence[Recipient], values: dict[str, object]) -> Iterable[int]:
    """The principals that a record, or the run, names."""
    for recipient in recipients:
        who: object = None
        if recipient.kind == "owner":
            who = values.get("owner")
        elif recipient.kind == "actor":
            who = batch.work.actor.user_id
        elif recipient.kind == "field":
            who = values.get(recipient.value)
        if isinstance(who, int):
            yield who


def _owner(values: dict[str, object]) -> int | None:
    owner = values.get("owner")
    return owner if isinstance(owner, int) else None


def _named(conn: sa.Connection, usernames: Collection[str]) -> dict[str, int]:
    """User name → id, active or not."""
    if not usernames:
        return {}
    query = sa.select(user.c.username, user.c.id).where(user.c.username.in_(usernames))
    return {row.username: row.id for row in conn.execute(query)}


def _names(conn: sa.Connection, ids: Collection[int]) -> dict[int, str]:
    """Those of users; teams without active members are nobody's absence."""
    if not ids:
        return {}
    query = sa.select(principal.c.id, principal.c.label).where(principal.c.id.in_(ids), principal.c.kind == "user")
    return {row.id: row.label for row in conn.execute(query)}


def find_leaders(conn: sa.Connection, ids: Collection[int]) -> dict[int, list[Person]]:
    """User or team → the active leaders of it, or of the teams the user is in; nobody leads themselves."""
    if not ids:
        return {}
    member, leader = team_member.alias(), team_member.alias()
    of_users = (
        sa.select(member.c.user_id.label("whom"), leader.c.user_id.label("leader"))
        .join(leader, sa.and_(leader.c.team_id == member.c.team_id, leader.c.leader))
        .where(member.c.user_id.in_(ids), leader.c.user_id != member.c.user_id)
    )
    of_teams = sa.select(leader.c.team_id.label("whom"), leader.c.user_id.label("leader")).where(
        leader.c.team_id.in_(ids), leader.c.leader
    )
    pairs = conn.execute(sa.union(of_users, of_teams)).all()
    people = people_of_principals(conn, {row.leader for row in pairs})
    found: dict[int, list[Person]] = {}
    for row in sorted(pairs, key=lambda row: (row.whom, row.leader)):
        found.setdefault(row.whom, []).extend(people.get(row.leader, ()))
    return found
