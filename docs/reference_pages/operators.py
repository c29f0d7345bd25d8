"""operators.md: the operators of the condition builder, and those that expressions write."""

from __future__ import annotations

from fieldstone.expressions.operators import OPERATORS, PERIODS, SIGNS
from fieldstone.fields.registry import built_in_field_types
from reference_pages.markdown import code, codes, page, table

_TAKES = {
    "none": "nothing",
    "one": "one value",
    "two": "two values, from and to",
    "many": "any number of values",
    "number": "a number of days",
    "period": "a [period](functions.md#periods)",
}


def render() -> str:
    introduction = (
        "The operators of the condition builder: conditions of lists, and everything else that is put together from "
        "rows. *Written* is the form in an [expression](../administering.md#expressions), where there is a short one."
    )
    offered: dict[str, list[str]] = {}
    for kind in built_in_field_types():
        for name in kind.operators:
            offered.setdefault(name, []).append(kind.name)
    rows = (
        (code(each.name), each.label, _TAKES[each.takes], _written(each.name), codes(offered.get(each.name, ())))
        for each in OPERATORS
    )
    return page("Operators", introduction, [table(("Operator", "Shown as", "Takes", "Written", "Field types"), rows)])


def _written(name: str) -> str:
    if name in SIGNS:
        return code(SIGNS[name])
    if name in PERIODS:
        return code(f"within(…, '{PERIODS[name]}')")
    return ""
