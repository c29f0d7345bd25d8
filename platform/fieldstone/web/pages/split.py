"""A list beside the page of the record that is chosen in it."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from fieldstone.kernel.errors import ForbiddenError, InvalidInputError, UnavailableError
from fieldstone.records.query_types import Page, Query
from fieldstone.web import words
from fieldstone.web.cards import Cards
from fieldstone.web.conditions import read_filter
from fieldstone.web.current import current_actor, current_model, current_records
from fieldstone.web.described import DescribedField, DescribedModule
from fieldstone.web.i18n import gettext as _
from fieldstone.web.list_frame import list_frame
from fieldstone.web.list_state import ListState
from fieldstone.web.numbers import find_number, grouped
from fieldstone.web.show import Shower

_FIELDS = 2


def draw(module: DescribedModule, state: ListState) -> ResponseReturnValue:
    """The name and two more columns of each record; the page beside it is fetched by its address. On a phone it is
    the list alone."""
    shower = Shower(current_model(), current_actor())
    cards = Cards(module, None, _second_fields(module, state), shower)
    chosen = read_filter(module, state.where, shower)
    problem, status, found = "", 200, Page(records=[])
    query = Query(where=state.where, sort=state.sort, fields=cards.paths, limit=state.limit, cursor=state.cursor)
    try:
        found = current_records().query(current_actor(), module.name, query)
    except (InvalidInputError, UnavailableError, ForbiddenError) as error:
        problem, status = words.explain(error), error.status
    shower.with_labels(found.labels)
    rows = cards.make(found.records, ())
    asked = find_number(state.shown.get("open", ""))
    opened = asked if asked is not None else next((card.id for card in rows), None)
    count = len(found.records)
    last = state.first + count - 1
    context = {
        **list_frame(module, state, chosen),
        "count": "",
        "problem": problem,
        "tools": "list/split_tools.html",
        "cards": rows,
        "opened": opened,
        "range": _("%(first)s–%(last)s", first=grouped(state.first), last=grouped(last)) if count else "",
        "next_url": _step(state, found.next_cursor, state.first + count),
        "previous_url": _step(state, found.previous_cursor, max(1, state.first - state.limit)),
    }
    return render_template("list/split.html", **context), status


def _second_fields(module: DescribedModule, state: ListState) -> list[DescribedField]:
    names = [name for name in state.columns if name != module.module.name_field]
    found = (module.find(name) for name in names)
    return [field for field in found if field is not None][:_FIELDS]


def _step(state: ListState, cursor: str, first: int) -> str:
    if not cursor:
        return ""
    shown = {name: text for name, text in state.shown.items() if name != "open"}
    return state.url(shown=shown, cursor=cursor, first=first)
