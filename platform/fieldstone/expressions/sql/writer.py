"""Writes the values of expressions in SQL; functions get it as the first argument of `Function.sql`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fieldstone.expressions import codes
from fieldstone.expressions.compiled import CompiledExpression
from fieldstone.expressions.context import EvaluationContext
from fieldstone.expressions.errors import ExpressionError
from fieldstone.expressions.errors import refuse as refusal
from fieldstone.expressions.evaluate import evaluate
from fieldstone.expressions.nodes import Name, Node
from fieldstone.expressions.program import build_part
from fieldstone.expressions.sql.columns import ColumnSource, MarkSource, SqlColumn
from fieldstone.expressions.sql.dates import DateWriter
from fieldstone.expressions.sql.keys import column_keys
from fieldstone.expressions.sql.lists import ListWriter
from fieldstone.expressions.sql.text import TextWriter
from fieldstone.expressions.sql.values import Constant, Element, Operand, Value, column_scale


class SqlWriter(TextWriter, DateWriter, ListWriter):
    """For one expression in one statement. Whatever reads no column is worked out in Python beforehand."""

    def __init__(
        self, compiled: CompiledExpression, columns: ColumnSource, context: EvaluationContext, dialect: str
    ) -> None:
        super().__init__(context, dialect)
        self._source = columns
        self._compiled = compiled
        self._columns: dict[tuple[str, ...], SqlColumn] = {}
        self._names: dict[str, Any] = {}
        self._known: dict[int, bool] = {}
        for path in compiled.paths:
            self._resolve(path, columns)

    def _resolve(self, path: tuple[str, ...], columns: ColumnSource) -> None:
        found = None if path[0] == "user" else columns.find_column(path)
        if found is not None:
            self._columns[path] = found
            return
        value = columns.find_value(path)
        if value is None and path[0] != "user":
            raise refusal(codes.NOT_IN_FILTER, what=".".join(path))
        self._names[".".join(path)] = value

    def marked(self, mark: str, record: Operand) -> Element:
        """Raises ExpressionError where nobody knows of marks."""
        if not isinstance(self._source, MarkSource) or not isinstance(record, Value):
            raise refusal(codes.NOT_IN_FILTER, what=f"{mark}()")
        return self._source.marked(mark, record.type.targets[0], record.sql)

    def is_constant(self, node: Node) -> bool:
        """Whether the node reads no column."""
        known = self._known.get(id(node))
        if known is None:
            if isinstance(node, Name):
                known = node.path not in self._columns
            else:
                known = all(self.is_constant(child) for child in node.children)
            self._known[id(node)] = known
        return known

    def constant(self, node: Node) -> Constant:
        """The value of a node that reads no column."""
        part = replace(self._compiled, root=node, type=node.type, program=build_part(node))
        return Constant(value=evaluate(part, self._names, self.context), type=node.type)

    def column(self, name: Name) -> SqlColumn:
        return self._columns[name.path]

    def column_value(self, name: Name) -> Value:
        found = self._columns[name.path]
        scale = column_scale(found.column, found.type) if name.type.kind in ("number", "reference") else None
        keys = column_keys(found.column)
        return Value(sql=found.column, type=name.type, is_column=True, scale=scale, key=found.key, keys=keys)

    def refuse(self, what: str, node: Node | None = None) -> ExpressionError:
        return refusal(codes.NOT_IN_FILTER, column=node.column if node else 0, what=what)
