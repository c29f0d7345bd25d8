"""Who reaches a record, told to somebody who sees it: all at once, or one person with every way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.kernel.errors import NotFoundError
from fieldstone.records import codes
from fieldstone.records.access.explain import Explanation, explain, explain_all
from fieldstone.records.access.fields import require_readable
from fieldstone.records.access.record_facts import RecordFacts
from fieldstone.records.access.visible import visible_ids
from fieldstone.records.accounts.actors import all_actors, find_actor
from fieldstone.records.accounts.codes import NO_USER
from fieldstone.storage.published import PublishedModel


@dataclass(frozen=True, kw_only=True)
class Witness:
    """Somebody active who sees the record. `view` and `edit` tell why, or why not."""

    actor: Actor
    view: Explanation
    edit: Explanation


@dataclass(frozen=True, kw_only=True)
class Audience:
    """`people` by name; `owner` is a user or a team. `withheld`: there are ways that the one who asks may not know
    of, because they depend on fields or records out of reach; whoever comes by these alone is not among the people."""

    people: tuple[Witness, ...]
    owner: int | None
    withheld: bool


@dataclass(frozen=True, kw_only=True)
class PersonExplained:
    """`rights`: right → why. `withheld` as for an audience."""

    actor: Actor
    rights: Mapping[str, Explanation]
    withheld: bool


def audience_of(conn: sa.Connection, published: PublishedModel, actor: Actor, module: str, record_id: int) -> Audience:
    """Everybody active who reaches a record, in the same few statements however many there are.

    Raises ForbiddenError access.E001, or access.E003 for somebody who may not know the owner; NotFoundError
    record.E010, record.E011."""
    facts = _open(conn, published, actor, module, record_id)
    people = []
    for each in all_actors(conn):
        view = explain(facts, each, "view")
        if view.allowed:
            people.append(Witness(actor=each, view=view, edit=explain(facts, each, "edit")))
    return Audience(people=tuple(people), owner=facts.ownership.owner, withheld=facts.withheld)


def explain_person(
    conn: sa.Connection, published: PublishedModel, actor: Actor, module: str, record_id: int, user_id: int
) -> PersonExplained:
    """What one active user may do with a record, and why. Raises as `audience_of`, NotFoundError account.E009."""
    facts = _open(conn, published, actor, module, record_id)
    person = find_actor(conn, user_id)
    if person is None:
        raise NotFoundError(NO_USER, username=str(user_id))
    return PersonExplained(actor=person, rights=explain_all(facts, person), withheld=facts.withheld)


def _open(conn: sa.Connection, published: PublishedModel, actor: Actor, module: str, record_id: int) -> RecordFacts:
    """Of a record that the actor sees, in the recycle bin or outside."""
    if not any(
        visible_ids(conn, published, actor, module, [record_id], "view", deleted=deleted) for deleted in (False, True)
    ):
        raise NotFoundError(codes.NOT_FOUND, module=module, id=record_id)
    require_readable(published, actor, module, [("owner",)])
    return RecordFacts(conn, published, module, record_id, actor)
