"""One cell of a list, edited where it stands; the answer to a change is the whole row again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from flask import Blueprint, Response, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from fieldstone.records.query_types import Record
from fieldstone.web.columns import Column, make_columns, whole_amounts, whole_columns
from fieldstone.web.current import current_actor, current_model, current_records
from fieldstone.web.list_state import read_state
from fieldstone.web.one_field import OneField, open_field, save_field
from fieldstone.web.pages.list import list_query, list_rows
from fieldstone.web.rights import rights_on
from fieldstone.web.show import Shower

page = Blueprint("cells", __name__)

REDRAW = "X-Redraw"
"""The header that says that the rows beside this one are to be shown in another way too."""


@page.get("/m/<module>/<int:record_id>/cell/<name>")
def edit(module: str, record_id: int, name: str) -> ResponseReturnValue:
    """The editor. 404 for a field that cannot be written, 403 or 404 for a record out of reach."""
    return _draw(open_field(module, record_id, name))


@page.post("/m/<module>/<int:record_id>/cell/<name>")
def save(module: str, record_id: int, name: str) -> ResponseReturnValue:
    """The row as the list of the address shows it; the editor again with 422 for what is refused, with 409 when
    somebody else changed the field. `keep.<name>` decides between the two: theirs or mine. `whole`: the columns whose
    amounts the page shows without cents."""
    tried = save_field(module, record_id, name)
    if tried.status != 200:
        return _draw(tried), tried.status
    if request.headers.get("X-Requested-With") != "fetch":
        return redirect(f"/m/{module}/{record_id}", 303)
    return _row(tried)


def _row(saved: OneField) -> Response:
    """Empty when the record is not within reach any more."""
    module, record_id = saved.module, saved.record.id
    state = read_state(module, request.args)
    columns = make_columns(module, state.columns)
    shower = Shower(current_model(), current_actor())
    query = replace(list_query(module, state, columns, shower), where=f"id == {record_id}", cursor="", limit=1)
    found = current_records().query(current_actor(), module.name, query)
    shower.with_labels(found.labels)
    shown = frozenset(filter(None, request.form.get("whole", "").split(",")))
    rows = list_rows(module, columns, found.records, shower, rights_on(module.name), whole=shown)
    response = make_response(rows)
    if found.records and _others_change(columns, saved, found.records, shown):
        response.headers[REDRAW] = "1"
    return response


def _others_change(
    columns: Sequence[Column], saved: OneField, records: Sequence[Record], shown: Collection[str]
) -> bool:
    """Whether the page shows its amounts in another way now: cents are left out where every amount is whole, and this
    record was, or is now, the one for which they must be shown."""
    for path in whole_columns(columns):
        is_whole = whole_amounts(records, path)
        if path in shown and not is_whole:
            return True
        known = path in saved.record.values or path.partition(".")[0] != saved.name
        was_whole = whole_amounts([saved.record], path) if known else False
        if path not in shown and is_whole and not was_whole:
            return True
    return False


def _draw(opened: OneField) -> str:
    return render_template(
        "list/cell.html",
        form=opened.form,
        cell=opened.cell("c"),
        conflict=opened.conflict,
        url=f"/m/{opened.module.name}/{opened.record.id}/cell/",
        currency=current_model().app.currency,
    )
