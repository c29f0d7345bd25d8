"""A star on a record or on a view: it stands among the favourites of the person."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, request
from flask.typing import ResponseReturnValue

from fieldstone.kernel.errors import InvalidInputError
from fieldstone.web.current import current_actor, current_records, current_site
from fieldstone.web.htmx import is_htmx
from fieldstone.web.list_views import list_views
from fieldstone.web.numbers import whole_number
from fieldstone.web.rights import module_or_404
from fieldstone.web.security import local_path
from fieldstone.web.toasts import toast
from fieldstone.web.words import explain

page = Blueprint("star", __name__)


@page.post("/m/<module>/star")
def star(module: str) -> ResponseReturnValue:
    """On, or with `off` away. 404 for a record out of reach and for a view that is none."""
    described = module_or_404(module)
    record, view = request.form.get("record", 0, type=whole_number), request.form.get("view", "")
    on = not request.form.get("off")
    if record:
        current_records().get(current_actor(), module, record, fields=(described.module.name_field,))
        view = ""
    elif view not in list_views(described):
        abort(404)
    try:
        current_site().favourites.star(current_actor(), module, record=record, view=view, on=on)
    except InvalidInputError as error:
        toast(explain(error), kind="error")
    if is_htmx():
        return "", 204
    return redirect(local_path(request.form.get("back"), f"/m/{module}"), 303)
