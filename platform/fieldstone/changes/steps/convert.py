"""The values of a field that has another type now, from its former column to its present one.

Forth, into a column that is new: a value that a workflow has put there meanwhile stays. Or back, into one that still
has the values of before: there a value is written only where it was changed since, so that what the former type held
comes back exactly. What is written over goes into the history: nothing else would know it any more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from fieldstone.changes.steps.converter import Converter
from fieldstone.changes.steps.places import Place, find_place
from fieldstone.changes.steps.rewriting import write_values
from fieldstone.changes.steps.step_kind import END, Chunk, StepContext, StepKind
from fieldstone.fields.conversion import conversion
from fieldstone.records.save.statements import update_rows
from fieldstone.records.stages import SaveRow
from fieldstone.storage.published import PublishedModel
from fieldstone.storage.steps import Step

Cells = tuple[int, Any, Any]
"""The id of a row, its value in the former column, and the one in the present column."""


class ConvertStep(StepKind):
    """params: `from`, the revision in which the field had its former type; `back`: the present column has values
    of before, `then`: of which revision; `unfinished`: the conversion that is taken back had not done every row."""

    name = "convert"
    rate = 12_000

    def run(self, context: StepContext, step: Step, after: int, limit: int) -> Chunk:
        conn, past = context.connection, context.past(step.params["from"])
        source = find_place(past, step.module, step.field, conn.dialect)
        target = find_place(context.published, step.module, step.field, conn.dialect)
        if source is None or target is None:
            return END
        held = find_held(context, step.module, step.field, step.params["then"]) if step.params["back"] else None
        read = read_cells(conn, source, held.place if held else target, after, limit)
        if not read:
            return END
        rows = read
        if held:
            rows = list(changed_since(context, past, source, held, read, unfinished=step.params["unfinished"]))
        converter = make_converter(context, past, source, context.published, target)
        converted = converter.convert([value for _, value, _ in rows])
        problems = []
        done = []
        for (record_id, value, now), result in zip(rows, converted, strict=True):
            if result.error is not None:
                problems.append({"id": record_id, "value": converter.show(value), "code": result.error.code})
            if step.params["back"] or (result.value is not None and now is None):
                values = {target.field.name: result.value}
                done.append(SaveRow(module=target.module, id=record_id, values=values))
        if step.params["back"]:
            done = _write_over(context, step, target, done)
        if done:
            update_rows(conn, target.table, [target.field], done)
        return Chunk(rows=len(read), last_id=read[-1][0], problems=tuple(problems))


def _write_over(context: StepContext, step: Step, target: Place, done: list[SaveRow]) -> list[SaveRow]:
    """Write values of records as a change of theirs; what is left are those of links, which have no history."""
    module = context.find_module(step)
    if module is None or target.field.name not in module.fields or target.table is not context.program(module).table:
        return done
    program, work = context.program(module), context.begin()
    rows = context.rows(work, program, [row.id for row in done])
    found = {row.id: row.values[target.field.name] for row in done}
    for row in rows:
        value = found[row.id]
        row.values[target.field.name] = program.fields[target.field.name].blank if value is None else value
    write_values(work, program, rows)
    return []


def make_converter(
    context: StepContext, old: PublishedModel, source: Place, new: PublishedModel, target: Place
) -> Converter:
    way = conversion(source.field.field, target.field.field, new.model.field_types)
    assert way is not None, "the plan has let only possible conversions through"
    return Converter(
        context.connection, old, source.field, new.model, target.field.field, way, context.environment.encrypt
    )


def read_cells(
    conn: sa.Connection, source: Place, target: Place | None, after: int, limit: int, *, lock: bool = True
) -> list[Cells]:
    """The next rows, live and deleted."""
    key = source.table.c.id
    columns = [item.column for item in source.field.columns if not item.derived]
    more = [target.table.c[item.column.name] for item in target.field.columns if not item.derived] if target else []
    # Both columns are of one table, which each of the two models knows only in part.
    everything = sa.select(key, *columns, *(sa.column(item.name, item.type) for item in more))
    query = everything.where(key > after).order_by(key).limit(limit)
    rows = conn.execute(query.with_for_update() if lock else query).all()
    return [
        (row[0], _load(source, row[1 : 1 + len(columns)]), _load(target, row[1 + len(columns) :]) if target else None)
        for row in rows
    ]


def _load(place: Place, cells: Sequence[Any]) -> Any:
    suffixes = [item.suffix for item in place.field.columns if not item.derived]
    value = place.field.load(dict(zip(suffixes, cells, strict=True)))
    # An unticked box is a value like any other.
    return None if value is None or all(cell is None for cell in cells) else value


@dataclass(frozen=True, kw_only=True)
class Held:
    """What a column has held since its field left it: read with the model of then, which knows values that are no
    choice any more and what they were called."""

    model: PublishedModel
    place: Place


def find_held(context: StepContext, module: str, field: str, then: int | None) -> Held:
    """Of a field by its identity; without a revision by what is known of it now."""
    dialect = context.connection.dialect
    for model in (context.published if then is None else context.past(then), context.published):
        place = find_place(model, module, field, dialect)
        if place is not None:
            return Held(model=model, place=place)
    raise LookupError(f"no field {field}")


def changed_since(
    context: StepContext, past: PublishedModel, source: Place, held: Held, rows: Sequence[Cells], *, unfinished: bool
) -> Iterator[Cells]:
    """The rows whose value is not what the value of before had become."""
    became = make_converter(context, held.model, held.place, past, source).convert([row[2] for row in rows])
    for row, result in zip(rows, became, strict=True):
        if row[1] != result.value and not (unfinished and row[1] is None):
            yield row
