"""Rows of the condition builder ↔ expressions: all/any groups of field, operator, value.

Rows that come from an expression give an expression of the same meaning, and that one the same rows.
"""

from __future__ import annotations

from fieldstone.expressions.compiled import compile_expression
from fieldstone.expressions.operators import OPERATORS, Operator
from fieldstone.expressions.row_types import Condition, Group
from fieldstone.expressions.rows_reading import read_rows
from fieldstone.expressions.rows_writing import write_rows
from fieldstone.expressions.scope import Scope

__all__ = ["OPERATORS", "Condition", "Group", "Operator", "from_rows", "to_rows"]


def to_rows(source: str, scope: Scope) -> Group | None:
    """The rows of a condition; None when rows cannot show it. "" gives a group without items.

    Raises ExpressionError when the source is no condition.
    """
    if not source.strip():
        return Group(match="all", items=())
    return read_rows(compile_expression(source, scope, expected="boolean").root)


def from_rows(group: Group, scope: Scope) -> str:
    """The expression of rows; "" when there are none.

    Values may be of the field's type or text as a form sends it (10.5, 2026-03-14). Raises
    ExpressionError for an unknown field, an operator the field does not have, or a value it cannot hold.
    """
    source = write_rows(group, scope)
    if source:
        compile_expression(source, scope, expected="boolean")
    return source
