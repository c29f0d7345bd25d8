"""Writes rows of the condition builder as an expression."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from fieldstone.expressions import codes
from fieldstone.expressions.arithmetic import plain
from fieldstone.expressions.errors import refuse
from fieldstone.expressions.operators import OPERATORS, PERIODS, SIGNS
from fieldstone.expressions.row_types import Condition, Group
from fieldstone.expressions.scope import Scope
from fieldstone.expressions.types import ValueType
from fieldstone.expressions.wording import nearest, quote, some, word


def write_rows(group: Group, scope: Scope) -> str:
    """The source of a group; groups without items are left out."""
    written = [_write_item(item, scope) for item in group.items]
    return (" and " if group.match == "all" else " or ").join(part for part in written if part)


def _write_item(item: Condition | Group, scope: Scope) -> str:
    if isinstance(item, Condition):
        return _write_condition(item, scope)
    inner = write_rows(item, scope)
    return f"({inner})" if len(item.items) > 1 and inner else inner


def _write_condition(row: Condition, scope: Scope) -> str:
    kind = scope.find_type(tuple(row.field.split(".")))
    if kind is None:
        known = sorted(scope.names_under(()))
        near = nearest(row.field, known)
        if near:
            raise refuse(codes.UNKNOWN_NAME, name=row.field[:120], nearest=near)
        raise refuse(codes.UNKNOWN_NAME_BARE, name=row.field[:120], names=some(known))
    operator = OPERATORS.find(row.operator)
    if operator is None or kind.kind not in operator.kinds:
        names = some((known.name for known in OPERATORS if kind.kind in known.kinds), 50)
        shown = row.operator[:40]
        raise refuse(codes.ROW_OPERATOR, field=row.field, kind=word(kind.kind), operator=shown, names=names)
    return _write(row, kind, _values(row, kind, operator.takes))


def _values(row: Condition, kind: ValueType, takes: str) -> list[str]:
    """The literals of the row's values."""
    if takes == "none":
        return []
    if takes in ("number", "period"):
        return [str(row.value).strip()]
    values = row.value if isinstance(row.value, list | tuple) else (row.value,)
    if not values or (takes == "two" and len(values) != 2) or (takes == "one" and len(values) != 1):
        raise _unusable(row, kind, row.value)
    return [_literal(row, kind, value) for value in values]


def _literal(row: Condition, kind: ValueType, value: Any) -> str:
    if value is None or value == "" or isinstance(value, bool):
        raise _unusable(row, kind, value)
    if kind.kind in ("number", "reference"):
        try:
            number = Decimal(str(value).strip())
            return plain(number if number.is_finite() else Decimal("x"))
        except InvalidOperation:
            raise _unusable(row, kind, value) from None
    if isinstance(value, datetime):
        return quote(value.isoformat().replace("+00:00", "Z"))
    return quote(value.isoformat() if isinstance(value, date) or hasattr(value, "isoformat") else str(value))


def _unusable(row: Condition, kind: ValueType, value: Any) -> Exception:
    return refuse(codes.ROW_VALUE, field=row.field, kind=word(kind.kind), value=str(value)[:60])


def _write(row: Condition, kind: ValueType, values: Sequence[str]) -> str:
    name, operator = row.field, row.operator
    if operator in SIGNS:
        return f"{name} {SIGNS[operator]} {values[0]}"
    if operator in PERIODS:
        return f"within({name}, {quote(PERIODS[operator].replace('N', values[0] if values else ''))})"
    return _FORMS[operator](name, values)


def _listed(name: str, values: Sequence[str], word: str) -> str:
    return f"{name} {word} ({', '.join(values)}{',' if len(values) == 1 else ''})"


def _has(joint: str) -> Callable[[str, Sequence[str]], str]:
    def write(name: str, values: Sequence[str]) -> str:
        calls = joint.join(f"has({name}, {value})" for value in values)
        return f"({calls})" if len(values) > 1 else calls

    return write


_FORMS: dict[str, Callable[[str, Sequence[str]], str]] = {
    "contains": lambda name, values: f"contains({name}, {values[0]})",
    "not_contains": lambda name, values: f"not contains({name}, {values[0]})",
    "starts_with": lambda name, values: f"starts_with({name}, {values[0]})",
    "ends_with": lambda name, values: f"ends_with({name}, {values[0]})",
    "between": lambda name, values: f"{values[0]} <= {name} <= {values[1]}",
    "within": lambda name, values: f"within({name}, {quote(values[0])})",
    "any_of": lambda name, values: _listed(name, values, "in"),
    "none_of": lambda name, values: _listed(name, values, "not in"),
    "has_any": _has(" or "),
    "has_all": _has(" and "),
    "has_none": lambda name, values: f"not {_has(' or ')(name, values)}",
    "is_me": lambda name, values: f"{name} == user.id",
    "in_my_team": lambda name, values: f"in_my_team({name})",
    "followed": lambda name, values: f"followed({name})",
    "starred": lambda name, values: f"starred({name})",
    "is_true": lambda name, values: name,
    "is_false": lambda name, values: f"not {name}",
    "is_empty": lambda name, values: f"is_empty({name})",
    "is_not_empty": lambda name, values: f"not is_empty({name})",
    "changed": lambda name, values: f"changed({name})",
    "changed_to": lambda name, values: f"changed_to({name}, {values[0]})",
    "changed_from": lambda name, values: f"changed_from({name}, {values[0]})",
}
