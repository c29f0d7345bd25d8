"""From names to columns of one statement: joins for lookups, fields computed on reading inlined.

A joined record that the actor may not see reads as if the lookup were empty, in every place: what is
shown, filtered, sorted or grouped by.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from fieldstone.expressions.evaluate import EvaluationContext
from fieldstone.expressions.sql import SqlColumn, compile_filter, compile_value
from fieldstone.kernel.actors import SYSTEM, Actor
from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import InvalidInputError
from fieldstone.records.access import row_condition
from fieldstone.records.contexts import site_context
from fieldstone.records.field_columns import field_columns, join_relation
from fieldstone.records.live import LiveFormula, LiveRollup, find_live
from fieldstone.records.marks import is_marked
from fieldstone.records.own_columns import physical_columns, stored_column
from fieldstone.records.paths import FieldPath, Names, find_path, lookup_target
from fieldstone.records.settled import settle_sql
from fieldstone.storage import principals
from fieldstone.storage.archive import PastModel
from fieldstone.storage.published import PublishedModel

MAX_JOINS = 30

TOO_MANY_JOINS = declare(
    "query.E002", "The query follows more than {limit} different lookups.", "Name fewer fields of other records."
)


class Columns:
    """The columns of one statement over a module (a `ColumnSource`). `root` is its table or an alias of
    it; `from_clause` has the joins that were needed so far. `user`: what `user.…` gives."""

    def __init__(
        self,
        published: PublishedModel,
        actor: Actor,
        module: str,
        context: EvaluationContext,
        user: Mapping[str, Any] | None = None,
        root: sa.FromClause | None = None,
    ) -> None:
        self.published = published
        self.actor = actor
        self.module = module
        self.context = context
        self.dialect = published.tables.dialect
        self.root: sa.FromClause = published.tables.module(module).table if root is None else root
        self._user = user or {}
        self._joined: dict[Names, tuple[str, sa.FromClause]] = {(): (module, self.root)}
        self._joins: list[tuple[sa.FromClause, sa.ColumnElement[bool]]] = []

    @property
    def from_clause(self) -> sa.FromClause:
        return self.join_to(self.root)

    @property
    def joined_tables(self) -> list[sa.FromClause]:
        return [table for table, _ in self._joins]

    def join_to(self, start: sa.FromClause) -> sa.FromClause:
        """The joins, begun with something that contains the root."""
        for table, condition in self._joins:
            start = start.outerjoin(table, condition)
        return start

    def find_column(self, path: tuple[str, ...]) -> SqlColumn | None:
        return _At(self, ()).find_column(path)

    def find_value(self, path: tuple[str, ...]) -> Any | None:
        return self._user.get(path[1]) if len(path) == 2 and path[0] == "user" else None

    def marked(self, mark: str, module: str, record: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
        return is_marked(self.published, mark, module, record, self._user.get("id"))

    def sql_column(self, path: FieldPath, prefix: Names = ()) -> SqlColumn | None:
        """The column of a path as expressions use it; None for one that can only be read."""
        if path.type.name == "secret":
            return None
        live = find_live(self.published, path.module, path.field.name)
        if live is not None:
            return SqlColumn(type=path.value_type, column=self._computed(live, (*prefix, *path.hops)))
        return stored_column(self.published, path, self.table_at((*prefix, *path.hops)))

    def physical(self, path: FieldPath, prefix: Names = ()) -> dict[str, sa.ColumnElement[Any]]:
        """Suffix → column of the field at the end of a path."""
        return physical_columns(self.published, path, self.table_at((*prefix, *path.hops)))

    def table_at(self, hops: Names) -> sa.FromClause:
        """The table reached by following lookups, joined once."""
        return self._reach(hops)[1]

    def module_at(self, hops: Names) -> str:
        return self._reach(hops)[0]

    def principal_at(self, path: FieldPath) -> sa.FromClause:
        """The users and teams, joined by the reference at the end of a path."""
        hops = (*path.hops, path.field.name)
        if hops not in self._joined:
            table = principals.principal.alias()
            self._join(hops, "", table, table.c.id == self.physical(path)[""])
        return self._joined[hops][1]

    def _computed(self, live: LiveFormula | LiveRollup, hops: Names) -> sa.ColumnElement[Any]:
        context = site_context(self.published.model, self.context.now)
        if isinstance(live, LiveFormula):
            if isinstance(self.published, PastModel):
                return past_formula(self.published, live, self.table_at(hops).c.id, context)
            return compile_value(live.compiled, _At(self, hops), context, self.dialect)
        parent = self.table_at(hops).c.id
        children = select_children(self.published, live, context)
        one = children.statement.with_only_columns(
            _measure(live, children.measured, self.dialect), maintain_column_froms=True
        )
        return one.where(children.parent == parent).scalar_subquery()

    def _reach(self, hops: Names) -> tuple[str, sa.FromClause]:
        found = self._joined.get(hops)
        if found is None:
            module, table = self._reach(hops[:-1])
            field = self.published.model.modules[module].fields[hops[-1]]
            target = lookup_target(self.published.model, field)
            other = self.published.tables.module(target).table.alias()
            (column,) = field_columns(self.published, module, field).values()
            condition = other.c.id == table.c[column.name]
            visible = row_condition(self.published, self.actor, target, other)
            self._join(hops, target, other, condition if visible is None else sa.and_(condition, visible))
            found = self._joined[hops]
        return found

    def _join(self, hops: Names, module: str, table: sa.FromClause, condition: sa.ColumnElement[bool]) -> None:
        if len(self._joined) > MAX_JOINS:
            raise InvalidInputError(TOO_MANY_JOINS, limit=MAX_JOINS)
        self._joins.append((table, condition))
        self._joined[hops] = (module, table)


@dataclass(frozen=True, slots=True)
class _At:
    """The columns as an expression of a looked-up module names them."""

    columns: Columns
    hops: Names

    def find_column(self, path: tuple[str, ...]) -> SqlColumn | None:
        found = find_path(self.columns.published, self.columns.module_at(self.hops), path)
        return None if found is None else self.columns.sql_column(found, self.hops)

    def find_value(self, path: tuple[str, ...]) -> Any | None:
        return self.columns.find_value(path)

    def marked(self, mark: str, module: str, record: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
        return self.columns.marked(mark, module, record)


@dataclass(frozen=True, slots=True)
class Children:
    """What a rollup counts: `statement` selects `parent` of each child; `measured` is the column of the
    field summed up, None when children are only counted."""

    parent: sa.ColumnElement[Any]
    measured: sa.ColumnElement[Any] | None
    statement: sa.Select[Any]


def select_children(published: PublishedModel, rollup: LiveRollup, context: EvaluationContext) -> Children:
    """Who may see the children does not matter: a rollup is the same for everybody."""
    child = rollup.relation.to
    root = published.tables.module(child).table.alias()
    columns = Columns(published, SYSTEM, child, context, root=root)
    conditions: list[sa.ColumnElement[bool]] = [root.c.deleted_at.is_(None)]
    if rollup.where is not None:
        conditions.append(compile_filter(rollup.where, columns, context, columns.dialect))
    measured = columns.find_column((rollup.field.of,)) if rollup.field.of else None
    joined = join_relation(published, rollup.module, rollup.relation, root)
    if joined.condition is not None:
        conditions.append(joined.condition)
    source = joined.extend(columns.from_clause)
    statement = sa.select(joined.parent).select_from(source).where(*conditions)
    return Children(joined.parent, None if measured is None else measured.column, statement)


def past_formula(
    published: PublishedModel, formula: LiveFormula, id: sa.ColumnElement[Any], context: EvaluationContext
) -> sa.ColumnElement[Any]:
    """A formula of the record with this id as it would be stored: the same for everybody, whoever may see what
    it reads."""
    root = published.tables.module(formula.module).table.alias()
    columns = Columns(published, SYSTEM, formula.module, context, root=root)
    value = compile_value(formula.compiled, columns, context, columns.dialect)
    kind = field_columns(published, formula.module, formula.field)
    stored = settle_sql(formula.field, published.model.type_of(formula.field), value, kind, columns.dialect)
    one = sa.select(stored.label("value")).select_from(columns.from_clause).where(root.c.id == id)
    return sa.type_coerce(one.correlate_except(*_sources(columns)).scalar_subquery(), stored.type)


def _sources(columns: Columns) -> list[sa.FromClause]:
    return [columns.root, *columns.joined_tables]


def _measure(rollup: LiveRollup, measured: sa.ColumnElement[Any] | None, dialect: str) -> sa.ColumnElement[Any]:
    """The value of the rollup in SQL; a count and a sum of nothing are 0."""
    function = rollup.field.function
    if measured is None:
        return sa.func.count()
    if function == "count":
        return sa.func.count(measured)
    value: sa.ColumnElement[Any] = getattr(sa.func, function)(measured)
    if function == "sum":
        value = sa.func.coalesce(value, sa.literal_column("0"))
    if function == "avg":
        value = sa.func.round(value, _decimals(measured, dialect))
    return sa.type_coerce(value, measured.type)


def _decimals(column: sa.ColumnElement[Any], dialect: str) -> int:
    """SQLite rounds scaled integers."""
    return 0 if dialect == "sqlite" else getattr(column.type, "scale", None) or 0
