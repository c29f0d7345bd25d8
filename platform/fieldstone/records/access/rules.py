"""The conditions of sharing rules, in SQL."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa

from fieldstone.expressions.compiled import CompiledExpression, compile_expression
from fieldstone.expressions.errors import ExpressionError
from fieldstone.expressions.sql import compile_filter
from fieldstone.records.contexts import site_context
from fieldstone.records.live import module_scope
from fieldstone.records.own_columns import OwnColumns
from fieldstone.storage.published import PublishedModel

_NO_TIME = datetime(2000, 1, 1, tzinfo=UTC)


def rule_condition(published: PublishedModel, module: str, where: str, table: sa.FromClause) -> sa.ColumnElement[bool]:
    """The records for which the condition of a rule holds, over stored fields of their own.

    A condition that asks for more (the time, the user, other records), or does not fit the model, as it may in one
    of the past, shares nothing: what is not understood stays private.
    """
    try:
        compiled = compile_expression(where, module_scope(published, module), expected="boolean")
        columns = OwnColumns(published, module, table)
        if not _is_own(compiled, columns):
            return sa.false()
        return compile_filter(compiled, columns, site_context(published.model, _NO_TIME), published.tables.dialect)
    except ExpressionError:
        return sa.false()


def _is_own(compiled: CompiledExpression, columns: OwnColumns) -> bool:
    if compiled.uses_time or compiled.uses_user or compiled.uses_old:
        return False
    return all(columns.find_column(path) is not None for path in compiled.paths)
