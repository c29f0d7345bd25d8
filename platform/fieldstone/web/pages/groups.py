"""The rows of one group of a list, for the place below its head."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from fieldstone.web.columns import make_columns
from fieldstone.web.current import current_actor, current_model, current_records
from fieldstone.web.list_state import read_state
from fieldstone.web.pages.list import list_query, list_rows
from fieldstone.web.rights import module_or_404, rights_on
from fieldstone.web.show import Shower

page = Blueprint("groups", __name__)


@page.get("/m/<module>/group")
def rows(module: str) -> ResponseReturnValue:
    described = module_or_404(module)
    state = read_state(described, request.args)
    shower = Shower(current_model(), current_actor())
    columns = make_columns(described, state.columns)
    found = current_records().query(current_actor(), module, list_query(described, state, columns, shower))
    shower.with_labels(found.labels)
    return render_template(
        "list/group_rows.html",
        columns=columns,
        rows=list_rows(described, columns, found.records, shower, rights_on(module)),
        more_url=state.url() if found.next_cursor else "",
    )
