"""What a sent condition builder says: rows within groups, in the order of the form.

Each row sends `row=<id>` and its parts as `c.<id>.…`. A group sends `row=(<id>` before its items, `row=)` behind
them, and `g.<id>.match`; what stands in no group belongs to the outermost one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from werkzeug.datastructures import MultiDict

from fieldstone.expressions.rows import OPERATORS, Condition, Group, Operator
from fieldstone.fields.base import FieldValueError
from fieldstone.web.condition_rows import DEEPEST
from fieldstone.web.described import DescribedField, DescribedModule
from fieldstone.web.forms.page import parse_context
from fieldstone.web.numbers import find_number
from fieldstone.web.words import word, word_hint

_Item = Condition | Group


def read_group(module: DescribedModule, arguments: MultiDict[str, str]) -> tuple[Group, list[str]]:
    """The conditions of a sent builder, and what could not be read, worded. Rows without a value and groups without
    rows are left out; groups that lie too deep belong to the one around them."""
    problems: list[str] = []
    open_groups: list[tuple[str, list[_Item]]] = [("", [])]
    too_deep = 0
    for token in arguments.getlist("row"):
        if token.startswith("("):
            if len(open_groups) > DEEPEST:
                too_deep += 1
            else:
                open_groups.append((token[1:], []))
        elif token == ")":
            if too_deep:
                too_deep -= 1
            elif len(open_groups) > 1:
                _close(open_groups, arguments)
        else:
            condition = _condition(module, token, arguments, problems)
            if condition is not None:
                open_groups[-1][1].append(condition)
    while len(open_groups) > 1:
        _close(open_groups, arguments)
    return Group(match=_match(arguments.get("match")), items=tuple(open_groups[0][1])), problems


def _close(open_groups: list[tuple[str, list[_Item]]], arguments: MultiDict[str, str]) -> None:
    number, items = open_groups.pop()
    if items:
        open_groups[-1][1].append(Group(match=_match(arguments.get(f"g.{number}.match")), items=tuple(items)))


def _match(text: str | None) -> Literal["all", "any"]:
    return "any" if text == "any" else "all"


def _condition(
    module: DescribedModule, number: str, arguments: MultiDict[str, str], problems: list[str]
) -> Condition | None:
    field = module.find(arguments.get(f"c.{number}.field", ""))
    operator = OPERATORS.find(arguments.get(f"c.{number}.op", ""))
    if field is None or operator is None:
        return None
    texts = [text.strip() for text in arguments.getlist(f"c.{number}.value") if text.strip()]
    if operator.takes != "none" and len(texts) < (2 if operator.takes == "two" else 1):
        return None
    try:
        return Condition(field=field.path, operator=operator.name, value=_value(field, operator, texts))
    except FieldValueError as error:
        problems.append(f"{field.label}: {word(error.code, error.params)} {word_hint(error.code, error.params)}")
        return None


def _value(field: DescribedField, operator: Operator, texts: Sequence[str]) -> Any:
    if operator.takes == "none":
        return None
    if operator.takes == "number":
        return find_number(texts[0]) or 0
    if operator.takes == "period":
        return texts[0]
    if operator.takes == "many":
        return tuple(_one(field, text) for text in texts)
    if operator.takes == "two":
        return (_one(field, texts[0]), _one(field, texts[1]))
    return _one(field, texts[0])


def _one(field: DescribedField, text: str) -> Any:
    if field.control in ("select", "multiselect", "tags"):
        return text
    if field.control in ("lookup", "user", "owner"):
        number = find_number(text)
        return text if number is None else number
    if field.type.operators and "contains" in field.type.operators:
        return text
    return field.type.parse(field.field, text, parse_context())
