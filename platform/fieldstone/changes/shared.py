"""The conditions of sharing rules, tried as what they will be: filters of lists."""

from __future__ import annotations

from datetime import UTC, datetime

from fieldstone.expressions.compiled import compile_expression
from fieldstone.expressions.errors import ExpressionError
from fieldstone.expressions.sql import compile_filter
from fieldstone.kernel.actors import SYSTEM
from fieldstone.kernel.codes import declare
from fieldstone.kernel.diagnostics import NOWHERE, Diagnostics
from fieldstone.kernel.errors import MetadataError
from fieldstone.records.columns import Columns
from fieldstone.records.contexts import site_context
from fieldstone.records.live import module_scope
from fieldstone.storage.published import PublishedModel

NO_FILTER = declare(
    "sharing.E030",
    "The database cannot find the records of the sharing rule {rule!r}: {problem}",
    "Write its condition more simply.",
)
_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)


def check_shared(published: PublishedModel) -> None:
    """Raises MetadataError with every rule, sharing.E030, whose condition is sound but no filter."""
    problems, model = Diagnostics(), published.model
    for rule in model.sharing.rules.values():
        if not rule.where:
            continue
        try:
            compiled = compile_expression(rule.where, module_scope(published, rule.module), expected="boolean")
            columns = Columns(published, SYSTEM, rule.module, site_context(model, _ANY_TIME), {})
            compile_filter(compiled, columns, columns.context, columns.dialect)
        except ExpressionError as error:
            path = f"rules.{rule.name}.where"
            place = next(reversed(model.provenance.get(f"sharing.{path}", ())), None)
            location = place.location if place else NOWHERE
            for each in error.problems:
                problems.add(NO_FILTER, location, path, rule=rule.name, problem=each.message)
    if problems.has_errors:
        raise MetadataError(problems)
