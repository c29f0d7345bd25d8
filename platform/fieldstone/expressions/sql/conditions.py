"""Conditions by polarity: bare comparisons where a condition must hold, so that indexes serve them, and
negation pushed down to the comparisons, where an empty side makes the negation true."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from fieldstone.expressions.nodes import (
    Arithmetic,
    Call,
    Comparison,
    Either,
    Logic,
    Membership,
    Name,
    Negation,
    Node,
    Not,
)
from fieldstone.expressions.sql.comparisons import Comparisons
from fieldstone.expressions.sql.values import Operand, Value
from fieldstone.expressions.sql.writer import SqlWriter
from fieldstone.expressions.types import BOOLEAN

_MIRRORED = {"==": "==", "<": ">", "<=": ">=", ">": "<", ">=": "<="}

Condition = sa.ColumnElement[bool]


class Conditions:
    """Writes checked nodes. A condition is TRUE exactly where the node is `wanted`; elsewhere FALSE or NULL."""

    def __init__(self, writer: SqlWriter) -> None:
        self._writer = writer
        self._comparisons = Comparisons(writer)

    def where(self, node: Node, wanted: bool) -> Condition:
        if self._writer.is_constant(node):
            return _fixed(bool(self._writer.constant(node).value) is wanted)
        match node:
            case Logic():
                items = [self.where(item, wanted) for item in node.items]
                return sa.and_(*items) if (node.operator == "and") is wanted else sa.or_(*items)
            case Not():
                return self.where(node.operand, not wanted)
            case Name():
                column = self._writer.column(node).column
                return column.is_(sa.true()) if wanted else column.is_not(sa.true())
            case Comparison():
                return self._comparison(node, wanted)
            case Membership():
                item = self.value(node.item)
                assert isinstance(item, Value)
                return self._comparisons.membership(item, node.values, wanted)
            case Either():
                then = (self.where(node.test, True), self.where(node.body, wanted))
                return sa.case(then, else_=self.where(node.orelse, wanted))
        assert isinstance(node, Call)
        held: Condition = self._call(node)
        return held if wanted else held.is_not(sa.true())

    def value(self, node: Node) -> Operand:
        """The value of a node that is no condition."""
        writer = self._writer
        if writer.is_constant(node):
            return writer.constant(node)
        if node.type.kind == "boolean":
            return Value(sql=self.where(node, True).is_(sa.true()), type=BOOLEAN)
        match node:
            case Name():
                return writer.column_value(node)
            case Negation():
                return writer.number_call("negate", self.value(node.operand))
            case Arithmetic():
                return writer.arithmetic(node.operator, self.value(node.left), self.value(node.right))
            case Either():
                body, orelse = (writer.element(self.value(branch)) for branch in (node.body, node.orelse))
                return writer.computed(sa.case((self.where(node.test, True), body), else_=orelse), node.type)
        assert isinstance(node, Call)
        found: Value = self._call(node)
        return found

    def _call(self, node: Call) -> Any:
        function = node.function
        if function.sql is None:
            raise self._writer.refuse(f"{function.name}()", node)
        return function.sql(self._writer, *(self.value(argument) for argument in node.arguments))

    def _comparison(self, node: Comparison, wanted: bool) -> Condition:
        if node.left.type.kind == "boolean" and node.right.type.kind == "boolean":
            return self._equal_conditions(node, wanted)
        operator, left, right = node.operator, node.left, node.right
        if self._writer.is_constant(left):
            operator, left, right = _MIRRORED[operator], right, left
        if self._writer.is_constant(right):
            constant = self._writer.constant(right)
            if isinstance(left, Call) and _is_day_of_moment(left):
                moment = self.value(left.arguments[0])
                assert isinstance(moment, Value)
                return self._comparisons.day_of_moment(operator, moment, constant.value, wanted)
            value = self.value(left)
            assert isinstance(value, Value)
            return self._comparisons.with_constant(operator, value, constant, wanted)
        first, second = self.value(left), self.value(right)
        assert isinstance(first, Value)
        assert isinstance(second, Value)
        return self._comparisons.of_two(operator, first, second, wanted)

    def _equal_conditions(self, node: Comparison, wanted: bool) -> Condition:
        sides = [self.where(side, True).is_(sa.true()) for side in (node.left, node.right)]
        return sides[0] == sides[1] if wanted else sides[0] != sides[1]


def _fixed(truth: bool) -> Condition:
    return sa.true() if truth else sa.false()


def _is_day_of_moment(call: Call) -> bool:
    return call.function.name == "date" and call.arguments[0].type.kind == "datetime"
