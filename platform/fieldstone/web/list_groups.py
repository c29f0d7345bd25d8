"""The rows of a list put together by a field: a head for each group, with how many and how much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from fieldstone.expressions.rows import Condition, Group, from_rows
from fieldstone.fields.values import RecordRef
from fieldstone.records.query_types import PRINCIPAL
from fieldstone.web.columns import Column
from fieldstone.web.conditions import scope_of
from fieldstone.web.current import current_actor, current_published, current_records
from fieldstone.web.described import DescribedField, DescribedModule
from fieldstone.web.i18n import gettext
from fieldstone.web.labels import find_labels
from fieldstone.web.list_state import ListState
from fieldstone.web.numbers import grouped
from fieldstone.web.show import Shower

MOST = 200
"""Groups that are shown; the list says when there are more."""


@dataclass(frozen=True, kw_only=True)
class RowGroup:
    """`label` is HTML; `cells` are the sums below the columns after the first; `url` leads to the rows alone,
    `rows_url` gives them for the place below the head."""

    label: Markup
    count: str
    cells: Sequence[str]
    url: str
    rows_url: str


def make_groups(
    module: DescribedModule, state: ListState, columns: Sequence[Column], shower: Shower, summed: Sequence[str]
) -> list[RowGroup]:
    """Raises as `Records.totals` does."""
    field = module.field(state.grouped)
    measures = ["count", *(f"sum({path})" for path in summed)]
    lines = current_records().totals(current_actor(), module.name, by=field.path, measures=measures, where=state.where)
    values = [line[field.path] for line in lines]
    shower.with_labels(find_labels(reference for value in values if (reference := _reference(field, value))))
    lines.sort(key=lambda line: _order(field, line[field.path], shower))
    return [_group(module, state, field, columns, line, shower) for line in lines[:MOST]]


def group_condition(module: str, field: DescribedField, value: Any) -> str:
    """The expression that holds for the records of one group."""
    if field.control == "checkbox":
        condition = Condition(field=field.path, operator="is_true" if value else "is_false", value=None)
    elif value is None:
        condition = Condition(field=field.path, operator="is_empty", value=None)
    else:
        condition = Condition(field=field.path, operator="any_of", value=(value,))
    return from_rows(Group(match="all", items=(condition,)), scope_of(current_published(), module))


def _group(
    module: DescribedModule,
    state: ListState,
    field: DescribedField,
    columns: Sequence[Column],
    line: Mapping[str, Any],
    shower: Shower,
) -> RowGroup:
    value = line[field.path]
    condition = group_condition(module.name, field, value)
    where = f"({state.where}) and ({condition})" if state.where else condition
    empty = value is None or value == ""
    label = escape(gettext("Empty")) if empty else Markup(_plain_cell(field, value, shower))
    cells = []
    for column in columns[1:]:
        total = line.get(f"sum({column.field.path})")
        cells.append(shower.without_cents(shower.text(column.field, total)) if total is not None else "")
    return RowGroup(
        label=label,
        count=grouped(line["count"]),
        cells=cells,
        url=state.url(where=where, grouped=""),
        rows_url=state.url("/group", where=where, grouped=""),
    )


def _plain_cell(field: DescribedField, value: Any, shower: Shower) -> str:
    """A pill or a person as in a cell; a record without its link, since the whole head can be pressed."""
    if field.control == "lookup":
        reference = _reference(field, value)
        return str(escape(shower.labels.get(reference, f"#{value}") if reference else f"#{value}"))
    return shower.cell(field, value)


def _reference(field: DescribedField, value: Any) -> tuple[str, int] | None:
    if isinstance(value, RecordRef):
        return (value.module, value.id)
    if not isinstance(value, int) or field.control not in ("lookup", "user", "owner"):
        return None
    return (PRINCIPAL if field.control != "lookup" else field.field.to[0], value)


def _order(field: DescribedField, value: Any, shower: Shower) -> tuple[Any, ...]:
    """Values of a picklist as they are declared, names by their letters, empty ones last."""
    if value is None:
        return (1, 0, "")
    picklist = shower.model.picklists.get(field.field.picklist)
    if picklist is not None and value in picklist.values:
        return (0, list(picklist.values).index(value), "")
    reference = _reference(field, value)
    return (0, 0, shower.labels.get(reference, "") if reference else str(value))
