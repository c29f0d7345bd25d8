"""The conditions of a list as a person reads them: chips above the table, the same words as in the builder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from fieldstone.expressions.errors import ExpressionError
from fieldstone.expressions.rows import OPERATORS, Condition, Group, from_rows, to_rows
from fieldstone.expressions.scope import Scope
from fieldstone.fields.formats import write_number
from fieldstone.fields.values import RecordRef
from fieldstone.kernel.errors import ForbiddenError
from fieldstone.records.access import readable_scope
from fieldstone.records.query_types import PRINCIPAL
from fieldstone.storage.published import PublishedModel
from fieldstone.web import times
from fieldstone.web.current import current_actor, current_published
from fieldstone.web.described import DescribedField, DescribedModule
from fieldstone.web.i18n import gettext
from fieldstone.web.labels import find_labels
from fieldstone.web.list_state import ListState
from fieldstone.web.show import Shower


@dataclass(frozen=True, kw_only=True)
class Chip:
    """One condition in words. `field` "" for one that only an expression can say, which is `value`."""

    field: str
    operator: str
    value: str
    remove_url: str

    def __str__(self) -> str:
        return " ".join(part for part in (self.field, self.operator, self.value) if part)


class Filter:
    """The conditions of a list. `group` is None when rows cannot show the expression."""

    def __init__(self, module: DescribedModule, where: str, group: Group | None, shower: Shower) -> None:
        self.where = where
        self.group = group
        self._module = module
        self._shower = shower
        self._scope = scope_of(current_published(), module.name)
        if group is not None:
            shower.with_labels(find_labels(_references(module, group)))

    @property
    def items(self) -> Sequence[Condition | Group]:
        """What stands in a chip of its own: the parts of an `all`, else the whole."""
        if self.group is None:
            return ()
        return self.group.items if self.group.match == "all" else (self.group,)

    @property
    def conditions(self) -> list[str]:
        """Each chip as a sentence."""
        return [" ".join(filter(None, self._words(item))) for item in self.items]

    def without(self, position: int) -> str:
        """The expression without one of the items."""
        left = tuple(item for place, item in enumerate(self.items) if place != position)
        return from_rows(Group(match="all", items=left), self._scope) if left else ""

    def with_condition(self, path: str, condition: Condition | None) -> str:
        """The expression with the condition on a field replaced by another one, or taken away."""
        kept = [item for item in self.items if not (isinstance(item, Condition) and item.field == path)]
        items = (*kept, condition) if condition is not None else tuple(kept)
        return from_rows(Group(match="all", items=items), self._scope) if items else ""

    def has(self, condition: Condition) -> bool:
        """Whether the condition stands alone among those that must all hold."""
        return condition in self.items

    def with_more(self, condition: Condition) -> str:
        """The expression with one condition more."""
        if self.group is None:
            return f"({self.where}) and {from_rows(Group(match='all', items=(condition,)), self._scope)}"
        return from_rows(Group(match="all", items=(*self.items, condition)), self._scope)

    def find(self, path: str) -> Condition | None:
        """The condition on a field that stands alone, if there is just one."""
        found = [item for item in self.items if isinstance(item, Condition) and item.field == path]
        return found[0] if len(found) == 1 else None

    @property
    def sentence(self) -> str:
        """All conditions in words; the expression itself where rows cannot show it."""
        return self.where if self.group is None else self._words(self.group)[2]

    def chips(self, state: ListState) -> list[Chip]:
        if self.group is None:
            if not self.where:
                return []
            return [Chip(field="", operator="", value=self.where, remove_url=state.url(where=""))]
        chips = []
        for position, item in enumerate(self.items):
            field, operator, value = self._words(item)
            remove = state.url(where=self.without(position))
            chips.append(Chip(field=field, operator=operator, value=value, remove_url=remove))
        return chips

    def _words(self, item: Condition | Group) -> tuple[str, str, str]:
        if isinstance(item, Group):
            joint = gettext(" and ") if item.match == "all" else gettext(" or ")
            return "", "", joint.join(" ".join(filter(None, self._words(part))) for part in item.items)
        field = self._module.find(item.field)
        label = gettext("Record") if item.field == "id" else field.label if field else item.field
        operator = operator_label(item.operator)
        if "…" in operator:  # in the last … days
            return label, operator.replace("…", str(item.value)), ""
        return label, operator, word_value(field, item, self._shower)


def scope_of(published: PublishedModel, module: str) -> Scope:
    """The names that the person's filter of a module may use."""
    return readable_scope(published, current_actor(), module)


def read_filter(module: DescribedModule, where: str, shower: Shower) -> Filter:
    """The conditions that an expression stands for."""
    if not where:
        return Filter(module, where, Group(match="all", items=()), shower)
    try:
        group = to_rows(where, scope_of(current_published(), module.name))
    except (ExpressionError, ForbiddenError):
        group = None
    return Filter(module, where, group, shower)


def operator_label(name: str) -> str:
    found = OPERATORS.find(name)
    return gettext(found.label) if found else name


def word_period(period: str) -> str:
    """this month, last 7 days."""
    number = next((word for word in period.split() if word.isdigit()), "")
    return gettext(period.replace(number, "N", 1)).replace("N", number) if number else gettext(period)


def word_value(field: DescribedField | None, condition: Condition, shower: Shower) -> str:
    """The value of a condition in words."""
    operator = OPERATORS.find(condition.operator)
    if operator is None or operator.takes == "none":
        return ""
    if operator.takes == "period":
        return word_period(str(condition.value))
    values = condition.value if isinstance(condition.value, (tuple, list)) else (condition.value,)
    words = [_word_one(field, value, shower) for value in values]
    if operator.takes == "two":
        return gettext("%(one)s and %(other)s", one=words[0], other=words[1])
    return gettext(", ").join(words)


def _word_one(field: DescribedField | None, value: Any, shower: Shower) -> str:
    if value is None:
        return ""
    if field is None:
        return str(value)
    if field.control in ("select", "multiselect") and field.field.picklist:
        picklist = shower.model.picklists.get(field.field.picklist)
        known = picklist.values.get(value) if picklist else None
        return shower.model.text(
            f"picklist.{field.field.picklist}.{value}", shower.language, known.label if known else str(value)
        )
    if field.control in ("lookup", "user", "owner"):
        target = PRINCIPAL if field.control != "lookup" else field.field.to[0]
        if isinstance(value, RecordRef):
            target, value = value
        return shower.labels.get((target, value), f"#{value}")
    if isinstance(value, datetime):
        return times.full_moment(value, shower.zone, shower.language, shower.date_format)
    if isinstance(value, date):
        return times.short_date(value, shower.today, shower.language, shower.date_format)
    if isinstance(value, (Decimal, int)) and not isinstance(value, bool):
        text = f"{value:,f}" if isinstance(value, Decimal) else f"{value:,}"
        return write_number(text, shower.number_format)
    if field.type.value_type(field.field, shower.model.picklists).kind == "text":
        return f"“{value}”"
    return field.type.show(field.field, value, shower.context) or str(value)


def _references(module: DescribedModule, group: Group) -> Iterator[tuple[str, int]]:
    """(target, id) of the records and people among the values."""
    for item in group.items:
        if isinstance(item, Group):
            yield from _references(module, item)
            continue
        field = module.find(item.field)
        if field is None or field.control not in ("lookup", "user", "owner"):
            continue
        target = PRINCIPAL if field.control != "lookup" else field.field.to[0]
        values = item.value if isinstance(item.value, (tuple, list)) else (item.value,)
        for value in values:
            if isinstance(value, int) and target in (PRINCIPAL, *module.model.modules):
                yield target, value
