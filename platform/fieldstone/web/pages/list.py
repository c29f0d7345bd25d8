"""The list of a module's records: a saved view with conditions, order, columns and pages, all in its address."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from fieldstone.kernel.errors import FieldstoneError, ForbiddenError, InvalidInputError, UnavailableError
from fieldstone.records.query_types import COUNT_CAP, Count, Page, Query, Record
from fieldstone.web import words
from fieldstone.web.came_from import remember_list
from fieldstone.web.columns import Cells, Column, Deadline, fields_to_read, make_columns, whole_amounts
from fieldstone.web.conditions import Filter, read_filter
from fieldstone.web.current import current_actor, current_model, current_records, current_site
from fieldstone.web.described import DescribedModule
from fieldstone.web.finds import make_finds, replace_find
from fieldstone.web.i18n import gettext as _
from fieldstone.web.list_frame import list_frame
from fieldstone.web.list_groups import MOST as MOST_GROUPS
from fieldstone.web.list_groups import RowGroup, make_groups
from fieldstone.web.list_state import LIMITS, ListState, read_state
from fieldstone.web.mass_mail_view import may_mail
from fieldstone.web.numbers import grouped, whole_number
from fieldstone.web.pages import board, calendar, split
from fieldstone.web.pages.mass import may_comment, tags_of
from fieldstone.web.rights import Rights, module_or_404, rights_on
from fieldstone.web.show import Shower

page = Blueprint("list", __name__)

DISPLAYS = {"kanban": board.draw, "calendar": calendar.draw, "split": split.draw}
"""`as` in the address → another way to show the records than the table."""


@page.get("/m/<module>")
def show(module: str) -> ResponseReturnValue:
    described = module_or_404(module)
    state = read_state(described, request.args)
    if show_as := DISPLAYS.get(state.shown.get("as", "")):
        return show_as(described, state)
    shower = Shower(current_model(), current_actor())
    columns = make_columns(described, state.columns)
    problem, status, found, count = "", 200, Page(records=[]), Count(0, True)
    groups: list[RowGroup] = []
    try:
        if state.grouped:
            groups = make_groups(described, state, columns, shower, summed_paths(columns))
        found = current_records().query(current_actor(), module, list_query(described, state, columns, shower))
        count = _count(module, state, found)
    except (InvalidInputError, UnavailableError, ForbiddenError) as error:
        # Forbidden is a hidden field among the conditions: the right on the module was asked before.
        problem = words.explain(error)
        # A saved view is not asked for wrongly: what it names has gone, or is hidden from this reader.
        status = 200 if state.saved is not None and not state.edited else error.status
    else:
        remember_list(state)
    shower.with_labels(found.labels)
    may = rights_on(module)
    chosen = read_filter(described, state.where, shower)
    context = {
        **list_frame(described, state, chosen),
        "columns": columns,
        "finds": make_finds(described, columns, chosen, shower),
        "count": _counted(count),
        "range": _range(state, found, count),
        "limits": LIMITS,
        "may_tag": tags_of(described) is not None,
        "may_comment": may_comment(described),
        "may_mail": may_mail(described),
        "has_workflows": bool(current_site().workflows.manual_workflows(module)),
        "problem": problem,
        "is_broken": bool(problem) and state.saved is not None and not state.edited,
        "groups": groups,
        "most_groups": MOST_GROUPS if len(groups) == MOST_GROUPS else 0,
        "rows": list_rows(described, columns, found.records, shower, may),
        "empty": _empty(described, state, chosen) if not found.records and not problem else None,
        "next_url": _step(state, found.next_cursor, state.first + len(found.records)),
        "previous_url": _step(state, found.previous_cursor, max(1, state.first - state.limit)),
        **_more_counting(state, found, count),
        "totals_url": _totals_url(state, columns, found.records),
    }
    return render_template("list/list.html", **context), status


@page.get("/m/<module>/totals")
def totals(module: str) -> ResponseReturnValue:
    """The last line of the table, asked for once the table stands."""
    described = module_or_404(module)
    state = read_state(described, request.args)
    columns = make_columns(described, state.columns)
    summed = summed_paths(columns)
    measures = ["count", *(f"sum({path})" for path in summed)]
    found = current_records().totals(current_actor(), module, measures=measures, where=state.where)
    line, shower = found[0] if found else {}, Shower(current_model(), current_actor())
    return render_template(
        "list/totals.html",
        columns=columns,
        cells=_totals(columns, line, shower, request.args.get("cents", "").split(",")),
        count=line.get("count") or 0,
    )


@page.get("/m/<module>/count")
def count(module: str) -> ResponseReturnValue:
    """How many there are, asked for once the table stands when that takes longer than the table (`Records.count`)."""
    described = module_or_404(module)
    state = read_state(described, request.args)
    counted = current_records().count(current_actor(), module, state.where)
    last = request.args.get("last", 1, type=whole_number)
    last = max(state.first, min(last, state.first + state.limit - 1))
    return render_template(
        "list/count.html",
        count=_counted(counted),
        range=_span(state.first, last, counted),
        exact_url=_exact_url(state, counted),
        late_url="",
    )


@page.get("/m/<module>/find")
def find(module: str) -> ResponseReturnValue:
    """The search row below the head of the table: turned into conditions, and back to the list."""
    described = module_or_404(module)
    state = read_state(described, request.args)
    shower = Shower(current_model(), current_actor())
    return replace_find(described, state, request.args, shower)


def list_query(module: DescribedModule, state: ListState, columns: Sequence[Column], shower: Shower) -> Query:
    paths = [column.field.path for column in columns]
    stage = Deadline(module, shower).needs(paths)
    fields = dict.fromkeys((*fields_to_read(module, columns), *((stage,) if stage else ())))
    return Query(where=state.where, sort=state.sort, fields=tuple(fields), limit=state.limit, cursor=state.cursor)


def _count(module: str, state: ListState, found: Page) -> Count:
    """How many there are. A first page that holds everything need not be counted."""
    if not state.cursor and not found.next_cursor:
        return Count(len(found.records), True)
    if request.args.get("count") == "exact":
        return current_records().count(current_actor(), module, state.where, cap=None)
    quick = current_records().count(current_actor(), module, state.where, quick=True)
    return quick if quick.exact else Count(max(quick.value, _last(state, found)), False)


def _counted(count: Count) -> str:
    return grouped(count.value) + ("" if count.exact else "+")


def _range(state: ListState, found: Page, count: Count) -> str:
    return _span(state.first, _last(state, found), count)


def _span(first: int, last: int, count: Count) -> str:
    return _("%(first)s–%(last)s of %(count)s", first=grouped(first), last=grouped(last), count=_counted(count))


def _last(state: ListState, found: Page) -> int:
    """The place of the last record of the page."""
    return state.first + len(found.records) - 1


def _more_counting(state: ListState, found: Page, count: Count) -> dict[str, str]:
    """Where the rest is counted: by itself after the page, or when somebody wants it exactly."""
    late = (
        "" if count.exact or count.value >= COUNT_CAP else state.url("/count", cursor=state.cursor, first=state.first)
    )
    return {"exact_url": _exact_url(state, count), "late_url": late and f"{late}&last={_last(state, found)}"}


def _exact_url(state: ListState, count: Count) -> str:
    return "" if count.exact else state.url() + "&count=exact"


def _step(state: ListState, cursor: str, first: int) -> str:
    return state.url(cursor=cursor, first=first) if cursor else ""


def list_rows(
    module: DescribedModule,
    columns: Sequence[Column],
    records: Sequence[Record],
    shower: Shower,
    may: Rights,
    *,
    whole: Collection[str] | None = None,
) -> Markup:
    """The rows. `whole`: as in `Cells`, for rows drawn into a page that has chosen already; whoever asks for one of
    them again says it, so that each carries it."""
    cells = Cells(module, columns, records, shower, whole=whole)
    carried = f' data-whole="{escape(",".join(sorted(cells.whole)))}"' if cells.whole and may.edit else ""
    select, preview = escape(_("Select %(name)s", name="\0")), escape(_("Preview"))
    edit = escape(_("Edit")) if may.edit else ""
    lines = []
    for record in records:
        name = escape(shower.text(module.name_field, record.values.get(module.module.name_field)) or f"#{record.id}")
        tools = _tools(record, preview, edit)
        label = select.replace("\0", name)
        lines.append(
            f'<tr><td class="is-check is-edge"><input class="form-check-input" type="checkbox" form="bulk" name="id" '
            f'value="{record.id}"{carried} aria-label="{label}"></td>{cells.row(record, tools=tools)}</tr>\n'
        )
    return Markup("".join(lines))


def _tools(record: Record, preview: str, edit: str) -> str:
    """The eye, and the pencil of who may edit."""
    here = f"/m/{record.module}/{record.id}"
    pencil = (
        f'<a class="btn btn-ghost btn-icon" data-edit href="{here}/edit" aria-label="{edit}" title="{edit}">'
        '<i class="bi bi-pencil" aria-hidden="true"></i></a>'
    )
    return (
        f'<span class="fs-row-tools"><a class="btn btn-ghost btn-icon" data-preview href="{here}" '
        f'hx-get="{here}/preview" hx-target="#preview" aria-label="{preview}" title="{preview}">'
        '<i class="bi bi-eye" aria-hidden="true"></i></a>'
        f"{pencil if edit else ''}</span>"
    )


def summed_paths(columns: Sequence[Column]) -> list[str]:
    """The columns that have a total."""
    return [column.field.path for column in columns if _is_summed(column)]


def _is_summed(column: Column) -> bool:
    """Money is added up; other figures (percentages, ratings, years) make no sense as a sum."""
    return column.field.type.name == "money" and "." not in column.field.path


def _totals_url(state: ListState, columns: Sequence[Column], records: Sequence[Record]) -> str:
    """ "" when nothing is added up. It says which columns show cents, so that their sums do too."""
    summed = [column.field.path for column in columns if _is_summed(column)]
    cents = [path for path in summed if not whole_amounts(records, path)]
    return (state.url("/totals") + (f"&{urlencode({'cents': ','.join(cents)})}" if cents else "")) if summed else ""


def _totals(columns: Sequence[Column], line: Any, shower: Shower, cents: Sequence[str]) -> list[str]:
    """`cents`: the columns that show them; the others do where the sum has any."""
    cells = []
    for column in columns:
        value = line.get(f"sum({column.field.path})") if _is_summed(column) else None
        text = shower.text(column.field, value) if value is not None else ""
        cells.append(text if column.field.path in cents else shower.without_cents(text))
    return cells


def _empty(module: DescribedModule, state: ListState, chosen: Filter) -> dict[str, str] | None:
    """What to say when the conditions leave nothing: the one that costs most, and how to take it away.

    None when there are no records at all."""
    if not state.where or not current_records().count(current_actor(), module.name, cap=1).value:
        return None
    conditions = chosen.conditions
    title = _("No %(module)s matches", module=module.noun)
    if len(conditions) < 2:
        return {"title": title, "text": "", "remove_url": state.url(where="") if conditions else ""}
    best, most = -1, 0
    for position in range(min(len(conditions), 6)):
        try:
            left = current_records().count(current_actor(), module.name, chosen.without(position), cap=10_000).value
        except FieldstoneError:
            continue
        if left > most:
            best, most = position, left
    if best < 0:
        return {"title": title, "text": _("Taking away any one of the conditions changes nothing."), "remove_url": ""}
    text = _("Without “%(condition)s” there would be %(count)s.", condition=conditions[best], count=grouped(most))
    return {"title": title, "text": text, "remove_url": state.url(where=chosen.without(best))}
