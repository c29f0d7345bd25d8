"""What may be compared with what, and the literals that take the other side's type."""

from __future__ import annotations

from typing import Protocol

from fieldstone.expressions import codes
from fieldstone.expressions.function import Function, Parameter
from fieldstone.expressions.functions import FUNCTIONS
from fieldstone.expressions.literals import EXAMPLES, parse_date, parse_moment, parse_time
from fieldstone.expressions.nodes import Call, Comparison, Literal, Name, Node, Not
from fieldstone.expressions.types import BOOLEAN, DATE, DATETIME, TEXT, TIME, ValueType
from fieldstone.expressions.wording import describe, nearest, some, word

_UNORDERED = ("choice", "boolean")
_ONLY_EMPTY = ("list", "json")

_WALL_TIME = Function(
    name="wall_time",
    group="dates",
    parameters=(Parameter(name="moment", kinds=("datetime",)),),
    result=DATETIME,
    python=lambda context, wall: context.to_utc(wall),
    needs_context=True,
    help="The moment at which clocks in the zone show a time that was written without an offset.",
    example="created_at > '2026-03-14T09:00'",
)


class Problems(Protocol):
    """Collects what is wrong."""

    def refuse(self, code: str, column: int, /, **params: object) -> None: ...


def compare(problems: Problems, operator: str, left: Node, right: Node, column: int) -> Node | None:
    """The checked comparison, or None when it was refused."""
    if operator == "!=":
        equal = compare(problems, "==", left, right, column)
        return equal and Not(operand=equal, column=column)
    pair = _align(problems, left, right)
    if pair is None:
        return None
    left, right = pair
    kinds = {left.type.kind, right.type.kind} - {"empty"}
    if not _comparable(kinds) or (len(kinds) == 1 and kinds & {*_ONLY_EMPTY} and "empty" not in _kinds(left, right)):
        _refuse_types(problems, left, right, column)
        return None
    if operator != "==" and kinds & {*_UNORDERED, *_ONLY_EMPTY}:
        params = {"left": describe(left), "left_type": word(left.type.kind)}
        params |= {"right": describe(right), "right_type": word(right.type.kind)}
        problems.refuse(codes.ORDER_TYPES, column, **params)
        return None
    if kinds == {"boolean"}:
        return _compare_conditions(left, right, column)
    return Comparison(operator=operator, left=left, right=right, column=column)


def _kinds(*nodes: Node) -> set[str]:
    return {node.type.kind for node in nodes}


def _comparable(kinds: set[str]) -> bool:
    return len(kinds) < 2 or kinds in ({"text", "choice"}, {"number", "reference"})


def _compare_conditions(left: Node, right: Node, column: int) -> Node:
    """A checkbox is never empty; comparing with True or False needs no comparison."""
    if "empty" in _kinds(left, right):
        return Literal(value=False, type=BOOLEAN, column=column)
    if isinstance(left, Literal):
        left, right = right, left
    if isinstance(right, Literal):
        return left if right.value else Not(operand=left, column=column)
    return Comparison(operator="==", left=left, right=right, column=column)


def _align(problems: Problems, left: Node, right: Node) -> tuple[Node, Node] | None:
    """Literals in the type of the other side, days instead of moments where a day stands opposite."""
    aligned_left = take_type(problems, left, right.type, describe(right))
    aligned_right = take_type(problems, right, left.type, describe(left))
    if aligned_left is None or aligned_right is None:
        return None
    left, right = aligned_left, aligned_right
    if {left.type.kind, right.type.kind} == {"date", "datetime"}:
        left, right = _day(left), _day(right)
    return left, right


def _day(node: Node) -> Node:
    if node.type.kind == "date":
        return node
    return Call(function=FUNCTIONS["date"], arguments=(node,), type=DATE, column=node.column)


def take_type(problems: Problems, node: Node, other: ValueType, name: str) -> Node | None:
    """A text literal as a value of the type opposite (a day stands for itself opposite a date-time)."""
    if not isinstance(node, Literal) or not isinstance(node.value, str) or node.type.kind != "text":
        return node
    if other.kind == "choice":
        return node if check_choice(problems, node, other, name) else None
    if other.kind not in EXAMPLES:
        return node
    found = read_literal(node.value, other.kind, node.column)
    if found is None:
        params = {"text": node.value[:60], "kind": word(other.kind).removeprefix("a "), "example": EXAMPLES[other.kind]}
        problems.refuse(codes.NOT_A_MOMENT, node.column, **params)
    return found


def read_literal(text: str, kind: str, column: int) -> Node | None:
    """The literal of a date, datetime or time; None when the text is none."""
    if kind == "time":
        clock = parse_time(text)
        return None if clock is None else Literal(value=clock, type=TIME, column=column)
    day = parse_date(text)
    if day is not None:
        return Literal(value=day, type=DATE, column=column)
    moment = parse_moment(text) if kind == "datetime" else None
    if moment is None:
        return None
    known = Literal(value=moment, type=DATETIME, column=column)
    if moment.tzinfo:
        return known
    return Call(function=_WALL_TIME, arguments=(known,), type=DATETIME, column=column)


def check_choice(problems: Problems, node: Node, holder: ValueType, name: str) -> bool:
    """Whether a literal is one of the keys; refuses it with the nearest one when it is not."""
    if not isinstance(node, Literal) or node.value is None or holder.choices is None:
        return True
    key = node.value
    if key in holder.choices:
        return True
    near = nearest(key, holder.choices)
    if near:
        problems.refuse(codes.UNKNOWN_CHOICE, node.column, name=name, key=key[:60], nearest=near)
    else:
        problems.refuse(codes.UNKNOWN_CHOICE_BARE, node.column, name=name, key=key[:60], names=some(holder.choices))
    return False


def _refuse_types(problems: Problems, left: Node, right: Node, column: int) -> None:
    kinds = _kinds(left, right)
    advice = "Compare values of one type."
    if "list" in kinds:
        advice = "Use has(list, 'value')."
    elif isinstance(right, Literal) and right.type == TEXT and left.type.kind == "number":
        advice = "Write the number without quotes."
    elif "reference" in kinds and "text" in kinds:
        referring = next((node for node in (left, right) if node.type.kind == "reference"), left)
        path = referring.dotted if isinstance(referring, Name) else "organization"
        advice = f"Compare the id, or a field of it such as {path}.name."
    elif "text" in kinds and kinds & {"date", "datetime"}:
        advice = "Turn the text into a date with date()."
    problems.refuse(
        codes.COMPARISON_TYPES,
        column,
        left=describe(left),
        left_type=word(left.type.kind),
        right=describe(right),
        right_type=word(right.type.kind),
        advice=advice,
    )
