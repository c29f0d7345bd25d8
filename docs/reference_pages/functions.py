"""functions.md: every function of the expression language."""

from __future__ import annotations

from fieldstone.expressions.function import Function
from fieldstone.expressions.functions import FUNCTIONS
from fieldstone.expressions.periods import COUNTED, NAMED
from fieldstone.expressions.types import ValueType
from reference_pages.markdown import code, codes, page, paragraph, table


def render() -> str:
    groups: dict[str, list[Function]] = {}
    for function in FUNCTIONS:
        groups.setdefault(function.group, []).append(function)
    introduction = (
        "Functions of [expressions](../administering.md#expressions). A function gives empty (a condition: false) "
        "when a value it needs is empty, unless it says otherwise. *Filters* says whether it may stand in a filter, in "
        "`where` and in list views."
    )
    sections = [f"## {name.capitalize()}\n\n{_table(items)}" for name, items in groups.items()]
    return page("Functions", introduction, [*sections, _periods()])


def _table(functions: list[Function]) -> str:
    return table(("Function", "Gives", "Filters", "Meaning", "Example"), (_row(each) for each in functions))


def _row(function: Function) -> tuple[str, ...]:
    filters = "yes" if _in_filters(function) else "no"
    return code(function.usage), _result(function), filters, paragraph(function.help), code(function.example)


def _result(function: Function) -> str:
    if isinstance(function.result, ValueType):
        return function.result.kind
    return "the type of its values"


def _in_filters(function: Function) -> bool:
    """What reads no field is worked out before the filter is asked; is_empty becomes a comparison."""
    reads_no_field = not function.parameters or function.uses_user
    return function.sql is not None or reads_no_field or function.name == "is_empty"


def _periods() -> str:
    text = "Periods of `within`. N is a number of days, up to 36,500. The last and the next N days include today."
    return f"## Periods\n\n{text}\n\n{codes((*NAMED, *COUNTED))}."
