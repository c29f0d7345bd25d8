"""Values of the fields that are computed on reading, for the records of one page.

Formulas are evaluated in Python from values read with the page; a rollup asks one query for all records. Those
of a past model stand for stored ones, which are the same for everybody: their values are read apart, without
regard to who asks.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from fieldstone.expressions.evaluate import evaluate
from fieldstone.fields.base import FieldType, FieldValueError
from fieldstone.fields.composite import CompositeType
from fieldstone.fields.computed import ComputedType
from fieldstone.fields.definition import FieldDef
from fieldstone.fields.values import RecordRef
from fieldstone.records.columns import select_children
from fieldstone.records.contexts import site_context
from fieldstone.records.id_lists import bind_ids, in_ids
from fieldstone.records.live import LiveFormula, LiveRollup, find_live
from fieldstone.records.paths import FieldPath, find_path
from fieldstone.storage.archive import PastModel
from fieldstone.storage.published import PublishedModel


@dataclass(frozen=True, slots=True)
class Step:
    """One field to compute. `inputs`: name in the expression → name among the values read; for a rollup, and
    a formula of a past model, the one input is the id of the record that has it."""

    target: str
    live: LiveFormula | LiveRollup
    inputs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class LivePlan:
    """`read` are the stored fields to read, those asked for and those that steps need; `hidden` the names
    that were not asked for. Steps come after the ones they need."""

    read: tuple[FieldPath, ...]
    steps: tuple[Step, ...]
    hidden: tuple[str, ...]


def plan_live(published: PublishedModel, paths: Sequence[FieldPath]) -> LivePlan:
    read = {path.text: path for path in paths}
    steps: dict[str, Step] = {}

    def need(path: FieldPath) -> None:
        if path.text in steps:
            return
        read.setdefault(path.text, path)
        inputs: list[tuple[str, tuple[str, ...]]]
        live = find_live(published, path.module, path.field.name)
        if live is None:
            return
        if isinstance(live, LiveRollup) or isinstance(published, PastModel):
            inputs = [("id", ("id",))]
        else:
            inputs = [(".".join(names), names) for names in live.compiled.paths]
        found: list[tuple[str, str]] = []
        for name, names in inputs:
            relative = find_path(published, path.module, names)
            if relative is not None:
                own = _under(path.hops, relative)
                need(own)
                found.append((name, own.text))
        steps[path.text] = Step(path.text, live, tuple(found))

    for path in paths:
        need(path)
    asked = {path.text for path in paths}
    hidden = tuple(name for name in read if name not in asked)
    return LivePlan(read=tuple(read.values()), steps=tuple(steps.values()), hidden=hidden)


ReadAll = Callable[[str, Collection[int], Sequence[str]], Mapping[int, Mapping[str, Any]]]
"""Module, ids, paths → id → values, whoever may see them."""


def fill_live(
    conn: sa.Connection,
    published: PublishedModel,
    plan: LivePlan,
    rows: Sequence[dict[str, Any]],
    now: datetime,
    read_all: ReadAll,
) -> None:
    """Compute the steps of a plan in rows read by its `read`, and take the hidden values away."""
    context = site_context(published.model, now)
    for step in plan.steps:
        if isinstance(step.live, LiveRollup):
            _fill_rollup(conn, published, step, step.live, rows, now)
            continue
        field, field_type = step.live.field, published.model.type_of(step.live.field)
        if isinstance(published, PastModel):
            _fill_past(published, step, step.live, rows, now, read_all)
            continue
        for values in rows:
            names = {name: _as_name(values[source]) for name, source in step.inputs}
            values[step.target] = _fit(field, field_type, evaluate(step.live.compiled, names, context))
    for name in plan.hidden:
        for values in rows:
            del values[name]


def _fill_past(
    published: PublishedModel,
    step: Step,
    live: LiveFormula,
    rows: Sequence[dict[str, Any]],
    now: datetime,
    read_all: ReadAll,
) -> None:
    source = step.inputs[0][1]
    ids = {values[source] for values in rows} - {None}
    found = [find_path(published, live.module, names) for names in live.compiled.paths]
    paths = [path for path in found if path is not None]
    inputs = read_all(live.module, ids, [path.text for path in paths] or ["id"]) if ids else {}
    context, field_type = site_context(published.model, now), published.model.type_of(live.field)
    results: dict[int, Any] = {}
    for id, values in inputs.items():
        names = {path.text: _name_value(path, values[path.text]) for path in paths}
        results[id] = _fit(live.field, field_type, evaluate(live.compiled, names, context))
    for row in rows:
        row[step.target] = results.get(row[source])


def _name_value(path: FieldPath, value: Any) -> Any:
    """As expressions know it: an id for a reference, a line for a whole."""
    if isinstance(path.type, CompositeType) and not path.part and value is not None:
        return path.type.line(value)
    return _as_name(value)


def _fill_rollup(
    conn: sa.Connection,
    published: PublishedModel,
    step: Step,
    live: LiveRollup,
    rows: Sequence[dict[str, Any]],
    now: datetime,
) -> None:
    source = step.inputs[0][1]
    ids = {values[source] for values in rows} - {None}
    children = select_children(published, live, site_context(published.model, now))
    dialect, function = published.tables.dialect, live.field.function
    counted = sa.func.count() if children.measured is None else sa.func.count(children.measured)
    measured: sa.ColumnElement[Any] = sa.null()
    if children.measured is not None and function != "count":
        of = getattr(sa.func, "sum" if function == "avg" else function)(children.measured)
        measured = sa.type_coerce(of, children.measured.type)
    grouped = children.statement.add_columns(counted, measured).where(in_ids(children.parent, "ids", dialect))
    found = conn.execute(grouped.group_by(children.parent), {"ids": bind_ids(ids, dialect)}).all()
    by_parent = {parent: _rolled_up(function, count, value) for parent, count, value in found}
    field_type = published.model.type_of(live.field)
    for values in rows:
        rolled_up = by_parent.get(values[source], _rolled_up(function, 0, None))
        values[step.target] = _fit(live.field, field_type, rolled_up)


def _rolled_up(function: str, count: int, value: Any) -> Any:
    """A count and a sum of nothing are 0, the others empty."""
    if function == "count":
        return count
    if function == "sum":
        return Decimal(0) if value is None else value
    return Decimal(value) / count if function == "avg" and value is not None else value


def _under(hops: tuple[str, ...], path: FieldPath) -> FieldPath:
    """A path of a looked-up record, from where the hops begin."""
    return FieldPath(
        (*hops, *path.names), (*hops, *path.hops), path.module, path.field, path.type, path.value_type, path.part
    )


def _as_name(value: Any) -> Any:
    return value.id if isinstance(value, RecordRef) else value


def _fit(field: FieldDef, field_type: FieldType, value: Any) -> Any:
    """As a stored one is: rounded, cut; a number that no column holds is empty."""
    assert isinstance(field_type, ComputedType)
    try:
        return field_type.settle(field, value)
    except FieldValueError:
        return None
