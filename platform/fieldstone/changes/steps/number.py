"""Numbers for the records that were there before their module or field counted."""

from __future__ import annotations

from fieldstone.changes.steps.step_kind import END, Chunk, StepContext, StepKind, next_ids
from fieldstone.fields.auto_number import AutoNumberType
from fieldstone.records.save.statements import update_rows
from fieldstone.records.stages import SaveRow
from fieldstone.storage.allocate import allocate_numbers
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
        numbers = allocate_numbers(context.connection, f"number:{step.field or module.identity}", len(ids))
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
