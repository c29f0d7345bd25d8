"""Checks a parsed expression against a Scope and gives its checked form (`nodes`)."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from fieldstone.expressions import codes
from fieldstone.expressions.calls import CallSite, check_arguments, check_count
from fieldstone.expressions.comparing import compare, take_type
from fieldstone.expressions.errors import ExpressionError, ExpressionProblem
from fieldstone.expressions.function import Function
from fieldstone.expressions.functions import FUNCTIONS
from fieldstone.expressions.naming import refuse_name
from fieldstone.expressions.nodes import (
    Arithmetic,
    Call,
    Comparison,
    Either,
    Literal,
    Logic,
    Membership,
    Name,
    Negation,
    Node,
    Not,
    weigh,
)
from fieldstone.expressions.scope import Scope
from fieldstone.expressions.types import BOOLEAN, EMPTY, NUMBER, TEXT, ValueType
from fieldstone.expressions.unify import unify
from fieldstone.expressions.wording import describe, nearest, some, word

MAX_WEIGHT = 2_000
"""How often, all in all, the parts of one expression may stand in its checked form."""

_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
}  # fmt: skip
_ARITHMETIC: dict[type[ast.operator], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Mod: "%",
}  # fmt: skip


class Checker:
    """Checks one tree. `paths` and `functions` collect what it reads; a part that was refused is None."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.paths: set[tuple[str, ...]] = set()
        self.functions: dict[str, Function] = {}
        self._problems: list[ExpressionProblem] = []

    def check(self, tree: ast.expr, expected: str | None) -> Node:
        """The checked form. Raises ExpressionError with every problem."""
        root = self._visit(tree)
        if root is not None and expected is not None:
            root = self._expect(root, expected)
        if root is not None and weigh(root) > MAX_WEIGHT:
            self.refuse(codes.TOO_MANY, 0, limit=MAX_WEIGHT)
        if self._problems or root is None:
            raise ExpressionError(sorted(self._problems, key=lambda problem: problem.column))
        return root

    def refuse(self, code: str, column: int, /, **params: object) -> None:
        problem = ExpressionProblem(code=code, params=params, column=column)
        if problem not in self._problems:
            self._problems.append(problem)

    def _visit(self, node: ast.expr) -> Node | None:
        match node:
            case ast.Constant():
                return self._constant(node)
            case ast.Name() | ast.Attribute():
                return self._name(node)
            case ast.BoolOp():
                return self._logic(node)
            case ast.UnaryOp():
                return self._unary(node)
            case ast.BinOp():
                return self._arithmetic(node)
            case ast.Compare():
                return self._comparison(node)
            case ast.IfExp():
                return self._either(node)
            case ast.Call():
                return self._call(node)
        advice = "Write a list only after in: stage in ('won', 'lost')."
        self.refuse(codes.NOT_ALLOWED, node.col_offset, what="A list by itself", advice=advice)
        return None

    def _visit_all(self, nodes: Sequence[ast.expr]) -> list[Node] | None:
        """All of them, or None when one was refused; problems of every one are collected."""
        visited = [self._visit(node) for node in nodes]
        kept = [node for node in visited if node is not None]
        return kept if len(kept) == len(visited) else None

    def _constant(self, node: ast.Constant) -> Node:
        value = node.value
        kind = (
            EMPTY
            if value is None
            else BOOLEAN
            if isinstance(value, bool)
            else TEXT
            if isinstance(value, str)
            else NUMBER
        )
        return Literal(value=value, type=kind, column=node.col_offset)

    def _name(self, node: ast.Name | ast.Attribute) -> Node | None:
        names: list[str] = []
        inner: ast.expr = node
        while isinstance(inner, ast.Attribute):
            names.append(inner.attr)
            inner = inner.value
        assert isinstance(inner, ast.Name)
        path = (inner.id, *reversed(names))
        found = self.find(path, node.col_offset)
        if found is None:
            refuse_name(self, self.scope, path, node.col_offset)
        return found

    def find(self, path: tuple[str, ...], column: int) -> Name | None:
        """The name of a path that the scope knows."""
        found = self.scope.find_type(path)
        if found is None:
            return None
        self.paths.add(path)
        return Name(path=path, type=found, column=column)

    def _condition(self, node: Node | None) -> Node | None:
        if node is None or node.type.kind == "boolean":
            return node
        if node.type.kind == "empty":
            return Literal(value=False, type=BOOLEAN, column=node.column)
        name = describe(node)
        example = f"{name} > 0" if node.type.kind == "number" else f"not is_empty({name})"
        params = {"value": name, "given": word(node.type.kind), "example": example}
        self.refuse(codes.NEEDS_CONDITION, node.column, **params)
        return None

    def _logic(self, node: ast.BoolOp) -> Node | None:
        items = [self._condition(self._visit(value)) for value in node.values]
        kept = tuple(item for item in items if item is not None)
        if len(kept) < len(items):
            return None
        return Logic(operator="and" if isinstance(node.op, ast.And) else "or", items=kept, column=node.col_offset)

    def _unary(self, node: ast.UnaryOp) -> Node | None:
        operand = self._visit(node.operand)
        if isinstance(node.op, ast.Not):
            condition = self._condition(operand)
            return condition and Not(operand=condition, column=node.col_offset)
        if operand is None:
            return None
        if operand.type.kind not in ("number", "empty"):
            sign = "-" if isinstance(node.op, ast.USub) else "+"
            self._refuse_arithmetic(sign, Literal(value=None, type=EMPTY), operand, node.col_offset)
            return None
        if isinstance(node.op, ast.UAdd):
            return operand
        if isinstance(operand, Literal):
            value = None if operand.value is None else -operand.value
            return Literal(value=value, type=operand.type, column=node.col_offset)
        return Negation(operand=operand, type=NUMBER, column=node.col_offset)

    def _arithmetic(self, node: ast.BinOp) -> Node | None:
        operator = _ARITHMETIC[type(node.op)]
        sides = self._visit_all((node.left, node.right))
        if sides is None:
            return None
        left, right = sides
        if any(side.type.kind not in ("number", "empty") for side in sides):
            self._refuse_arithmetic(operator, left, right, node.col_offset)
            return None
        return Arithmetic(operator=operator, left=left, right=right, type=NUMBER, column=node.col_offset)

    def _refuse_arithmetic(self, operator: str, left: Node, right: Node, column: int) -> None:
        kinds = {left.type.kind, right.type.kind}
        advice = "Use numbers."
        if kinds & {"date", "datetime"}:
            advice = "Use add_days(date, 7) or days_between(start, end)."
        elif operator == "+" and kinds & {"text", "choice"}:
            advice = "Join texts with concat(a, b)."
        self.refuse(
            codes.ARITHMETIC_TYPES,
            column,
            left=describe(left),
            left_type=word(left.type.kind),
            right=describe(right),
            right_type=word(right.type.kind),
            operator=operator,
            advice=advice,
        )

    def _comparison(self, node: ast.Compare) -> Node | None:
        links: list[Node | None] = []
        left = self._visit(node.left)
        if len(node.ops) > 1 and any(isinstance(operation, ast.In | ast.NotIn) for operation in node.ops):
            advice = "Put the comparison with in into parentheses."
            self.refuse(codes.NOT_ALLOWED, node.col_offset, what="in within a chain of comparisons", advice=advice)
            return None
        for operation, comparator in zip(node.ops, node.comparators, strict=True):
            if isinstance(operation, ast.In | ast.NotIn):
                found = self._membership(left, comparator, node.col_offset)
                links.append(found and (found if isinstance(operation, ast.In) else Not(operand=found)))
                continue
            right = self._visit(comparator)
            pair = left is not None and right is not None
            operator = _COMPARISONS[type(operation)]
            links.append(compare(self, operator, left, right, node.col_offset) if pair and left and right else None)
            left = right
        kept = tuple(link for link in links if link is not None)
        if len(kept) < len(links):
            return None
        return kept[0] if len(kept) == 1 else Logic(operator="and", items=kept, column=node.col_offset)

    def _membership(self, item: Node | None, listed: ast.expr, column: int) -> Node | None:
        elements = listed.elts if isinstance(listed, ast.Tuple | ast.List) else [listed]
        values = self._visit_all(elements)
        if item is None or values is None:
            return None
        if values and not isinstance(listed, ast.Tuple | ast.List) and not isinstance(values[0], Literal):
            kind = values[0].type.kind
            name = describe(values[0])
            advice = f"Write has({name}, 'value')." if kind == "list" else "Write x in ('a', 'b')."
            self.refuse(codes.NOT_ALLOWED, column, what=f"in {name}", advice=advice)
            return None
        links = [compare(self, "==", item, value, column) for value in values]
        kept = tuple(link for link in links if link is not None)
        if len(kept) < len(links):
            return None
        plain = [link.right for link in kept if isinstance(link, Comparison) and link.left is item]
        if len(plain) == len(kept) and all(isinstance(right, Literal) for right in plain):
            literals = tuple(right.value for right in plain if isinstance(right, Literal))
            return Membership(item=item, values=literals, column=column)
        return kept[0] if len(kept) == 1 else Logic(operator="or", items=kept, column=column)

    def _either(self, node: ast.IfExp) -> Node | None:
        test = self._condition(self._visit(node.test))
        branches = self._visit_all((node.body, node.orelse))
        unified = unify(self, branches, node.col_offset) if branches else None
        if test is None or unified is None:
            return None
        (body, orelse), kind = unified
        if kind.kind == "boolean":
            conditions = [self._condition(branch) for branch in (body, orelse)]
            body, orelse = (branch for branch in conditions if branch is not None)
        return Either(test=test, body=body, orelse=orelse, type=kind, column=node.col_offset)

    def _call(self, node: ast.Call) -> Node | None:
        assert isinstance(node.func, ast.Name)
        function = FUNCTIONS.find(node.func.id)
        arguments = self._visit_all(node.args)
        if function is None:
            name, near = node.func.id[:120], nearest(node.func.id, FUNCTIONS.names)
            if near:
                self.refuse(codes.UNKNOWN_FUNCTION, node.col_offset, name=name, nearest=near)
            else:
                names = some(FUNCTIONS.names, 50)
                self.refuse(codes.UNKNOWN_FUNCTION_BARE, node.col_offset, name=name, names=names)
            return None
        self.functions[function.name] = function
        if not check_count(self, function, len(node.args), node.col_offset) or arguments is None:
            return None
        typed = check_arguments(self, function, arguments, node.col_offset)
        if typed is None:
            return None
        arguments, kind = typed
        site = CallSite(checker=self, function=function, arguments=tuple(arguments), column=node.col_offset)
        rewritten = function.rewrite(site) if function.rewrite else None
        if site.refused:
            return None
        return rewritten or Call(function=function, arguments=tuple(arguments), type=kind, column=node.col_offset)

    def _expect(self, root: Node, expected: str) -> Node | None:
        typed = take_type(self, root, ValueType(kind=expected), "the value")
        if typed is None:
            return None
        given = typed.type.kind
        if given in ("empty", expected) or {given, expected} in _INTERCHANGEABLE:
            return self._condition(typed) if expected == "boolean" else typed
        self.refuse(codes.RESULT_TYPE, 0, given=word(given), expected=word(expected))
        return None


_INTERCHANGEABLE = ({"text", "choice"}, {"number", "reference"}, {"text", "list"}, {"date", "datetime"})
"""Kinds whose values the field that takes the result turns into its own."""
