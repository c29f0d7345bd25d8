"""Functions of the record itself: what changed, what a list holds."""

from __future__ import annotations

from typing import Any

from fieldstone.expressions import codes
from fieldstone.expressions.function import Function, Parameter
from fieldstone.expressions.nodes import Logic, Name, Node, Not
from fieldstone.expressions.types import BOOLEAN

_FIELD = ("text", "number", "boolean", "date", "datetime", "time", "choice", "reference")
_OF_CHANGE = "workflows and rules"


def has(values: tuple[str, ...], value: str) -> bool:
    return value in values


def _check_value(site: Any) -> Node | None:
    field, value = site.arguments
    site.check_choice(field, value)
    return None


def _changed(site: Any) -> Node | None:
    pair = _old_and_new(site)
    return Not(operand=site.compare("==", *pair)) if pair else None


def _changed_to(site: Any) -> Node | None:
    pair = _old_and_new(site)
    if pair is None:
        return None
    _, new = pair
    return _with_change(site, site.compare("==", new, site.arguments[1]), pair)


def _changed_from(site: Any) -> Node | None:
    pair = _old_and_new(site)
    if pair is None:
        return None
    old, _ = pair
    return _with_change(site, site.compare("==", old, site.arguments[1]), pair)


def _with_change(site: Any, condition: Node, pair: tuple[Node, Node]) -> Node:
    changed = Not(operand=site.compare("==", *pair))
    return Logic(operator="and", items=(condition, changed), spells=site.function.name, column=site.column)


def _old_and_new(site: Any) -> tuple[Node, Node] | None:
    new = site.arguments[0]
    if not isinstance(new, Name) or new.path[0] in ("old", "user"):
        site.refuse(codes.NEEDS_FIELD, name=site.function.name)
        return None
    old = site.name(("old", *new.path))
    if old is None:
        site.refuse(codes.NO_OLD, name=site.function.name)
        return None
    return old, new


def _spelled_out(*_values: Any) -> bool:
    raise AssertionError("changed() is rewritten into comparisons before anything is evaluated")


_ONE = (Parameter(name="field", kinds=_FIELD),)
_TWO = (*_ONE, Parameter(name="value", kinds=_FIELD))

FUNCTIONS = (
    Function(
        name="has",
        group="records",
        parameters=(Parameter(name="list", kinds=("list",)), Parameter(name="value", kinds=("text", "choice"))),
        result=BOOLEAN,
        python=has,
        rewrite=_check_value,
        sql=lambda writer, values, value: writer.has(values, value),
        help="True when a multi-picklist or tags hold the value.",
        example="has(tags, 'vip')",
    ),
    Function(
        name="changed",
        group=_OF_CHANGE,
        parameters=_ONE,
        result=BOOLEAN,
        python=_spelled_out,
        rewrite=_changed,
        help="True when the save changes the field.",
        example="changed(stage)",
    ),
    Function(
        name="changed_to",
        group=_OF_CHANGE,
        parameters=_TWO,
        result=BOOLEAN,
        python=_spelled_out,
        rewrite=_changed_to,
        help="True when the save changes the field to this value.",
        example="changed_to(stage, 'won')",
    ),
    Function(
        name="changed_from",
        group=_OF_CHANGE,
        parameters=_TWO,
        result=BOOLEAN,
        python=_spelled_out,
        rewrite=_changed_from,
        help="True when the save changes the field from this value to another.",
        example="changed_from(stage, 'prospecting')",
    ),
)
