"""Why somebody can, or cannot, see or change a record: every way that brings it into reach, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.kernel.errors import NotFoundError
from fieldstone.metadata.definitions import Party
from fieldstone.records import codes
from fieldstone.records.access.grants import Source, passes, sources_of
from fieldstone.records.access.owners import scope_owners
from fieldstone.records.access.parties import membership
from fieldstone.records.access.reach import SHARED_RIGHTS, inherited_from, shares_with
from fieldstone.records.access.rights import NEEDS, get_module, scopes_of
from fieldstone.records.access.rows import Rows
from fieldstone.records.access.tables import share
from fieldstone.records.field_columns import field_columns
from fieldstone.records.id_lists import in_selected
from fieldstone.storage.published import PublishedModel

Condition = Callable[[sa.FromClause], sa.ColumnElement[bool]]

RIGHTS = ("view", "edit", "delete", "export", "mass_edit")
"""The rights that are about records that are there."""


@dataclass(frozen=True, kw_only=True)
class Reason:
    """One way into reach. `kind`: administrator; scope (`name` is the role or profile, `source` which of the two,
    `role` the role that gives the profile, `scope` own, team, subtree, related or all); default (`access`); rule
    (`name`, `label`, `owners`, `access`); share (`principal` or `role`, `access`); parent (`module`, `record_id`,
    and the `reasons` why that one is in reach)."""

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
    return {right: _Explainer(conn, published, actor).explain(module, record_id, right) for right in RIGHTS}


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
    found = []
    for actor in actors:
        explained = _Explainer(conn, published, actor).explain(module, record_id, right)
        if explained.allowed:
            found.append((actor, explained))
    return found


@dataclass(frozen=True, slots=True)
class _Explainer:
    conn: sa.Connection
    published: PublishedModel
    actor: Actor

    def explain(self, module: str, record_id: int, right: str) -> Explanation:
        if passes(self.actor):
            return Explanation(right=right, allowed=True, reasons=(Reason(kind="administrator"),))
        if not scopes_of(self.published, self.actor, module, right):
            return Explanation(right=right, allowed=False, missing="right")
        reasons = tuple(self._reasons(module, record_id, right, frozenset()))
        if not reasons:
            return Explanation(right=right, allowed=False, missing="reach")
        wider = NEEDS.get(right)
        if wider is not None and not any(self._reasons(module, record_id, wider, frozenset())):
            return Explanation(right=right, allowed=False, reasons=reasons, missing=wider)
        return Explanation(right=right, allowed=True, reasons=reasons)

    def _reasons(self, module: str, record_id: int, right: str, seen: frozenset[str]) -> Iterator[Reason]:
        for source in sources_of(self.published, self.actor):
            scope = source.grants.rights_on(module).get(right, "")
            if scope and self._holds(module, record_id, partial(self._by_scope, module, scope)):
                yield _by_source(source, scope)
        if right in SHARED_RIGHTS:
            yield from self._shared(module, record_id, right)
            yield from self._parents(module, record_id, right, seen)

    def _by_scope(self, module: str, scope: str, table: sa.FromClause) -> sa.ColumnElement[bool]:
        if scope == "all":
            return sa.true()
        if scope == "related":
            rows = Rows(self.published, self.actor)
            paths = self.published.model.sharing.portal.get(module, ())
            return sa.or_(sa.false(), *(rows.by_portal(module, table, path) for path in paths))
        owners = scope_owners(self.published, self.actor, [scope])
        return in_selected(table.c.owner_id, sa.union(*owners), self.published.tables.dialect)

    def _shared(self, module: str, record_id: int, right: str) -> Iterator[Reason]:
        sharing = self.published.model.sharing
        default = sharing.default_of(module)
        if shares_with(right, default):
            yield Reason(kind="default", access=default)
        rows = Rows(self.published, self.actor)
        for rule in sharing.rules.values():
            if rule.module != module or not shares_with(right, rule.access):
                continue
            if membership(self.published, self.actor, rule.to) is False:
                continue
            if self._holds(module, record_id, partial(rows.by_rule, rule)):
                owners = _party(rule.owners) if rule.owners else ""
                yield Reason(kind="rule", name=rule.name, label=rule.label, access=rule.access, owners=owners)
        identity = self.published.model.modules[module].identity
        mine = sa.select(share).where(share.c.module == identity, share.c.record_id == record_id, rows.receives())
        for row in self.conn.execute(mine.order_by(share.c.id)):
            if shares_with(right, row.access):
                yield Reason(kind="share", principal=row.principal_id, role=row.role or "", access=row.access)

    def _parents(self, module: str, record_id: int, right: str, seen: frozenset[str]) -> Iterator[Reason]:
        for target in inherited_from(self.published, module):
            if target == module or target in seen or not scopes_of(self.published, self.actor, target, right):
                continue
            parent = self._parent(module, record_id, target)
            if parent is not None:
                reasons = tuple(self._reasons(target, parent, right, seen | {module}))
                if reasons:
                    yield Reason(kind="parent", module=target, record_id=parent, reasons=reasons)

    def _parent(self, module: str, record_id: int, target: str) -> int | None:
        model = self.published.model
        field = model.modules[module].fields[model.sharing.inherit[module]]
        table = self.published.tables.module(module).table
        columns = field_columns(self.published, module, field)
        column = columns.get("_id", columns.get(f"_{target}", columns.get("")))
        assert column is not None
        found = sa.select(column).where(table.c.id == record_id)
        if "_module" in columns:
            found = found.where(columns["_module"] == model.modules[target].identity)
        parent: int | None = self.conn.execute(found).scalar_one_or_none()
        return parent

    def _holds(self, module: str, record_id: int, condition: Condition) -> bool:
        table = self.published.tables.module(module).table
        query: sa.Select[Any] = sa.select(sa.literal_column("1")).where(table.c.id == record_id, condition(table))
        return self.conn.execute(query).first() is not None


def _by_source(source: Source, scope: str) -> Reason:
    return Reason(kind="scope", name=source.name, source=source.kind, role=source.role, scope=scope)


def _party(party: Party) -> str:
    return f"{party.kind} {party.name}"
