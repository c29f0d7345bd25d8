"""The rows of the condition builder: which operators a field has, what is filled in for a value."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from fieldstone.expressions.periods import NAMED
from fieldstone.expressions.rows import OPERATORS, Condition, Group
from fieldstone.records.query_types import PRINCIPAL
from fieldstone.web.conditions import operator_label, word_period
from fieldstone.web.current import current_actor, current_published
from fieldstone.web.described import DescribedField, DescribedModule, describe
from fieldstone.web.forms.choices import choices
from fieldstone.web.i18n import gettext
from fieldstone.web.numbers import find_number
from fieldstone.web.show import Shower

DEEPEST = 3
"""How many groups may lie within each other."""

MARKS = ["followed", "starred"]
"""What can be asked of a record itself, in place of a field."""

_INPUTS = {"date": "date", "datetime": "date", "number": "text", "time": "time"}


@dataclass(frozen=True, kw_only=True)
class FieldGroup:
    label: str
    fields: Sequence[tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class ConditionRow:
    """`takes` is none, one, two, many or number; `choices` None for a value that is typed; `target` the
    module (or "principal") of a value that is looked up, whose `label` is shown."""

    id: str
    field: str
    fields: Sequence[FieldGroup]
    operator: str
    operators: Sequence[tuple[str, str]]
    takes: str
    kind: str
    values: Sequence[str]
    choices: Sequence[tuple[str, str]] | None
    target: str = ""
    label: str = ""
    fresh: bool = False


@dataclass(frozen=True, kw_only=True)
class ConditionGroup:
    """The `id` of the group that holds everything is not sent."""

    id: str
    match: str
    items: Sequence[ConditionRow | ConditionGroup]


def is_shown(group: Group | None, depth: int = 0) -> bool:
    """Whether the builder can show it: groups lie no deeper than it can draw."""
    if group is None or depth > DEEPEST:
        return False
    return all(is_shown(item, depth + 1) for item in group.items if isinstance(item, Group))


class ConditionRows:
    def __init__(self, module: DescribedModule, shower: Shower) -> None:
        self._module = module
        self._shower = shower
        self._groups = _field_groups(module)

    def blank(self) -> ConditionRow:
        """A new row, on the name of the record."""
        return replace(self._draw(_new_id(), self._module.name_field, "", ()), fresh=True)

    def row(self, condition: Condition) -> ConditionRow:
        field = self._module.find(condition.field) or self._module.name_field
        value = condition.value
        values = value if isinstance(value, (tuple, list)) else () if value is None else (value,)
        return self._draw(_new_id(), field, condition.operator, [_input_text(item) for item in values])

    def group(self, group: Group) -> ConditionGroup:
        """The rows of a group and of the groups in it."""
        items = [self.group(item) if isinstance(item, Group) else self.row(item) for item in group.items]
        return ConditionGroup(id=_new_id(), match=group.match, items=items)

    def blank_group(self) -> ConditionGroup:
        """A new group, with a row to begin with."""
        return ConditionGroup(id=_new_id(), match="any", items=[self.blank()])

    def changed(self, number: str, path: str, operator: str, values: Sequence[str]) -> ConditionRow:
        """A row after its field or operator was changed; values that still fit stay."""
        field = self._module.find(path) or self._module.name_field
        return self._draw(number[:20], field, operator, [value for value in values if value])

    def _draw(self, number: str, field: DescribedField, operator: str, values: Sequence[str]) -> ConditionRow:
        names = MARKS if field.path == "id" else [name for name in field.type.operators if name in OPERATORS]
        operator = operator if operator in names else names[0]
        takes = OPERATORS[operator].takes
        options = self._choices(field, operator)
        target = ""
        if options is None and takes in ("one", "many") and field.control in ("lookup", "user", "owner"):
            target = PRINCIPAL if field.control != "lookup" else field.field.to[0]
            target = target if target != "*" else ""
        kind = "number" if takes == "number" else _INPUTS.get(self._kind(field), "text")
        named = find_number(values[0]) if target and values else None
        label = "" if named is None else self._shower.labels.get((target, named), "")
        return ConditionRow(
            id=number,
            field=field.path,
            fields=self._groups,
            operator=operator,
            operators=[(name, operator_label(name)) for name in names],
            takes=takes,
            kind=kind,
            values=values,
            choices=options,
            target=target,
            label=label,
        )

    def _choices(self, field: DescribedField, operator: str) -> Sequence[tuple[str, str]] | None:
        if OPERATORS[operator].takes == "period":
            return [(period, word_period(period)) for period in NAMED]
        if field.control in ("select", "multiselect"):
            return choices(self._module, field, self._shower)
        return None

    def _kind(self, field: DescribedField) -> str:
        return field.type.value_type(field.field, self._shower.model.picklists).kind


def _field_groups(module: DescribedModule) -> list[FieldGroup]:
    """The fields of the module, then those of the records its lookups name."""
    own = [(field.path, field.label) for field in module.fields.values() if _can_filter(field)]
    groups = [FieldGroup(label=module.label, fields=[*own, ("id", gettext("Record"))])]
    for field in module.fields.values():
        if field.control != "lookup" or len(field.field.to) != 1 or field.field.to[0] not in module.model.modules:
            continue
        other = describe(current_published(), field.field.to[0], current_actor())
        beyond = [
            (f"{field.path}.{inner.path}", f"{field.label} › {inner.label}")
            for inner in other.fields.values()
            if _can_filter(inner) and module.find(f"{field.path}.{inner.path}") is not None
        ]
        groups.append(FieldGroup(label=f"{field.label} ›", fields=beyond))
    return groups


def _can_filter(field: DescribedField) -> bool:
    return any(name in OPERATORS for name in field.type.operators)


def _input_text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value)


def _new_id() -> str:
    return secrets.token_hex(3)
