"""What a table shows: its columns in their order, what it is sorted by, what its rows are put together by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from fieldstone.web.current import current_actor, current_published
from fieldstone.web.described import DescribedField, DescribedModule, describe
from fieldstone.web.htmx import is_htmx
from fieldstone.web.list_state import ListState, bare_term, groupable, read_state
from fieldstone.web.rights import module_or_404

page = Blueprint("columns", __name__)

_SORTS = 3
"""Rows of the dialog; more stand in the address, or are shift-clicked."""


@dataclass(frozen=True, kw_only=True)
class ColumnGroup:
    """Fields that can be added: `label` is the module's, or the lookup's that leads to them."""

    label: str
    fields: Sequence[DescribedField]


@dataclass(frozen=True, kw_only=True)
class SortRow:
    place: int
    path: str
    descending: bool


@page.get("/m/<module>/columns")
def show(module: str) -> ResponseReturnValue:
    described = module_or_404(module)
    state = read_state(described, request.args)
    groups = _groups(described)
    sortable = [field for group in groups for field in group.fields if field.type.sortable]
    return render_template(
        "list/columns_dialog.html" if is_htmx() else "list/columns_page.html",
        here=module,
        module=described,
        state=state,
        shown=[field for path in state.columns if (field := described.find(path)) is not None],
        groups=groups,
        sorts=_sort_rows(state),
        sortable=sortable,
        groupable=[described.field(path) for path in groupable(described, list(described.fields))],
    )


@page.get("/m/<module>/columns/apply")
def apply(module: str) -> ResponseReturnValue:
    """The choices, and back to the list."""
    described = module_or_404(module)
    state = read_state(described, request.args)
    sort = []
    for place in range(_SORTS):
        path = request.args.get(f"sort.{place}", "")
        if path and described.find(bare_term(path)) is not None:
            sort.append(f"-{path}" if request.args.get(f"down.{place}") else path)
    rest = state.sort[_SORTS:] if sort else ()
    terms = tuple({bare_term(term): term for term in reversed((*sort, *rest))}.values())[::-1]
    return redirect(state.url(sort=terms), 303)


def _sort_rows(state: ListState) -> list[SortRow]:
    terms = (*state.sort, *("",) * _SORTS)[:_SORTS]
    return [
        SortRow(place=place, path=term.removeprefix("-"), descending=term.startswith("-"))
        for place, term in enumerate(terms)
    ]


def _groups(module: DescribedModule) -> list[ColumnGroup]:
    """The fields of the module, then those of the records its lookups name."""
    groups = [ColumnGroup(label=module.label, fields=list(module.fields.values()))]
    for field in module.fields.values():
        if field.control != "lookup" or len(field.field.to) != 1 or field.field.to[0] not in module.model.modules:
            continue
        other = describe(current_published(), field.field.to[0], current_actor())
        beyond = [found for name in other.fields if (found := module.find(f"{field.path}.{name}")) is not None]
        groups.append(ColumnGroup(label=f"{field.label} ›", fields=beyond))
    return groups
