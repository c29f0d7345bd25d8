"""The search row below the head of a table: one field for each column, which is a condition of the list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask import redirect
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from fieldstone.expressions.periods import NAMED
from fieldstone.expressions.rows import Condition
from fieldstone.fields.base import FieldValueError
from fieldstone.web.columns import Column
from fieldstone.web.conditions import Filter, read_filter, word_period
from fieldstone.web.described import DescribedField, DescribedModule
from fieldstone.web.forms.choices import choices
from fieldstone.web.forms.page import parse_context
from fieldstone.web.i18n import gettext
from fieldstone.web.list_state import ListState
from fieldstone.web.show import Shower
from fieldstone.web.toasts import toast
from fieldstone.web.words import word, word_hint

_SIGNS = {
    "≥": "at_least", ">=": "at_least", "≤": "at_most", "<=": "at_most", ">": "greater", "<": "less", "=": "equals",
}  # fmt: skip
_SIGN_OF = {"at_least": "≥ ", "at_most": "≤ ", "greater": "> ", "less": "< ", "equals": ""}


@dataclass(frozen=True, kw_only=True)
class Find:
    """One field of the row. `hint` "" leaves the column without; `choices` None for one that is typed into."""

    path: str
    label: str
    classes: str
    kind: str
    hint: str
    value: str
    choices: Sequence[tuple[str, str]] | None = None


def make_finds(module: DescribedModule, columns: Sequence[Column], chosen: Filter, shower: Shower) -> list[Find]:
    found = []
    for column in columns:
        field = _searched(module, column.field)
        found.append(_find(module, column, field, chosen.find(field.path), shower))
    return found


def replace_find(
    module: DescribedModule, state: ListState, arguments: MultiDict[str, str], shower: Shower
) -> ResponseReturnValue:
    """Back to the list with the conditions that the row says. What cannot be read is told, not applied."""
    where = state.where
    for name, text in arguments.items():
        path = name.removeprefix("q.")
        field = module.find(path)
        if path == name or field is None:
            continue
        chosen = read_filter(module, where, shower)
        present = _find_value(field, chosen.find(path))
        if text.strip() == present or chosen.group is None:
            continue
        try:
            condition = _condition(field, text.strip()) if text.strip() else None
        except FieldValueError as error:
            toast(
                f"{field.label}: {word(error.code, error.params)} {word_hint(error.code, error.params)}", kind="error"
            )
            continue
        where = chosen.with_condition(path, condition)
    return redirect(state.url(where=where), 303)


def _searched(module: DescribedModule, field: DescribedField) -> DescribedField:
    """What is searched below a column: of a lookup the name of the record that it names."""
    targets = field.field.to
    if field.control != "lookup" or len(targets) != 1 or targets[0] not in module.model.modules:
        return field
    return module.find(f"{field.path}.{module.model.modules[targets[0]].name_field}") or field


def _find(
    module: DescribedModule, column: Column, field: DescribedField, condition: Condition | None, shower: Shower
) -> Find:
    """`field` is what is searched below the column."""
    operators = field.type.operators
    value = _find_value(field, condition)
    options: Sequence[tuple[str, str]] | None = None
    hint, kind = "", "search"
    if "any_of" in operators and field.control == "select" and field.name != "record_type":
        options, hint = choices(module, field, shower, keep=[value]), gettext("Any")
    elif "is_me" in operators:
        options, hint = [("me", gettext("Me")), ("team", gettext("My team"))], gettext("Anyone")
    elif "is_true" in operators:
        options, hint = [("yes", gettext("Yes")), ("no", gettext("No"))], gettext("Any")
    elif "within" in operators:
        options, hint = (
            [(period, word_period(period)) for period in NAMED if "fiscal" not in period],
            gettext("Any time"),
        )
    elif "at_least" in operators:
        hint, kind = "≥", "text"
    elif "contains" in operators:
        hint = gettext("contains")
    elif "has_any" in operators and field.field.picklist:
        options, hint = choices(module, field, shower, keep=[value]), gettext("Any")
    elif "has_any" in operators:
        hint = gettext("has")
    return Find(
        path=field.path,
        label=column.field.label,
        classes=column.classes,
        kind=kind,
        hint=hint,
        value=value,
        choices=options,
    )


def _find_value(field: DescribedField, condition: Condition | None) -> str:
    """What the row shows for a condition; "" for one that it cannot show."""
    if condition is None:
        return ""
    name, value = condition.operator, condition.value
    if name in ("any_of", "has_any") and isinstance(value, (tuple, list)):
        return str(value[0]) if len(value) == 1 else ""
    if name in _SIGN_OF and isinstance(value, (Decimal, int)):
        return f"{_SIGN_OF[name]}{value:,}"
    fixed = {"is_me": "me", "in_my_team": "team", "is_true": "yes", "is_false": "no"}
    if name in fixed:
        return fixed[name]
    return str(value) if name in ("contains", "within") else ""


def _condition(field: DescribedField, text: str) -> Condition:
    """What was typed or chosen as a condition. Raises FieldValueError for a figure that is none."""
    operators = field.type.operators
    if "is_me" in operators:
        return Condition(field=field.path, operator="is_me" if text == "me" else "in_my_team", value=None)
    if "is_true" in operators:
        return Condition(field=field.path, operator="is_true" if text == "yes" else "is_false", value=None)
    if "within" in operators:
        return Condition(field=field.path, operator="within", value=text)
    if "at_least" in operators:
        return _compared(field, text)
    if "contains" in operators:
        return Condition(field=field.path, operator="contains", value=text)
    return Condition(field=field.path, operator="has_any" if "has_any" in operators else "any_of", value=(text,))


def _compared(field: DescribedField, text: str) -> Condition:
    """≥ 5,000 or < 10 or 42; a bare number means at least."""
    operator = "at_least"
    for sign, name in _SIGNS.items():
        if text.startswith(sign):
            operator, text = name, text.removeprefix(sign).strip()
            break
    value = field.type.parse(field.field, text, parse_context())
    return Condition(field=field.path, operator=operator, value=value)
