"""Rollups: count, sum, min, max, avg over related records, with a filter. One query per relation and save.

They stand on the parent. Step 6 reckons with the children in the same save, so that rules see them;
step 11 computes them again from what is stored."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from fieldstone.expressions.compiled import CompiledExpression, compile_expression
from fieldstone.expressions.evaluate import holds
from fieldstone.expressions.sql import compile_filter
from fieldstone.fields.values import RecordRef
from fieldstone.kernel.actors import SYSTEM
from fieldstone.metadata.definitions import RelationDef
from fieldstone.records.columns import Columns
from fieldstone.records.field_columns import join_relation
from fieldstone.records.id_lists import bind_ids, in_ids
from fieldstone.records.live import find_live, module_scope
from fieldstone.records.names import bind
from fieldstone.records.save.field_program import FieldProgram
from fieldstone.records.save.grouping import by_module
from fieldstone.records.save.program import ModuleProgram, program_for
from fieldstone.records.stages import SaveRow, SaveWork
from fieldstone.storage.published import PublishedModel


@dataclass(frozen=True, kw_only=True, eq=False)
class RollupProgram:
    field: FieldProgram
    relation: RelationDef
    function: str
    of: str
    where: CompiledExpression | None


@dataclass(frozen=True, slots=True)
class Measure:
    """What is known of a set of children; measures of disjoint sets add up."""

    count: int = 0
    total: Any = None
    least: Any = None
    greatest: Any = None

    def __add__(self, other: Measure) -> Measure:
        def pick(choose: Any, one: Any, two: Any) -> Any:
            return two if one is None else one if two is None else choose(one, two)

        return Measure(
            self.count + other.count,
            pick(lambda one, two: one + two, self.total, other.total),
            pick(min, self.least, other.least),
            pick(max, self.greatest, other.greatest),
        )

    def value(self, function: str) -> Any:
        """A count and a sum of nothing are 0, the others empty."""
        if function == "count":
            return self.count
        if function == "sum":
            return self.total if self.total is not None else Decimal(0)
        if function == "avg":
            return None if self.total is None else Decimal(self.total) / self.count
        return self.least if function == "min" else self.greatest


NOTHING = Measure()


def rollups_of(published: PublishedModel, program: ModuleProgram) -> Sequence[RollupProgram]:
    """The stored rollups of a module."""
    module = program.module
    key = ("save.rollups", module.name)
    found: Sequence[RollupProgram] | None = published.cache.get(key)
    if found is None:
        found = published.cache[key] = tuple(
            RollupProgram(
                field=field,
                relation=module.relations[field.field.relation],
                function=field.field.function,
                of=field.field.of,
                where=_compile_where(published, module.relations[field.field.relation].to, field.field.where),
            )
            for field in program.own_fields
            if field.field.type == "rollup" and find_live(published, module.name, field.name) is None
        )
    return found


def _compile_where(published: PublishedModel, child: str, where: str) -> CompiledExpression | None:
    return compile_expression(where, module_scope(published, child), expected="boolean") if where else None


def measure(
    work: SaveWork,
    program: ModuleProgram,
    rollups: Sequence[RollupProgram],
    parents: Collection[int],
    without: Collection[int] = (),
) -> Mapping[str, Mapping[int, Measure]]:
    """Rollup → parent id → measure of its stored live children, but those in `without`.

    The rollups are of one relation: its children are looked at once for all of them."""
    dialect = work.connection.dialect.name
    key = ("save.measure", program.module.name, *(rollup.field.name for rollup in rollups))
    statement = work.published.cache.get(key)
    if statement is None:
        statement = work.published.cache[key] = _statement(work, program, rollups, dialect)
    parameters = {"parents": bind_ids(parents, dialect), "without": bind_ids(without, dialect)}
    rows = work.connection.execute(statement, parameters).all()
    return {
        rollup.field.name: {row[0]: Measure(*row[place : place + 4]) for row in rows}
        for place, rollup in zip(range(1, 4 * len(rollups), 4), rollups, strict=True)
    }


def _statement(
    work: SaveWork, program: ModuleProgram, rollups: Sequence[RollupProgram], dialect: str
) -> sa.Select[Any]:
    relation = rollups[0].relation
    columns = Columns(work.published, SYSTEM, relation.to, work.context)
    children = columns.root
    measures = [column for rollup in rollups for column in _measures(work, rollup, columns, dialect)]
    conditions = [children.c.deleted_at.is_(None), sa.not_(in_ids(children.c.id, "without", dialect))]
    join = join_relation(work.published, program.module.name, relation, children)
    if join.condition is not None:
        conditions.append(join.condition)
    conditions.append(in_ids(join.parent, "parents", dialect))
    query = sa.select(join.parent, *measures).select_from(join.extend(columns.from_clause))
    return query.where(*conditions).group_by(join.parent)


def _measures(
    work: SaveWork, rollup: RollupProgram, columns: Columns, dialect: str
) -> tuple[sa.ColumnElement[Any], ...]:
    """Count, sum, least and greatest of the children for which the filter holds."""
    condition = None if rollup.where is None else compile_filter(rollup.where, columns, work.context, dialect)

    def held(value: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
        return value if condition is None else sa.case((condition, value))

    nothing: sa.ColumnElement[Any] = sa.null()
    if not rollup.of:
        return sa.func.count(held(sa.literal_column("1"))), nothing, nothing, nothing
    of = program_for(work, rollup.relation.to).fields[rollup.of].columns[0].column
    column, kind = held(columns.root.c[of.name]), of.type
    return (
        sa.func.count(column),
        sa.func.sum(column, type_=kind) if rollup.function in ("sum", "avg") else nothing,
        sa.func.min(column, type_=kind) if rollup.function == "min" else nothing,
        sa.func.max(column, type_=kind) if rollup.function == "max" else nothing,
    )


def recompute_rollups(work: SaveWork, program: ModuleProgram, rows: Sequence[SaveRow], names: Collection[str]) -> None:
    """Set these rollups in `values`, from what is stored."""
    by_relation: dict[str, list[RollupProgram]] = {}
    for rollup in rollups_of(work.published, program):
        if rollup.field.name in names:
            by_relation.setdefault(rollup.relation.name, []).append(rollup)
    for rollups in by_relation.values():
        measured = measure(work, program, rollups, [row.id for row in rows])
        for rollup in rollups:
            name = rollup.field.name
            found = measured[name]
            for row in rows:
                row.values[name] = rollup.field.settle(found.get(row.id, NOTHING).value(rollup.function))


def compute_own_rollups(work: SaveWork) -> bool:
    """Step 6, for parents of this save; whether anything was set."""
    found = False
    for module, rows in by_module(work.rows).items():
        program = program_for(work, module)
        for rollup in rollups_of(work.published, program):
            name = rollup.field.name
            for row in rows:
                if row.created:
                    row.values[name] = rollup.field.settle(NOTHING.value(rollup.function))
                    found = True
            children = _children_here(work, module, rollup)
            if children:
                _reckon(work, program, rollup, rows, children)
                found = True
    return found


def _children_here(work: SaveWork, module: str, rollup: RollupProgram) -> dict[int, list[SaveRow]]:
    """Parent id → its children in this save, those that leave it included."""
    found: dict[int, list[SaveRow]] = {}
    if rollup.relation.kind == "many_to_many":
        return found
    for row in work.rows:
        if row.module == rollup.relation.to:
            for parent in parents_of(row, rollup.relation.field, module):
                found.setdefault(parent, []).append(row)
    return found


def parents_of(row: SaveRow, lookup: str, module: str) -> set[int]:
    """The records of `module` that a row refers to by a lookup, before and after."""
    found = set()
    for values in (row.old, row.values):
        value = values.get(lookup) if values is not None else None
        if type(value) is RecordRef:
            if value.module == module:
                found.add(value.id)
        elif value is not None:
            found.add(value)
    return found


def _reckon(
    work: SaveWork,
    program: ModuleProgram,
    rollup: RollupProgram,
    rows: Sequence[SaveRow],
    children: Mapping[int, Sequence[SaveRow]],
) -> None:
    parents = [row for row in rows if row.id in children]
    stored = [row.id for row in parents if not row.created]
    without = {child.id for here in children.values() for child in here}
    measured = measure(work, program, [rollup], stored, without)[rollup.field.name] if stored else {}
    lookup, module = rollup.relation.field, program.module.name
    for row in parents:
        here = [
            child
            for child in children[row.id]
            if row.id in parents_of(SaveRow(module=child.module, id=child.id, values=child.values), lookup, module)
        ]
        if rollup.where is not None:
            bound = bind(work, rollup.relation.to, here, [rollup.where])
            here = [child for child, names in zip(here, bound, strict=True) if holds(rollup.where, names, work.context)]
        total = measured.get(row.id, NOTHING)
        for child in here:
            total += _measure_one(rollup, child)
        row.values[rollup.field.name] = rollup.field.settle(total.value(rollup.function))


def _measure_one(rollup: RollupProgram, child: SaveRow) -> Measure:
    if not rollup.of:
        return Measure(count=1)
    value = child.values[rollup.of]
    if value is None:
        return NOTHING
    total = value if rollup.function in ("sum", "avg") else None
    return Measure(1, total, value, value)
