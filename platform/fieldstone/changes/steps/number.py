"""Numbers for the records that were there before their module or field counted."""

from __future__ import annotations

import sqlalchemy as sa

from fieldstone.changes.steps.places import find_place
from fieldstone.changes.steps.step_kind import END, Chunk, StepContext, StepKind, next_ids
from fieldstone.fields.auto_number import AutoNumberType
from fieldstone.records.save.statements import update_rows
from fieldstone.records.stages import SaveRow
from fieldstone.storage.allocate import allocate_numbers, reserve_numbers
from fieldstone.storage.steps import Step


class NumberStep(StepKind):
    """In the order in which the records were created. `field` "" is the record number."""

    name = "number"
    rate = 30_000

    def run(self, context: StepContext, step: Step, after: int, limit: int) -> Chunk:
        module = context.find_module(step)
        if module is None:
            return END
        program = context.program(module)
        field = program.by_identity.get(step.field or "record_number")
        counts = isinstance(field.type, AutoNumberType) if field and step.field else module.number is not None
        if field is None or not counts:
            return END
        ids = next_ids(context.connection, program.table, after, limit, field.columns[0].column.is_(None))
        if not ids:
            return END
        numbers = allocate_numbers(context.connection, _series(step), len(ids))
        rows = []
        for record_id, number in zip(ids, numbers, strict=True):
            if isinstance(field.type, AutoNumberType):
                shown = field.type.number(field.field, number)
            else:
                assert module.number is not None
                shown = f"{module.number.prefix}{number:0{module.number.digits}d}"
            rows.append(SaveRow(module=module.name, id=record_id, values={field.name: shown}))
        update_rows(context.connection, program.table, [field], rows)
        return Chunk(rows=len(ids), last_id=ids[-1])


class ReserveStep(StepKind):
    """A field that becomes a running number goes on after the greatest one among the values it had. params: `from`,
    the revision in which it had its former type."""

    name = "reserve"
    rate = 2_000_000

    def run(self, context: StepContext, step: Step, after: int, limit: int) -> Chunk:
        conn = context.connection
        source = find_place(context.past(step.params["from"]), step.module, step.field, conn.dialect)
        target = find_place(context.published, step.module, step.field, conn.dialect)
        if source is None or target is None or not isinstance(target.field.type, AutoNumberType):
            return END
        # A whole number gets the prefix on its way. A text that is written otherwise cannot meet one of the series.
        prefix = "" if source.field.value_type.kind == "number" else target.field.field.prefix
        text = sa.cast(source.field.columns[0].column, sa.Text)
        digits = sa.func.substr(text, len(prefix) + 1)
        numbered = sa.select(sa.func.max(sa.cast(digits, sa.BigInteger))).where(
            sa.func.substr(text, 1, len(prefix)) == prefix,
            sa.func.length(digits).between(1, _MOST_DIGITS),
            sa.func.ltrim(digits, "0123456789") == "",
        )
        if greatest := conn.execute(numbered).scalar_one():
            reserve_numbers(conn, _series(step), greatest)
        return END


_MOST_DIGITS = 18
"""Of a number that a series can reach."""


def _series(step: Step) -> str:
    return f"number:{step.field or step.module}"
