"""One value of a record, edited where it stands."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue

from fieldstone.web.current import current_actor, current_model, current_records
from fieldstone.web.htmx import is_htmx, with_event
from fieldstone.web.one_field import OneField, open_field, save_field
from fieldstone.web.pages.record import record_context
from fieldstone.web.record_view import RecordView
from fieldstone.web.rights import rights_on

page = Blueprint("inline", __name__)


@page.get("/m/<module>/<int:record_id>/field/<name>")
def edit(module: str, record_id: int, name: str) -> ResponseReturnValue:
    opened = open_field(module, record_id, name)
    if not is_htmx():
        return redirect(f"/m/{module}/{record_id}/edit#f-{name}")
    return _draw(opened)


@page.get("/m/<module>/<int:record_id>/field/<name>/value")
def value(module: str, record_id: int, name: str) -> ResponseReturnValue:
    """The value again, when the editing was given up."""
    opened = open_field(module, record_id, name)
    view = RecordView(opened.module, opened.record, opened.shower, editable=rights_on(module).edit)
    return with_event(view.dd(opened.module.field(name)), "fs-focus", {"value": f"#edit-{name}"})


@page.post("/m/<module>/<int:record_id>/field/<name>")
def save(module: str, record_id: int, name: str) -> ResponseReturnValue:
    """On success the whole page again, since other values may follow from this one; else the editor again, with what
    is wrong, or with both values when somebody else changed the field."""
    tried = save_field(module, record_id, name)
    if tried.status != 200:
        return _draw(tried), tried.status
    if not is_htmx():
        return redirect(f"/m/{module}/{record_id}", 303)
    fresh = current_records().get(current_actor(), module, record_id)
    body = render_template("record/record.html", **record_context(tried.module, fresh, tab=name))
    response = with_event(body, "fs-focus", {"value": f"#edit-{name}"})
    response.headers.update({"HX-Retarget": "#main", "HX-Reselect": "#main", "HX-Reswap": "outerHTML show:none"})
    return response


def _draw(opened: OneField) -> str:
    return render_template(
        "record/inline.html",
        form=opened.form,
        cell=opened.cell("i"),
        conflict=opened.conflict,
        url=f"/m/{opened.module.name}/{opened.record.id}/field/{opened.name}",
        currency=current_model().app.currency,
    )
