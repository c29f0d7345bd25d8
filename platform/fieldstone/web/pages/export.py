"""A list as a CSV file: what its conditions leave, or the rows that were selected."""

from __future__ import annotations

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from fieldstone.web.current import current_actor, current_records
from fieldstone.web.list_state import read_state
from fieldstone.web.numbers import find_number
from fieldstone.web.rights import module_or_404

page = Blueprint("export", __name__)


@page.get("/m/<module>/export.csv")
def csv(module: str) -> ResponseReturnValue:
    described = module_or_404(module, "export")
    ids = [id for text in request.args.getlist("id") if (id := find_number(text)) is not None]
    state = read_state(described, request.args)
    where = f"id in ({', '.join(map(str, ids))},)" if ids else state.where
    chunks = current_records().export(current_actor(), module, where=where, fields=state.columns, sort=state.sort)
    response = Response(chunks, mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{module}.csv"'
    return response
