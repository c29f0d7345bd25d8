"""What decides about one record, read for everybody at once: its owner, who it is shared with, which rules hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from fieldstone.expressions.compiled import compile_expression
from fieldstone.kernel.actors import SYSTEM, Actor
from fieldstone.kernel.errors import ForbiddenError
from fieldstone.metadata.definitions import Party, SharingRuleDef
from fieldstone.records.access.fields import can_read_field
from fieldstone.records.access.parties import belongs_by_role
from fieldstone.records.access.reach import inherited_from
from fieldstone.records.access.rights import has_right
from fieldstone.records.access.roles import roles_below
from fieldstone.records.access.rules import rule_condition
from fieldstone.records.access.scope import readable_scope
from fieldstone.records.access.share_ends import lasts
from fieldstone.records.access.tables import share, stands_for
from fieldstone.records.access.visible import visible_ids
from fieldstone.records.field_columns import field_columns
from fieldstone.records.paths import lookup_target
from fieldstone.storage.principals import team, team_member, user_role
from fieldstone.storage.published import PublishedModel


@dataclass(frozen=True, kw_only=True)
class TeamTree:
    """`above`: team → the team above it; `names`: name → team."""

    above: Mapping[int, int | None]
    names: Mapping[str, int]

    def with_above(self, teams: Iterable[int]) -> frozenset[int]:
        """These teams and all above them."""
        found: set[int] = set()
        for each in teams:
            above: int | None = each
            while above is not None and above not in found:
                found.add(above)
                above = self.above.get(above)
        return frozenset(found)

    def holds(self, teams: Iterable[int], name: str) -> bool:
        """Whether one of the teams is the named one or below it."""
        return self.names.get(name) in self.with_above(teams)


@dataclass(frozen=True, kw_only=True)
class Ownership:
    """`teams`: the team that owns it or those of the user who does; `leaders` lead one of these users' teams."""

    owner: int | None = None
    roles: frozenset[str] = frozenset()
    teams: frozenset[int] = frozenset()
    leaders: frozenset[int] = frozenset()


@dataclass(frozen=True)
class RecordFacts:
    """Of a record that is there, as `viewer` may know them: what depends on fields or records out of the viewer's
    reach is left out, and `withheld` tells so. Everything is read once, whoever is asked about afterwards."""

    conn: sa.Connection
    published: PublishedModel
    module: str
    record_id: int
    viewer: Actor = SYSTEM

    @cached_property
    def tree(self) -> TeamTree:
        rows = self.conn.execute(sa.select(team.c.id, team.c.parent_id, team.c.name)).all()
        return TeamTree(above={row.id: row.parent_id for row in rows}, names={row.name: row.id for row in rows})

    @cached_property
    def ownership(self) -> Ownership:
        table = self.published.tables.module(self.module).table
        owner = self.conn.scalar(sa.select(table.c.owner_id).where(table.c.id == self.record_id))
        if owner is None:
            return Ownership()
        if owner in self.tree.above:
            return Ownership(owner=owner, teams=frozenset({owner}))
        own = sa.select(team_member.c.team_id).where(team_member.c.user_id == owner)
        members = sa.select(team_member.c.team_id, team_member.c.user_id, team_member.c.leader)
        rows = self.conn.execute(members.where(team_member.c.team_id.in_(own))).all()
        return Ownership(
            owner=owner,
            roles=frozenset(self.conn.scalars(sa.select(user_role.c.role).where(user_role.c.user_id == owner))),
            teams=frozenset(row.team_id for row in rows),
            leaders=frozenset(row.user_id for row in rows if row.leader),
        )

    @cached_property
    def rules(self) -> tuple[SharingRuleDef, ...]:
        """Those of the viewer's knowledge that share this record with somebody."""
        known = [rule for rule in self._all_rules if self._is_known(rule)]
        table = self.published.tables.module(self.module).table
        asked = {rule.name: rule_condition(self.published, self.module, rule.where, table)
                 for rule in known if rule.where}  # fmt: skip
        held: Mapping[Any, Any] = {}
        if asked:
            columns = [sa.case((condition, 1), else_=0).label(name) for name, condition in asked.items()]
            found = self.conn.execute(sa.select(*columns).where(table.c.id == self.record_id)).one()
            held = found._mapping
        return tuple(
            rule
            for rule in known
            if (not rule.where or held[rule.name]) and (rule.owners is None or self._is_owned_by(rule.owners))
        )

    @cached_property
    def shares(self) -> tuple[Any, ...]:
        """The rows of fs_share that have not ended, oldest first."""
        identity = self.published.model.modules[self.module].identity
        mine = (share.c.module == identity, share.c.record_id == self.record_id, lasts(self.published))
        return tuple(self.conn.execute(sa.select(share).where(*mine).order_by(share.c.id)))

    @cached_property
    def standing(self) -> frozenset[int]:
        """The users of a portal that the record belongs to."""
        paths = self.published.model.sharing.portal.get(self.module, ())
        found: set[int] = set()
        for path in paths:
            if not path or can_read_field(self.published, self.viewer, self.module, ".".join(path)):
                found.update(self._standing(path))
        return frozenset(found)

    @cached_property
    def parents(self) -> tuple[RecordFacts, ...]:
        """Those of the records it follows that the viewer sees."""
        return tuple(each for each in self._all_parents if self._sees(each))

    @property
    def withheld(self) -> bool:
        sharing = self.published.model.sharing
        return (
            len(self.parents) < len(self._all_parents)
            or not all(map(self._is_known, self._all_rules))
            or not all(
                can_read_field(self.published, self.viewer, self.module, ".".join(path))
                for path in sharing.portal.get(self.module, ())
                if path
            )
        )

    def belongs(self, actor: Actor, parties: Iterable[Party]) -> bool:
        """Whether somebody is one of those that something is shared with."""
        return any(
            self.tree.holds(actor.team_ids, party.name)
            if party.kind == "team"
            else belongs_by_role(self.published, actor, party)
            for party in parties
        )

    @cached_property
    def _all_rules(self) -> tuple[SharingRuleDef, ...]:
        rules = self.published.model.sharing.rules.values()
        return tuple(rule for rule in rules if rule.module == self.module)

    def _is_known(self, rule: SharingRuleDef) -> bool:
        """Whether its condition names only what the viewer may read."""
        if not rule.where:
            return True
        try:
            compile_expression(rule.where, readable_scope(self.published, self.viewer, self.module), expected="boolean")
        except ForbiddenError:
            return False
        return True

    def _is_owned_by(self, party: Party) -> bool:
        if party.kind == "team":
            return self.tree.holds(self.ownership.teams, party.name)
        names = {party.name}
        if party.kind == "subtree":
            names |= roles_below(self.published.model.roles, names)
        return not names.isdisjoint(self.ownership.roles)

    @cached_property
    def _all_parents(self) -> tuple[RecordFacts, ...]:
        return tuple(self._find_parents())

    def _find_parents(self) -> Iterator[RecordFacts]:
        model = self.published.model
        targets = [each for each in inherited_from(self.published, self.module) if each != self.module]
        if not targets:
            return
        columns = field_columns(
            self.published, self.module, model.modules[self.module].fields[model.sharing.inherit[self.module]]
        )
        table = self.published.tables.module(self.module).table
        row = self.conn.execute(sa.select(*columns.values()).where(table.c.id == self.record_id)).one()
        values = {suffix: row._mapping[column] for suffix, column in columns.items()}
        for target in targets:
            if "_module" in values and values["_module"] != model.modules[target].identity:
                continue
            parent = values.get("_id", values.get(f"_{target}", values.get("")))
            if parent is not None:
                yield RecordFacts(self.conn, self.published, target, parent, self.viewer)

    def _sees(self, parent: RecordFacts) -> bool:
        lookup = self.published.model.sharing.inherit[self.module]
        if not can_read_field(self.published, self.viewer, self.module, lookup):
            return False
        if not has_right(self.published, self.viewer, parent.module, "view"):
            return False
        return any(
            visible_ids(
                self.conn, self.published, self.viewer, parent.module, [parent.record_id], "view", deleted=deleted
            )
            for deleted in (False, True)
        )

    def _standing(self, path: tuple[str, ...]) -> Iterable[int]:
        """The users who stand for the record that one of the portal's paths leads to."""
        model, module, record = self.published.model, self.module, self.record_id
        for step in path:
            field = model.modules[module].fields.get(step)
            target = lookup_target(model, field) if field is not None else ""
            if field is None or not target:
                return ()
            (column,) = field_columns(self.published, module, field).values()
            table = self.published.tables.module(module).table
            found = self.conn.scalar(sa.select(column).where(table.c.id == record))
            if found is None:
                return ()
            module, record = target, found
        mine = (stands_for.c.module == model.modules[module].identity, stands_for.c.record_id == record)
        return self.conn.scalars(sa.select(stands_for.c.user_id).where(*mine)).all()
