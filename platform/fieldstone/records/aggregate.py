"""Records in groups: counts and sums by field, path or `month(close_date)`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from fieldstone.expressions.compiled import CompiledExpression, compile_expression
from fieldstone.expressions.sql import column_keys, compile_value, present_key
from fieldstone.kernel.actors import Actor
from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import InvalidInputError, TooLargeError
from fieldstone.records.access import access_profile, readable_scope, require, row_condition, scope_parameters
from fieldstone.records.columns import Columns
from fieldstone.records.filters import ask, compile_where, extra_conditions, filter_condition
from fieldstone.records.measures import Measure, build_measure
from fieldstone.records.plan_cache import plans_of
from fieldstone.storage.kept_plans import planned_anew
from fieldstone.storage.published import PublishedModel

MOST_GROUPS = 10_000
MOST_GROUPINGS = 5
MOST_MEASURES = 20

TOO_MANY_GROUPS = declare("query.E013", "There are more than {limit} groups.", "Group by something coarser, or filter.")
NOT_GROUPABLE = declare("query.E014", "{group} cannot be grouped by.", "Group by another field.")
TOO_MUCH = declare("query.E015", "At most {groups} groupings and {measures} measures.", "Leave some out.")

_GROUPABLE = frozenset({"text", "number", "boolean", "date", "datetime", "time", "choice", "reference"})


@dataclass(frozen=True, slots=True)
class _Plan:
    statement: sa.Select[Any]
    groups: tuple[str, ...]
    measures: tuple[Measure, ...]

    def read(self, row: Sequence[Any]) -> dict[str, Any]:
        found = dict(zip(self.groups, row, strict=False))
        place = len(self.groups)
        for measure in self.measures:
            found[measure.text] = measure.read(row[place : place + len(measure.columns)])
            place += len(measure.columns)
        return found


def aggregate_records(
    conn: sa.Connection,
    published: PublishedModel,
    actor: Actor,
    module: str,
    *,
    group: Sequence[str] = (),
    measures: Sequence[str] = ("count",),
    where: str = "",
    now: datetime,
    right: str = "report",
) -> list[dict[str, Any]]:
    """One dict for each group: the texts of `group` and `measures` → values, ordered by the groups,
    empties first. Text is grouped without regard to case; a lookup gives ids (`labels` names them).
    Without groups: one dict for all records. `right`: whose records count, those the actor may `report` on, or,
    for the figures beside a list that shows the records anyway, `view`.

    Raises ForbiddenError, NotFoundError, InvalidInputError query.E0xx, ExpressionError, TooLargeError.
    """
    require(published, actor, module, right)
    if len(group) > MOST_GROUPINGS or len(measures) > MOST_MEASURES:
        raise InvalidInputError(TOO_MUCH, groups=MOST_GROUPINGS, measures=MOST_MEASURES)
    compiled = compile_where(published, actor, module, where)
    scope = readable_scope(published, actor, module)
    grouped = tuple(compile_expression(text, scope) for text in dict.fromkeys(group))
    expressions = (*grouped, *(() if compiled is None else (compiled,)))
    named = tuple(text.partition("(")[2].rstrip(")") for text in measures)
    asker = ask(conn, published, actor, module, expressions, tuple(filter(None, named)), now)
    parameters = scope_parameters(actor, published.tables.dialect)
    key = ("aggregate", module, right, tuple(group), tuple(measures), where, access_profile(actor), asker.key)

    def plan(halves: bool) -> _Plan:
        def build() -> _Plan:
            return _build(asker.columns, grouped, tuple(dict.fromkeys(measures)), compiled, halves, right)

        return plans_of(published).get((*key, halves), build) if asker.keep else build()

    chosen = plan(False)
    try:
        rows = conn.execute(chosen.statement, parameters).all()
    except sa.exc.OperationalError as error:
        if "integer overflow" not in str(error.orig):
            raise
        chosen = plan(True)
        rows = conn.execute(chosen.statement, parameters).all()
    if len(rows) > MOST_GROUPS:
        raise TooLargeError(TOO_MANY_GROUPS, limit=MOST_GROUPS)
    return [chosen.read(row) for row in rows]


def _build(
    columns: Columns,
    groups: Sequence[CompiledExpression],
    measures: Sequence[str],
    where: CompiledExpression | None,
    halves: bool,
    right: str,
) -> _Plan:
    shown: list[sa.ColumnElement[Any]] = []
    by: list[sa.ColumnElement[Any]] = []
    for group in groups:
        show, key = _group(columns, group)
        shown.append(show)
        # By position where it is what is selected: bound values make two equal texts of it differ.
        by.append(sa.literal_column(str(len(shown))) if key is show else key)
    built = tuple(build_measure(columns, text, halves=halves) for text in measures)
    selected = [*shown, *(column for measure in built for column in measure.columns)]
    # Two measures may select the same column; each keeps its place.
    statement = sa.select(*(column.label(f"c{place}") for place, column in enumerate(selected)))
    statement = statement.where(columns.root.c.deleted_at.is_(None))
    if where is not None:
        statement = statement.where(filter_condition(where, columns), *extra_conditions(where, columns))
    visible = row_condition(columns.published, columns.actor, columns.module, columns.root, right)
    if visible is not None:
        statement = statement.where(visible)
    statement = statement.select_from(columns.from_clause)
    if by:
        order = [key if column_keys(show) is None else present_key(show) for show, key in zip(shown, by, strict=True)]
        ordering = order if columns.dialect == "sqlite" else [key.asc().nulls_first() for key in order]
        statement = statement.group_by(*by).order_by(*ordering).limit(sa.literal_column(str(MOST_GROUPS + 1)))
    return _Plan(planned_anew(statement), tuple(group.source for group in groups), built)


def _group(columns: Columns, group: CompiledExpression) -> tuple[sa.ColumnElement[Any], sa.ColumnElement[Any]]:
    """What a group shows, and what rows are grouped by."""
    if group.type.kind not in _GROUPABLE:
        raise InvalidInputError(NOT_GROUPABLE, group=group.source)
    named = columns.find_column(tuple(group.source.strip().split(".")))
    if named is None:
        value = compile_value(group, columns, columns.context, columns.dialect)
        return value, value
    if named.key is not None:
        return sa.func.min(named.column, type_=named.column.type), named.key
    if group.type.kind == "boolean":
        value = sa.func.coalesce(named.column, sa.false(), type_=sa.Boolean())
        return value, value
    return named.column, named.column
