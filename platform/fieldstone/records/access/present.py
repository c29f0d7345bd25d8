"""What brings records of a module into an actor's reach at the moment: which owners, which rules, any shares.

Users and teams are few beside records. Read first, in the snapshot of the statement that they decide about, and bound
to it as lists, they leave it a condition that an index answers; what does not count for anybody just now is not in it.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.records.access.owners import Owners
from fieldstone.records.access.parameters import access_profile, scope_parameters
from fieldstone.records.access.parties import membership
from fieldstone.records.access.reach import Reach, find_reach
from fieldstone.records.access.rows import Condition, Rows, either
from fieldstone.records.access.rules import rule_condition
from fieldstone.records.id_lists import bind_ids, in_ids
from fieldstone.records.plan_cache import plans_of
from fieldstone.storage.archive import PastModel
from fieldstone.storage.columns import Id
from fieldstone.storage.published import PublishedModel

RIGHT = "view"
_OWNED, _CONCERNED, _SHARED = "reach_owned", "reach_concerned", -1


@dataclass(frozen=True, kw_only=True)
class Present:
    """`rules`: the places in `reach.rules` of those with a condition that count; `key` stands for what the text of the
    conditions depends on beyond the access profile, `parameters` is bound."""

    rows: Rows
    module: str
    reach: Reach
    owned: bool
    rules: tuple[int, ...]
    shared: bool
    parameters: Mapping[str, object]

    @property
    def key(self) -> Hashable:
        return (self.owned, self.rules, self.shared)

    @property
    def conditional(self) -> bool:
        """Whether something else than the owner counts."""
        return bool(self.rules)

    def condition(self, table: sa.FromClause) -> Condition:
        """What `row_condition` says of the right to view, for this moment."""
        return either(self.ways(table))

    def ways(self, table: sa.FromClause) -> list[Condition]:
        """The conditions that bring records into reach, any one of which is enough."""
        dialect = self.rows.published.tables.dialect
        ways = [in_ids(table.c.owner_id, _OWNED, dialect)] if self.owned else []
        for place in self.rules:
            rule = self.reach.rules[place]
            parts = [in_ids(table.c.owner_id, _of_rule(place), dialect)] if rule.owners is not None else []
            if rule.where:
                parts.append(rule_condition(self.rows.published, rule.module, rule.where, table))
            ways.append(sa.and_(sa.true(), *parts))
        if self.shared:
            ways.append(self.rows.by_share(self.module, table, RIGHT))
        return ways

    def owners_concerned(self, table: sa.FromClause) -> Condition:
        """A record's owner is one of those that scopes or rules are about."""
        return in_ids(table.c.owner_id, _CONCERNED, self.rows.published.tables.dialect)

    def bounds(self, table: sa.FromClause) -> Condition:
        """Of `id` and `owner_id` alone: true of all that is within reach, and of more where rules have conditions.
        Only for a reach that `goes_by_owner`."""
        ways = [self.owners_concerned(table)]
        return either([*ways, self.rows.by_share(self.module, table, RIGHT)] if self.shared else ways)


def read_present(conn: sa.Connection, published: PublishedModel, actor: Actor, module: str) -> Present | None:
    """For an actor who may view the module; None when there is nothing to gain by it: everything is within reach, or
    parents or a portal bring records into it, or it is about the past."""
    if isinstance(published, PastModel):
        return None
    reach = find_reach(published, actor, module, RIGHT)
    if reach.everything or reach.portal or reach.parents or not reach.shared:
        return None
    rows, dialect = Rows(published, actor), published.tables.dialect
    statement = plans_of(published).get(
        ("access.present", module, access_profile(actor)), lambda: _statement(rows, module, reach)
    )
    found: dict[int, list[int]] = {}
    for place, id in conn.execute(statement, scope_parameters(actor, dialect)):
        found.setdefault(place, []).append(id)
    shared = found.pop(_SHARED, None) is not None
    owned = found.pop(len(reach.rules), [])
    always = {place for place, rule in enumerate(reach.rules) if _is_open(rows, reach, place)}
    rules = sorted(always | found.keys())
    concerned = {*owned, *(id for place in rules for id in found.get(place, ()))}
    lists = {_OWNED: owned, _CONCERNED: sorted(concerned)} | {_of_rule(place): found.get(place, []) for place in rules}
    return Present(
        rows=rows,
        module=module,
        reach=reach,
        owned=bool(owned),
        rules=tuple(rules),
        shared=shared,
        parameters={name: bind_ids(ids, dialect) for name, ids in lists.items()},
    )


def _is_open(rows: Rows, reach: Reach, place: int) -> bool:
    """A rule about anybody's records whose receiver the actor is by role."""
    rule = reach.rules[place]
    return rule.owners is None and membership(rows.published, rows.actor, rule.to) is True


def _statement(rows: Rows, module: str, reach: Reach) -> sa.CompoundSelect[Any]:
    """Place of a rule, after them the owners all of whose records count, before them the shares → ids."""
    shared = rows.shared_ids(module, RIGHT).limit(sa.literal_column("1"))
    parts = [_placed(_SHARED, shared), *_listed(len(reach.rules), rows.owned_by_reach(reach))]
    for place, rule in enumerate(reach.rules):
        if rule.owners is not None and rule.where:
            parts += _listed(place, rows.owned_by_rule(rule))
        elif rule.owners is None and not _is_open(rows, reach, place):
            gate = membership(rows.published, rows.actor, rule.to)
            assert not isinstance(gate, bool)
            parts.append(_placed(place, sa.select(sa.literal_column("0", Id).label("id")).where(gate)))
    return sa.union_all(*parts)


def _listed(place: int, owners: Sequence[Owners]) -> list[sa.Select[Any]]:
    return [_placed(place, owners[0] if len(owners) == 1 else sa.union(*owners))] if owners else []


def _placed(place: int, ids: sa.Select[Any] | sa.CompoundSelect[Any]) -> sa.Select[Any]:
    found = ids.subquery()
    return sa.select(sa.literal_column(str(place), Id), found.c[0])


def _of_rule(place: int) -> str:
    return f"reach_rule_{place}"
