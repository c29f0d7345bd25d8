"""The stored formulas of rows: evaluated in the order in which they read each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from fieldstone.expressions.evaluate import EvaluationContext, evaluate
from fieldstone.fields.base import FieldValueError
from fieldstone.records.contexts import site_context
from fieldstone.records.names import Names, bind
from fieldstone.records.save.program import FormulaProgram, ModuleProgram
from fieldstone.records.stages import SaveRow, SaveWork


def compute_formulas(
    work: SaveWork,
    program: ModuleProgram,
    rows: Sequence[SaveRow],
    *,
    forced: frozenset[str] = frozenset(),
    report: bool = True,
) -> bool:
    """Set the formulas in `values`. Those of a stored row whose own inputs are as before are left alone,
    but the `forced` ones, which read what has changed in other records. A result too large to keep is a
    problem of the row, or, without `report`, empty. Whether there was none."""
    formulas = program.formulas
    sound = True
    if not formulas:
        return sound
    context = site_context(work.published.model, work.now)
    bound = bind(work, program.module.name, rows, [item.compiled for item in formulas])
    for formula in formulas:
        name = formula.field.name
        always = name in forced
        for row, names in zip(rows, bound, strict=True):
            if always or row.old is None or _inputs_changed(formula, row):
                try:
                    value = _evaluate(formula, names, context)
                except FieldValueError as error:
                    sound, value = False, None
                    if report and name not in row.faulty:
                        work.refuse_value(row, name, formula.field.field.label, error)
                row.values[name] = value
                if names is not row.values:
                    cast(dict[str, Any], names)[name] = value  # a copy that bind made for this row
    return sound


def _evaluate(formula: FormulaProgram, names: Names, context: EvaluationContext) -> Any:
    return formula.field.settle(evaluate(formula.compiled, names, context))


def _inputs_changed(formula: FormulaProgram, row: SaveRow) -> bool:
    assert row.old is not None
    old, values = row.old, row.values
    return any(values[head] != old[head] for head in formula.heads if head in values)
