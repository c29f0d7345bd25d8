"""A backfill: an expression gives values to the records that hold for its condition."""

from __future__ import annotations

from fieldstone.changes.steps.rewriting import write_values
from fieldstone.changes.steps.step_kind import END, Chunk, StepContext, StepKind, next_ids
from fieldstone.expressions.evaluate import evaluate
from fieldstone.fields.base import FieldValueError
from fieldstone.fields.constraints import find_breach, is_empty
from fieldstone.records.names import bind
from fieldstone.records.save.parse import parse_context
from fieldstone.records.save.program import ModuleProgram
from fieldstone.records.stages import SaveRow, SaveWork
from fieldstone.storage.steps import Step


class FillStep(StepKind):
    """params: `value`, an expression; `if`, an expression, or "" for records in which the field is empty."""

    name = "fill"
    rate = 3_000

    def run(self, context: StepContext, step: Step, after: int, limit: int) -> Chunk:
        module = context.find_module(step)
        if module is None:
            return END
        program, work = context.program(module), context.begin()
        if step.field not in program.by_identity:
            return END
        ids = next_ids(context.connection, program.table, after, limit)
        if not ids:
            return END
        rows = context.rows(work, program, ids)
        problems = fill_rows(work, program, rows, step.field, step.params["value"], step.params["if"])
        write_values(work, program, rows)
        return Chunk(rows=len(rows), last_id=ids[-1], problems=tuple(problems))


def fill_rows(
    work: SaveWork, program: ModuleProgram, rows: list[SaveRow], field: str, value: str, condition: str
) -> list[dict[str, object]]:
    """Set the field (an identity) in the `values` of the rows the condition holds for. Gives the rows that break the
    field's definition all the same, and why: those that could not be filled, and those the backfill passes over."""
    target = program.by_identity[field]
    compiled = program.compile(value)
    only = program.compile(condition, expected="boolean") if condition else None
    types = work.published.model.field_types
    reading = parse_context(work)
    problems: list[dict[str, object]] = []
    expressions = [compiled] if only is None else [compiled, only]
    for row, names in zip(rows, bind(work, program.module.name, rows, expressions), strict=True):
        if only is None:
            wanted = is_empty(target.field, types, row.values[target.name])
        else:
            wanted = evaluate(only, names, work.context) is True
        result = evaluate(compiled, names, work.context) if wanted else row.values[target.name]
        breach: FieldValueError | None = None
        if wanted:
            try:
                parsed = target.type.parse(target.field, target.fit(result), reading)
                row.values[target.name] = target.blank if parsed is None else parsed
            except FieldValueError as error:
                breach = error
        breach = breach or find_breach(target.field, types, row.values[target.name], reading)
        if breach is not None and row.values["deleted_at"] is None:
            params = {name: part if isinstance(part, int) else str(part) for name, part in breach.params.items()}
            problems.append({"id": row.id, "value": str(result), "code": breach.code, "params": params})
    return problems
