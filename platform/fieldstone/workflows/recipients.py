"""Who is meant by owner, user:anna, role:sales_manager, team:north, field:email or an address.

Resolved when the workflow runs, for all records of a batch in a few queries. Inactive users are left out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from fieldstone.kernel.codes import declare
from fieldstone.records.id_lists import bind_ids, in_ids
from fieldstone.storage.principals import principal, team, team_member, user, user_role
from fieldstone.workflows.batch import Batch
from fieldstone.workflows.mail import is_address
from fieldstone.workflows.step_scope import StepScope

declare(
    "workflow.E130",
    "{text} does not say who is meant.",
    "Write owner, actor, user:<name>, role:<name>, team:<name>, field:<email field> or an address.",
)
declare("workflow.E131", "{text} cannot be told in the application.", "Name users, roles or teams.")
declare("workflow.E132", "There is no role {role}.")

RECIPIENTS_SCHEMA = {
    "description": "owner, actor, user:<name>, role:<name>, team:<name>, field:<email field>, or an address.",
    "type": "array",
    "minItems": 1,
    "items": {"type": "string", "minLength": 1},
}
_PEOPLE = ("user", "role", "team")


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """One entry of `to`. `kind`: owner, actor, user, role, team, field or address."""

    kind: str
    value: str = ""


@dataclass(frozen=True, kw_only=True)
class Person:
    """An active user; or, with `user_id` None, just an address. `language` "" is that of the application."""

    user_id: int | None
    name: str = ""
    email: str = ""
    language: str = ""
    zone: str = ""


@dataclass
class _Found:
    """What was read for a batch: who is meant by each entry, and by each principal."""

    named: dict[Recipient, list[Person]] = field(default_factory=dict)
    principals: dict[int, list[Person]] = field(default_factory=dict)


def parse_recipients(scope: StepScope, entries: Iterable[str], *, people_only: bool = False) -> tuple[Recipient, ...]:
    """The entries of `to`; notes those that mean nobody there could be."""
    recipients = []
    for text in entries:
        kind, colon, value = text.strip().partition(":")
        if not colon and kind in ("owner", "actor"):
            recipients.append(Recipient(kind=kind))
        elif colon and value and kind in _PEOPLE:
            if kind == "role" and value not in scope.model.roles:
                scope.refuse("workflow.E132", role=value)
            recipients.append(Recipient(kind=kind, value=value))
        elif people_only:
            scope.refuse("workflow.E131", text=text)
        elif kind == "field" and value:
            scope.find_field(value)
            recipients.append(Recipient(kind=kind, value=value))
        elif is_address(text.strip()):
            recipients.append(Recipient(kind="address", value=text.strip()))
        else:
            scope.refuse("workflow.E130", text=text)
    return tuple(recipients)


def resolve(batch: Batch, recipients: Sequence[Recipient]) -> list[list[Person]]:
    """The people meant, for each row of the batch, each once. Nobody found is an empty list."""
    conn = batch.work.connection
    found = _Found()
    for recipient in recipients:
        if recipient.kind in _PEOPLE:
            found.named[recipient] = find_people(conn, recipient)
    ids = {row.values.get("owner") for row in batch.rows if any(item.kind == "owner" for item in recipients)}
    if any(item.kind == "actor" for item in recipients):
        ids.add(batch.work.actor.user_id)
    found.principals = people_of_principals(conn, {id for id in ids if id is not None})
    return [_people_of_row(batch, recipients, row.values, found) for row in batch.rows]


def _people_of_row(
    batch: Batch, recipients: Sequence[Recipient], values: dict[str, object], found: _Found
) -> list[Person]:
    people: dict[object, Person] = {}
    for recipient in recipients:
        if recipient.kind in _PEOPLE:
            meant = found.named[recipient]
        elif recipient.kind in ("owner", "actor"):
            who = values.get("owner") if recipient.kind == "owner" else batch.work.actor.user_id
            meant = found.principals.get(who, []) if isinstance(who, int) else []
        else:
            text = recipient.value if recipient.kind == "address" else values.get(recipient.value)
            meant = [Person(user_id=None, email=text)] if isinstance(text, str) and is_address(text) else []
        for person in meant:
            people.setdefault(person.email.lower() or person.user_id, person)
    return list(people.values())


def find_people(conn: sa.Connection, recipient: Recipient) -> list[Person]:
    """The active users that a user name, a role or a team stands for, in the order of their ids."""
    query = _people()
    if recipient.kind == "user":
        query = query.where(user.c.username == recipient.value)
    elif recipient.kind == "role":
        query = query.join(user_role, user_role.c.user_id == user.c.id).where(user_role.c.role == recipient.value)
    else:
        query = query.join(team_member, team_member.c.user_id == user.c.id)
        query = query.join(team, team.c.id == team_member.c.team_id).where(team.c.name == recipient.value)
    return [_person(row) for row in conn.execute(query)]


def people_of_principals(conn: sa.Connection, ids: Collection[int]) -> dict[int, list[Person]]:
    """Principal id → the user, or the active members of the team."""
    people: dict[int, list[Person]] = {}
    if not ids:
        return people
    dialect = conn.dialect.name
    bound = {"ids": bind_ids(ids, dialect)}
    for row in conn.execute(_people().where(in_ids(user.c.id, "ids", dialect)), bound):
        people[row.id] = [_person(row)]
    members = _people().join(team_member, team_member.c.user_id == user.c.id).add_columns(team_member.c.team_id)
    for row in conn.execute(members.where(in_ids(team_member.c.team_id, "ids", dialect)), bound):
        people.setdefault(row.team_id, []).append(_person(row))
    return people


def _people() -> sa.Select[tuple[int, str, str | None, str | None, str | None]]:
    return (
        sa.select(user.c.id, principal.c.label, user.c.email, user.c.language, user.c.zone)
        .join(principal, principal.c.id == user.c.id)
        .where(principal.c.active)
        .order_by(user.c.id)
    )


def _person(row: sa.Row[tuple[int, str, str | None, str | None, str | None]]) -> Person:
    values = row._mapping
    return Person(
        user_id=values["id"],
        name=values["label"],
        email=values["email"] or "",
        language=values["language"] or "",
        zone=values["zone"] or "",
    )
