"""The reach of whoever looks at a list, in the form in which the list is found soonest."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.records.access import has_right
from fieldstone.records.access.narrow import Size, among_few, size_of_reach
from fieldstone.records.access.present import Present, read_present
from fieldstone.records.columns import Columns
from fieldstone.records.restrictions import Join, Restriction
from fieldstone.records.walks import Bounds, unindexed
from fieldstone.storage.published import PublishedModel
from fieldstone.storage.shared_snapshot import once


@dataclass(frozen=True, kw_only=True)
class ListedReach:
    """Those who view some records of a module only. `size` decides about speed alone."""

    present: Present
    size: Size

    @property
    def key(self) -> Hashable:
        return (self.present.key, self.size)

    @property
    def parameters(self) -> Mapping[str, object]:
        return self.present.parameters

    @property
    def bounds(self) -> Bounds | None:
        """What an index tells of it (`records.walks`)."""
        return self.present.bounds if self.present.reach.goes_by_owner else None

    @property
    def restriction(self) -> Restriction | None:
        """To the few records among which are all of them; None when there may be many, and on PostgreSQL, which finds
        the few by the condition as soon as no index of the order distracts it (`gathers`)."""
        return Restriction(key="few", apply=self._among_few) if self.size == "few" and not self.gathers else None

    @property
    def gathers(self) -> bool:
        return self.size == "few" and self.present.rows.published.tables.dialect == "postgresql"

    def condition(self, table: sa.FromClause, *, leading: bool) -> sa.ColumnElement[bool]:
        """`leading`: records may be found by it, through the index of owners. SQLite does so whenever it may, however
        many records that are."""
        dialect, found = self.present.rows.published.tables.dialect, self.present.condition(table)
        if leading or dialect == "postgresql":
            return found
        found = unindexed(found, dialect)
        if self.bounds is None or not self.present.conditional:
            return found
        # Said by itself, what the index tells is asked before a row is looked at.
        return sa.and_(unindexed(self.bounds(table), dialect), found)

    def _among_few(self, columns: Columns) -> tuple[Join, sa.ColumnElement[bool]]:
        return columns.join_to, among_few(self.present, columns.root)


def read_listed_reach(conn: sa.Connection, published: PublishedModel, actor: Actor, module: str) -> ListedReach | None:
    """At this moment; None for whoever sees all of the module or none of it, and where it does not help."""
    if module not in published.model.modules or not has_right(published, actor, module, "view"):
        return None
    return once(conn, ("listed_reach", published.version, actor, module), lambda: _read(conn, published, actor, module))


def _read(conn: sa.Connection, published: PublishedModel, actor: Actor, module: str) -> ListedReach | None:
    present = read_present(conn, published, actor, module)
    if present is None:
        return None
    return ListedReach(present=present, size=size_of_reach(conn, published, actor, module, present))
