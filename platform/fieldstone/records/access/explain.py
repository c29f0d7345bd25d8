"""Why somebody can, or cannot, see or change a record: every way that brings it into reach, by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.kernel.errors import NotFoundError
from fieldstone.metadata.definitions import Party
from fieldstone.records import codes
from fieldstone.records.access.grants import Source, passes, sources_of
from fieldstone.records.access.parameters import own_ids
from fieldstone.records.access.reach import SHARED_RIGHTS, shares_with
from fieldstone.records.access.record_facts import RecordFacts
from fieldstone.records.access.rights import NEEDS, get_module, scopes_of
from fieldstone.records.access.roles import roles_below
from fieldstone.storage.published import PublishedModel

RIGHTS = ("view", "edit", "delete", "export", "mass_edit")
"""The rights that are about records that are there."""


@dataclass(frozen=True, kw_only=True)
class Reason:
    """One way into reach. `kind`: administrator; scope (`name` is the role or profile, `source` which of the two,
    `role` the role that gives the profile, `scope` own, team, subtree, related or all); default (`access`); rule
    (`name`, `label`, `owners`, `access`); share (`principal` or `role`, `access`, `until` where it ends); parent
    (`module`, `record_id`, and the `reasons` why that one is in reach)."""

    kind: str
    name: str = ""
    label: str = ""
    source: str = ""
    role: str = ""
    scope: str = ""
    access: str = ""
    owners: str = ""
    principal: int | None = None
    module: str = ""
    record_id: int | None = None
    until: datetime | None = None
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """`allowed` is what every door says. `missing` tells why not: right (no role or profile gives it), reach (none
    of the ways leads to this record), or the right that this one goes no further than."""

    right: str
    allowed: bool
    reasons: tuple[Reason, ...] = ()
    missing: str = ""


def explain_access(
    conn: sa.Connection, published: PublishedModel, actor: Actor, module: str, record_id: int
) -> dict[str, Explanation]:
    """Right → why, for a record that may lie in the recycle bin. The scopes of a token do not count.

    Raises NotFoundError record.E010, record.E011."""
    get_module(published, module)
    table = published.tables.module(module).table
    if conn.execute(sa.select(table.c.id).where(table.c.id == record_id)).first() is None:
        raise NotFoundError(codes.NOT_FOUND, module=module, id=record_id)
    return explain_all(RecordFacts(conn, published, module, record_id), actor)


def explain_all(facts: RecordFacts, actor: Actor) -> dict[str, Explanation]:
    """Right → why."""
    return {right: explain(facts, actor, right) for right in RIGHTS}


def explain(facts: RecordFacts, actor: Actor, right: str) -> Explanation:
    """Why somebody has a right to the record, or has not: as far as the facts tell, which may withhold some."""
    if passes(actor):
        return Explanation(right=right, allowed=True, reasons=(Reason(kind="administrator"),))
    if not scopes_of(facts.published, actor, facts.module, right):
        return Explanation(right=right, allowed=False, missing="right")
    reasons = tuple(_reasons(facts, actor, right, frozenset()))
    if not reasons:
        return Explanation(right=right, allowed=False, missing="reach")
    wider = NEEDS.get(right)
    if wider is not None and not any(_reasons(facts, actor, wider, frozenset())):
        return Explanation(right=right, allowed=False, reasons=reasons, missing=wider)
    return Explanation(right=right, allowed=True, reasons=reasons)


def who_can(
    conn: sa.Connection,
    published: PublishedModel,
    actors: Iterable[Actor],
    module: str,
    record_id: int,
    right: str = "view",
) -> list[tuple[Actor, Explanation]]:
    """Those of the actors for whom a record is within reach, and why. Raises as `explain_access`."""
    get_module(published, module)
    facts = RecordFacts(conn, published, module, record_id)
    found = ((actor, explain(facts, actor, right)) for actor in actors)
    return [(actor, explained) for actor, explained in found if explained.allowed]


def _reasons(facts: RecordFacts, actor: Actor, right: str, seen: frozenset[str]) -> Iterator[Reason]:
    for source in sources_of(facts.published, actor):
        scope = source.grants.rights_on(facts.module).get(right, "")
        if scope and _is_in_scope(facts, actor, scope):
            yield _by_source(source, scope)
    if right in SHARED_RIGHTS:
        yield from _shared(facts, actor, right)
        yield from _parents(facts, actor, right, seen)


def _is_in_scope(facts: RecordFacts, actor: Actor, scope: str) -> bool:
    """As `scope_owners` says whose records these are."""
    if scope == "all":
        return True
    if scope == "related":
        return actor.user_id in facts.standing
    ownership = facts.ownership
    if ownership.owner is None:
        return False
    if ownership.owner in own_ids(actor) or actor.user_id in ownership.leaders:
        return True
    if scope == "team":
        return not facts.tree.with_above(ownership.teams).isdisjoint(actor.team_ids)
    if scope == "subtree":
        return not roles_below(facts.published.model.roles, actor.roles).isdisjoint(ownership.roles)
    return False


def _shared(facts: RecordFacts, actor: Actor, right: str) -> Iterator[Reason]:
    default = facts.published.model.sharing.default_of(facts.module)
    if shares_with(right, default):
        yield Reason(kind="default", access=default)
    for rule in facts.rules:
        if shares_with(right, rule.access) and facts.belongs(actor, rule.to):
            owners = _party(rule.owners) if rule.owners else ""
            yield Reason(kind="rule", name=rule.name, label=rule.label, access=rule.access, owners=owners)
    for row in facts.shares:
        if shares_with(right, row.access) and _receives(facts, actor, row.principal_id, row.role):
            whom = {"principal": row.principal_id, "role": row.role or ""}
            yield Reason(kind="share", access=row.access, until=row.until, **whom)


def _receives(facts: RecordFacts, actor: Actor, principal: int | None, role: str | None) -> bool:
    if role:
        return role in actor.roles
    return principal in own_ids(actor) or principal in facts.tree.with_above(actor.team_ids)


def _parents(facts: RecordFacts, actor: Actor, right: str, seen: frozenset[str]) -> Iterator[Reason]:
    for parent in facts.parents:
        if parent.module in seen or not scopes_of(facts.published, actor, parent.module, right):
            continue
        reasons = tuple(_reasons(parent, actor, right, seen | {facts.module}))
        if reasons:
            yield Reason(kind="parent", module=parent.module, record_id=parent.record_id, reasons=reasons)


def _by_source(source: Source, scope: str) -> Reason:
    return Reason(kind="scope", name=source.name, source=source.kind, role=source.role, scope=scope)


def _party(party: Party) -> str:
    return f"{party.kind} {party.name}"
