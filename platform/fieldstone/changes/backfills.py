"""The expressions of backfills, checked against the model whose records they fill."""

from __future__ import annotations

from collections.abc import Iterable

from fieldstone.expressions.compiled import compile_expression
from fieldstone.expressions.errors import ExpressionError
from fieldstone.kernel.codes import declare
from fieldstone.kernel.diagnostics import Diagnostics
from fieldstone.kernel.errors import MetadataError
from fieldstone.metadata.model import AppModel
from fieldstone.metadata.moves import NO_FIELD, BackfillMove
from fieldstone.metadata.scopes import ModuleScope

BAD_EXPRESSION = declare("move.E019", "The backfill {id!r} cannot be computed: {problem}", "Mend its expression.")
COMPUTED = declare("move.E020", "{name!r} is computed and cannot be filled in.", "Fill in what it is computed from.")


def check_backfills(moves: Iterable[BackfillMove], model: AppModel) -> None:
    """Raises MetadataError with every expression that does not fit, move.E019 and move.E020."""
    problems = Diagnostics()
    for move in moves:
        module, _, name = move.field.partition(".")
        if name not in model.modules[module].fields:
            problems.add(NO_FIELD, move.location, move.id, name=move.field)
            continue
        scope = ModuleScope(model.modules, module, model.picklists, model.field_types)
        if model.type_of(model.modules[module].fields[name]).computed:
            problems.add(COMPUTED, move.location, move.id, name=move.field)
        for source, expected in ((move.value, None), (move.condition, "boolean")):
            try:
                if source:
                    compile_expression(source, scope, expected=expected)
            except ExpressionError as error:
                for each in error.problems:
                    problems.add(BAD_EXPRESSION, move.location, move.id, id=move.id, problem=each.message)
    if problems.has_errors:
        raise MetadataError(problems)
