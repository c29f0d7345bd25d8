"""Compiles expressions to SQL: filters by polarity, values for sorting and grouping."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from fieldstone.expressions import codes
from fieldstone.expressions.compiled import CompiledExpression
from fieldstone.expressions.context import EvaluationContext
from fieldstone.expressions.errors import refuse
from fieldstone.expressions.nodes import Arithmetic, Call, Node
from fieldstone.expressions.sql.columns import ColumnSource
from fieldstone.expressions.sql.conditions import Conditions
from fieldstone.expressions.sql.values import Constant
from fieldstone.expressions.sql.writer import SqlWriter

MAX_WEIGHT = 10_000


def compile_filter(
    compiled: CompiledExpression, columns: ColumnSource, context: EvaluationContext, dialect: str
) -> sa.ColumnElement[bool]:
    """True for exactly the rows where the expression holds (it may be NULL for others: use it in WHERE).

    `dialect` is sqlite or postgresql. Raises ExpressionError when a part cannot be used in a filter.
    """
    _check_weight(compiled.root)
    return Conditions(SqlWriter(compiled, columns, context, dialect)).where(compiled.root, True)


def compile_value(
    compiled: CompiledExpression, columns: ColumnSource, context: EvaluationContext, dialect: str
) -> sa.ColumnElement[Any]:
    """The value of the expression, to select, sort or group by: NULL when it is empty.

    Its SQLAlchemy type gives the Python value. Raises ExpressionError as compile_filter does.
    """
    _check_weight(compiled.root)
    writer = SqlWriter(compiled, columns, context, dialect)
    if compiled.type.kind == "boolean":
        return Conditions(writer).where(compiled.root, True).is_(sa.true())
    value = Conditions(writer).value(compiled.root)
    if isinstance(value, Constant) or value.keys is not None:
        return writer.element(value)
    return value.sql


def _check_weight(root: Node) -> None:
    if _weigh(root, {}) > MAX_WEIGHT:
        raise refuse(codes.NOT_IN_FILTER, what="An expression nested this deep")


def _weigh(node: Node, known: dict[int, int]) -> int:
    """About how large the SQL of a node is: moving dates and remainders write their operands three times."""
    weight = known.get(id(node))
    if weight is None:
        repeats = isinstance(node, Call) and node.function.name.startswith("add_")
        factor = 3 if repeats or (isinstance(node, Arithmetic) and node.operator == "%") else 1
        weight = known[id(node)] = 1 + factor * sum(_weigh(child, known) for child in node.children)
    return weight
