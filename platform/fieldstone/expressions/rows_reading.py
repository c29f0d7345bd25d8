"""Reads rows of the condition builder from a checked expression."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from fieldstone.expressions.nodes import Call, Comparison, Literal, Logic, Membership, Name, Node, Not
from fieldstone.expressions.operators import OPERATORS, PERIODS
from fieldstone.expressions.periods import split_count
from fieldstone.expressions.row_types import Condition, Group

_USER = ("user", "id")
_MIRRORED = {"==": "==", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_BY_KIND = {
    "text": {"==": "is", "!=": "is_not"},
    "reference": {"==": "is", "!=": "is_not"},
    "number": {"==": "equals", "!=": "not_equals", "<": "less", "<=": "at_most", ">": "greater", ">=": "at_least"},
    "date": {"==": "on", "<": "before", ">": "after"},
    "time": {"==": "is", "<": "before", ">": "after"},
    "datetime": {"<": "before", ">": "after"},
}
_OF_PERIOD = {period: operator for operator, period in PERIODS.items()}

Row = Condition | Group


def read_rows(root: Node) -> Group | None:
    """The rows of a condition; None when rows cannot show it."""
    row = _read(root)
    if row is None or isinstance(row, Group):
        return row
    return Group(match="all", items=(row,))


def _read(node: Node) -> Row | None:
    match node:
        case Logic():
            return _read_joined(node) or (None if node.spells else _read_group(node))
        case Not(operand=operand):
            return _read_negated(operand)
        case Name():
            return Condition(field=node.dotted, operator="is_true")
        case Comparison():
            return _read_comparison(node, "==")
        case Membership():
            return _read_membership(node, "any_of")
        case Call():
            return _read_call(node)
    return None


def _read_group(node: Logic) -> Group | None:
    items = [_read(item) for item in node.items]
    kept = tuple(item for item in items if item is not None)
    if len(kept) < len(items):
        return None
    return Group(match="all" if node.operator == "and" else "any", items=kept)


def _read_joined(node: Logic) -> Condition | None:
    """One row that is written as several comparisons."""
    listed = _read_list(node, "has_any" if node.operator == "or" else "has_all")
    if listed is not None or node.operator == "or" or len(node.items) != 2:
        return listed
    first, second = node.items
    return _read_change(node.spells, first, second) if node.spells else _read_between(first, second)


def _read_list(node: Node, operator: str) -> Condition | None:
    items: Sequence[Node] = node.items if isinstance(node, Logic) else (node,)
    fields: set[str] = set()
    values: list[Any] = []
    for item in items:
        match item:
            case Call(arguments=(Name() as field, Literal(value=str() as value))) if item.function.name == "has":
                fields.add(field.dotted)
                values.append(value)
            case _:
                return None
    return Condition(field=fields.pop(), operator=operator, value=tuple(values)) if len(fields) == 1 else None


def _read_between(first: Node, second: Node) -> Condition | None:
    match first, second:
        case (
            Comparison(operator="<=", left=Literal(value=low), right=inner),
            Comparison(operator="<=", left=same, right=Literal(value=high)),
        ) if low is not None and high is not None:
            field = _field_of(inner)
            if field is not None and _field_of(same) == field and inner.type == same.type:
                is_ordered = inner.type.kind in ("number", "date", "datetime", "time")
                return Condition(field=field, operator="between", value=(low, high)) if is_ordered else None
    return None


def _read_change(operator: str, first: Node, second: Node) -> Condition | None:
    """changed_to and changed_from, as the checker spells them out."""
    field = _changed_field(second)
    match first:
        case Comparison(operator="==", left=left, right=Literal(value=value)) if field and value is not None:
            return Condition(field=field, operator=operator, value=_shown(left, value)) if _field_of(left) else None
    return None


def _changed_field(node: Node) -> str | None:
    match node:
        case Not(operand=Comparison(operator="==", left=Name(path=("old", *rest)), right=Name(path=path))) if (
            tuple(rest) == path
        ):
            return ".".join(path)
    return None


def _read_negated(node: Node) -> Row | None:
    changed = _changed_field(Not(operand=node))
    if changed is not None:
        return Condition(field=changed, operator="changed")
    match node:
        case Name():
            return Condition(field=node.dotted, operator="is_false")
        case Comparison(operator="=="):
            return _read_comparison(node, "!=")
        case Membership():
            return _read_membership(node, "none_of")
        case Call() if node.function.name == "contains":
            row = _read_call(node)
            return row and Condition(field=row.field, operator="not_contains", value=row.value)
        case Call() | Logic(operator="or"):
            return _read_list(node, "has_none")
    return None


def _field_of(node: Node) -> str | None:
    """The field on one side of a comparison; a date-time compared by its day stands for itself."""
    if isinstance(node, Call) and node.function.name == "date" and node.arguments[0].type.kind == "datetime":
        node = node.arguments[0]
    return node.dotted if isinstance(node, Name) else None


def _read_comparison(node: Comparison, equality: str) -> Condition | None:
    sign, left, right = node.operator, node.left, node.right
    if isinstance(left, Literal):
        sign, left, right = _MIRRORED[sign], right, left
    sign = equality if sign == "==" else sign
    field = _field_of(left)
    if field is None:
        return None
    kind = left.type.kind
    if isinstance(right, Name):
        is_me = right.path == _USER and sign == "==" and kind == "reference"
        return Condition(field=field, operator="is_me") if is_me else None
    if not isinstance(right, Literal):
        return None
    if right.value is None:
        emptiness = {"==": "is_empty", "!=": "is_not_empty"}.get(sign)
        return Condition(field=field, operator=emptiness) if emptiness else None
    if kind == "choice":
        listed = {"==": "any_of", "!=": "none_of"}.get(sign)
        return Condition(field=field, operator=listed, value=(right.value,)) if listed else None
    operator = _BY_KIND.get(kind, {}).get(sign)
    if operator is None or (kind == "reference" and right.value != int(right.value)):
        return None
    return Condition(field=field, operator=operator, value=_shown(left, right.value))


def _read_membership(node: Membership, operator: str) -> Condition | None:
    if not isinstance(node.item, Name) or node.item.type.kind not in ("choice", "reference") or None in node.values:
        return None
    values = tuple(_shown(node.item, value) for value in node.values)
    return Condition(field=node.item.dotted, operator=operator, value=values) if values else None


def _shown(name: Node, value: Any) -> Any:
    return int(value) if name.type.kind == "reference" else value


def _read_call(node: Call) -> Condition | None:
    read = _CALLS.get(node.function.name)
    match node.arguments:
        case (Name() as field, *rest) if read and all(isinstance(item, Literal) and item.value for item in rest):
            row = read(field.dotted, [item.value for item in rest if isinstance(item, Literal)])
            return row if field.type.kind in OPERATORS[row.operator].kinds else None
    return None


def _read_within(field: str, values: Sequence[Any]) -> Condition:
    period = values[0]
    counted = split_count(period)
    if counted is not None:
        return Condition(field=field, operator=_OF_PERIOD[counted[0]], value=counted[1])
    named = _OF_PERIOD.get(period)
    return Condition(field=field, operator=named) if named else Condition(field=field, operator="within", value=period)


def _as_is(operator: str) -> Callable[[str, Sequence[Any]], Condition]:
    return lambda field, values: Condition(field=field, operator=operator, value=values[0] if values else None)


_CALLS: dict[str, Callable[[str, Sequence[Any]], Condition]] = {
    "contains": _as_is("contains"),
    "starts_with": _as_is("starts_with"),
    "ends_with": _as_is("ends_with"),
    "in_my_team": _as_is("in_my_team"),
    "followed": _as_is("followed"),
    "starred": _as_is("starred"),
    "within": _read_within,
    "has": lambda field, values: Condition(field=field, operator="has_any", value=(values[0],)),
}
