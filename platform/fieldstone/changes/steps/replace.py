"""A picklist value or a record type that goes: the records that hold it get the one that replaces it."""

from __future__ import annotations

import sqlalchemy as sa

from fieldstone.changes.steps.rewriting import write_values
from fieldstone.changes.steps.step_kind import END, Chunk, StepContext, StepKind, next_ids
from fieldstone.storage.steps import Step


class ReplaceStep(StepKind):
    """params: `key`, what goes, and `from`, how it is stored (None: the rows that have none); `to`, what replaces it.
    `field` "" is the record type."""

    name = "replace"
    rate = 3_000

    def run(self, context: StepContext, step: Step, after: int, limit: int) -> Chunk:
        module = context.find_module(step)
        if module is None:
            return END
        program, work = context.program(module), context.begin()
        field = program.by_identity.get(step.field or "record_type")
        if field is None or (step.field and not field.field.picklist):
            return END
        gone, column = step.params["from"], field.columns[0].column
        # As text: the key that goes is none of the column's any more.
        text = sa.type_coerce(column, sa.Text())
        held: sa.ColumnElement[bool] = text.is_(None)
        if gone is not None:
            held = sa.or_(text == gone, text.contains(f"\x1f{gone}\x1f", autoescape=True))
        ids = next_ids(context.connection, program.table, after, limit, held)
        if not ids:
            return END
        rows = context.rows(work, program, ids)
        for row in rows:
            row.values[field.name] = _replaced(row.values[field.name], step.params["key"], step.params["to"])
        write_values(work, program, rows)
        return Chunk(rows=len(rows), last_id=ids[-1])


def _replaced(value: object, gone: str, to: str) -> object:
    if isinstance(value, tuple):
        return tuple(dict.fromkeys(to if item == gone else item for item in value))
    return to if value == gone else value
