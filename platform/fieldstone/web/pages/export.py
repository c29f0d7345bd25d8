"""A list as a file: the selected rows, the page or all; the columns shown or all of them."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from fieldstone.records.export_vcard import has_cards
from fieldstone.records.query_types import Query
from fieldstone.web.current import current_actor, current_records
from fieldstone.web.htmx import is_htmx
from fieldstone.web.list_state import ListState, read_state
from fieldstone.web.numbers import find_number
from fieldstone.web.rights import module_or_404
from fieldstone.web.security import local_path

page = Blueprint("export", __name__)

_TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "vcf": "text/vcard",
}
"""Ending of the file → its kind."""

_FORMS = {"vcf": "vcard"}


@page.get("/m/<module>/export")
@page.post("/m/<module>/export/ask")
def ask(module: str) -> ResponseReturnValue:
    """The dialog. A selection comes as a form, since thousands of ids are too much for an address."""
    described = module_or_404(module, "export")
    state = read_state(described, request.values)
    ids = [] if request.values.get("all") else _ids()
    return render_template(
        "list/export_dialog.html" if is_htmx() else "list/export_page.html",
        here=module,
        module=described,
        state=state,
        ids=ids,
        has_cards=has_cards(described.module),
        back=local_path(request.values.get("back"), f"/m/{module}"),
    )


@page.get("/m/<module>/export.<ending>")
def file(module: str, ending: str) -> ResponseReturnValue:
    if ending not in _TYPES:
        abort(404)
    described = module_or_404(module, "export")
    state = read_state(described, request.values)
    ids = _wanted(module, state)
    where = state.where if ids is None else ""
    fields = () if request.values.get("fields") == "all" else state.columns
    form = _FORMS.get(ending, ending)
    chunks = current_records().export(
        current_actor(), module, where=where, fields=fields, sort=state.sort, form=form, ids=ids
    )
    response = Response(chunks, mimetype=_TYPES[ending])
    response.headers["Content-Disposition"] = f'attachment; filename="{module}.{ending}"'
    return response


@page.route("/m/<module>/export/file", methods=["GET", "POST"])
def choose(module: str) -> ResponseReturnValue:
    """The file that the dialog asks for, by its ending."""
    return file(module, request.values.get("format", "csv"))


def _wanted(module: str, state: ListState) -> Sequence[int] | None:
    """The records that are meant; None for the whole list."""
    scope = request.values.get("rows", "")
    if scope == "all":
        return None
    if scope == "page":
        return _page_ids(module, state)
    return _ids() if scope == "chosen" else _ids() or None


def _ids() -> list[int]:
    return [id for text in request.values.getlist("id") if (id := find_number(text)) is not None]


def _page_ids(module: str, state: ListState) -> Sequence[int]:
    query = Query(where=state.where, sort=state.sort, fields=("id",), limit=state.limit, cursor=state.cursor)
    return [record.id for record in current_records().query(current_actor(), module, query).records]
