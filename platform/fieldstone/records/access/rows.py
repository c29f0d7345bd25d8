"""Which records of a module are within an actor's reach, as one condition on its table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.metadata.definitions import SharingRuleDef
from fieldstone.records.access.owners import Owners, party_owners, scope_owners
from fieldstone.records.access.parameters import own_list, team_list, user_id
from fieldstone.records.access.parties import membership
from fieldstone.records.access.reach import Reach, find_reach
from fieldstone.records.access.rights import NEEDS, require
from fieldstone.records.access.rules import rule_condition
from fieldstone.records.access.share_ends import lasts
from fieldstone.records.access.tables import share, stands_for
from fieldstone.records.access.teams import teams_above
from fieldstone.records.field_columns import field_columns
from fieldstone.records.id_lists import in_selected
from fieldstone.records.paths import lookup_target
from fieldstone.storage.published import PublishedModel

Condition = sa.ColumnElement[bool]


def row_condition(
    published: PublishedModel, actor: Actor, module: str, table: sa.FromClause, right: str = "view"
) -> Condition | None:
    """The condition on a module's table (or an alias of it) that leaves the records within the actor's
    reach; None when all are. Raises as `require` does.

    Complete as it is. A kept statement serves every actor of the same `access_profile` when it is run
    with their `scope_parameters`.
    """
    require(published, actor, module, right)
    return Rows(published, actor).reached(module, table, right)


def is_limited(published: PublishedModel, actor: Actor, module: str, right: str = "view") -> bool:
    """Whether some records of a module that the actor has a right on may be out of reach."""
    if not find_reach(published, actor, module, right).everything:
        return True
    return right in NEEDS and is_limited(published, actor, module, NEEDS[right])


@dataclass(frozen=True, slots=True)
class Rows:
    """The conditions for one actor, whole and by what they come from."""

    published: PublishedModel
    actor: Actor

    def reached(
        self, module: str, table: sa.FromClause, right: str, seen: frozenset[str] = frozenset()
    ) -> Condition | None:
        """All ways together; None when everything is within reach. `seen`: modules on the way from child to parent,
        so that a circle of them ends."""
        reach = find_reach(self.published, self.actor, module, right)
        found = None if reach.everything else either(list(self._ways(module, table, right, reach, seen)))
        if right not in NEEDS:
            return found
        wider = self.reached(module, table, NEEDS[right], seen)
        if found is None or wider is None:
            return wider if found is None else found
        return sa.and_(found, wider)

    def owned_by_reach(self, reach: Reach) -> list[Owners]:
        """The owners all of whose records are in reach, by scopes and by rules without a condition."""
        owners = scope_owners(self.published, self.actor, reach.scopes)
        for rule in reach.rules:
            if not rule.where:
                owners += self.owned_by_rule(rule)
        return owners

    def owned_by_rule(self, rule: SharingRuleDef) -> list[Owners]:
        """The owners that a rule is about: nobody, for an actor who turns out not to be among the receivers."""
        if rule.owners is None:
            return []
        owners, gate = party_owners(self.published, rule.owners), membership(self.published, self.actor, rule.to)
        if gate is True:
            return owners
        return [each.where(sa.false() if gate is False else gate) for each in owners]

    def by_rule(self, rule: SharingRuleDef, table: sa.FromClause) -> Condition:
        """What one rule shares with the actor."""
        parts: list[Condition] = []
        if rule.owners is not None:
            parts.append(self._in(table.c.owner_id, self.owned_by_rule(rule)))
        else:
            gate = membership(self.published, self.actor, rule.to)
            if gate is not True:
                parts.append(sa.false() if gate is False else gate)
        if rule.where:
            parts.append(rule_condition(self.published, rule.module, rule.where, table))
        return sa.and_(sa.true(), *parts)

    def by_share(self, module: str, table: sa.FromClause, right: str) -> Condition:
        """What was shared by hand with the actor, a team the actor belongs to, or a role."""
        return in_selected(table.c.id, self.shared_ids(module, right), self.published.tables.dialect)

    def shared_ids(self, module: str, right: str) -> sa.Select[tuple[int]]:
        identity = self.published.model.modules[module].identity
        found = sa.select(share.c.record_id).where(share.c.module == identity, self.receives())
        return found if right == "view" else found.where(share.c.access == "edit")

    def receives(self) -> Condition:
        """A row of fs_share is for the actor, and has not ended."""
        dialect = self.published.tables.dialect
        principals: list[Owners] = [own_list(self.actor, dialect)]
        if self.actor.team_ids:
            principals.append(teams_above(team_list(self.actor, dialect)))
        mine = self._in(share.c.principal_id, principals)
        if self.actor.roles:
            mine = sa.or_(mine, share.c.role.in_(self.actor.roles))
        return sa.and_(mine, lasts(self.published))

    def by_parents(
        self, module: str, table: sa.FromClause, right: str, parents: Sequence[str], seen: frozenset[str] = frozenset()
    ) -> Iterator[Condition]:
        """What comes with a parent in reach, one condition for each module of parents."""
        model = self.published.model
        field = model.modules[module].fields[model.sharing.inherit[module]]
        columns = {
            suffix: table.c[column.name] for suffix, column in field_columns(self.published, module, field).items()
        }
        for target in parents:
            if target == module or target in seen:
                continue
            alias = self.published.tables.module(target).table.alias()
            reached = self.reached(target, alias, right, seen | {module})
            column = columns.get("_id", columns.get(f"_{target}", columns.get("")))
            assert column is not None
            there: Condition = column.is_not(None)
            if reached is not None:
                there = in_selected(column, sa.select(alias.c.id).where(reached), self.published.tables.dialect)
            if "_module" in columns:
                there = sa.and_(columns["_module"] == model.modules[target].identity, there)
            yield there

    def by_portal(self, module: str, table: sa.FromClause, path: Sequence[str]) -> Condition:
        """What belongs to a record that the user stands for."""
        model, dialect = self.published.model, self.published.tables.dialect
        if not path:
            return in_selected(table.c.id, self._stood_for(module), dialect)
        field = model.modules[module].fields.get(path[0])
        target = lookup_target(model, field) if field is not None else ""
        if field is None or not target:
            return sa.false()
        (own,) = field_columns(self.published, module, field).values()
        if len(path) == 1:
            return in_selected(table.c[own.name], self._stood_for(target), dialect)
        alias = self.published.tables.module(target).table.alias()
        beyond = sa.select(alias.c.id).where(self.by_portal(target, alias, path[1:]))
        return in_selected(table.c[own.name], beyond, dialect)

    def _ways(
        self, module: str, table: sa.FromClause, right: str, reach: Reach, seen: frozenset[str]
    ) -> Iterator[Condition]:
        owners = self.owned_by_reach(reach)
        if owners:
            yield self._in(table.c.owner_id, owners)
        for rule in reach.rules:
            if rule.where or rule.owners is None:
                yield self.by_rule(rule, table)
        if reach.shared:
            yield self.by_share(module, table, right)
        for path in reach.portal:
            yield self.by_portal(module, table, path)
        if reach.parents:
            yield from self.by_parents(module, table, right, reach.parents, seen)

    def _in(self, column: sa.ColumnElement[int], ids: Sequence[Owners]) -> Condition:
        listed = ids[0] if len(ids) == 1 else sa.union(*ids)
        return in_selected(column, listed, self.published.tables.dialect)

    def _stood_for(self, module: str) -> sa.Select[tuple[int]]:
        identity = self.published.model.modules[module].identity
        mine = stands_for.c.user_id == user_id(self.actor)
        return sa.select(stands_for.c.record_id).where(mine, stands_for.c.module == identity)


def either(ways: Sequence[Condition]) -> Condition:
    """One of the ways, or none when there are none."""
    if not ways:
        return sa.false()
    return ways[0] if len(ways) == 1 else sa.or_(*ways)
