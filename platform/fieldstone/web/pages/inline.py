"""One value of a record, edited where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flask import Blueprint, abort, redirect, render_template, request
from flask.typing import ResponseReturnValue

from fieldstone.kernel.errors import FieldProblem, StaleRecordError, ValidationError
from fieldstone.records.changes import PossibleDuplicatesError
from fieldstone.records.query_types import Record
from fieldstone.web.current import current_actor, current_model, current_records
from fieldstone.web.described import DescribedModule
from fieldstone.web.forms.page import cell_maker, save_options
from fieldstone.web.forms.raw import read_raw, to_raw
from fieldstone.web.forms.record_form import RecordForm, read_base
from fieldstone.web.htmx import is_htmx, with_event
from fieldstone.web.numbers import whole_number
from fieldstone.web.pages.record import field_states, record_context
from fieldstone.web.record_view import RecordView
from fieldstone.web.rights import module_or_404, rights_on
from fieldstone.web.show import Shower
from fieldstone.web.words import word_error

page = Blueprint("inline", __name__)


@page.get("/m/<module>/<int:record_id>/field/<name>")
def edit(module: str, record_id: int, name: str) -> ResponseReturnValue:
    described, record, shower, form = open_field(module, record_id, name)
    if not is_htmx():
        return redirect(f"/m/{module}/{record_id}/edit#f-{name}")
    return _draw(described, record, shower, form, name)


@page.get("/m/<module>/<int:record_id>/field/<name>/value")
def value(module: str, record_id: int, name: str) -> ResponseReturnValue:
    """The value again, when the editing was given up."""
    described, record, shower, _ = open_field(module, record_id, name)
    view = RecordView(described, record, shower, editable=rights_on(module).edit)
    return with_event(view.dd(described.field(name)), "fs-focus", {"value": f"#edit-{name}"})


@page.post("/m/<module>/<int:record_id>/field/<name>")
def save(module: str, record_id: int, name: str) -> ResponseReturnValue:
    """On success the whole page again, since other values may follow from this one."""
    described, record, shower, _ = open_field(module, record_id, name)
    field = described.field(name)
    raw = read_raw(field, request.form)
    if raw is None:
        abort(400)
    base = read_base(described, request.form.get("base", ""))
    sent = RecordForm(
        described, {name: raw}, base, record_id=record_id, version=request.form.get("version", type=whole_number)
    )
    problem = ""
    try:
        options = replace(save_options("inline"), ignore_duplicate_warning=True)
        current_records().save(current_actor(), [sent.change(only=[name])], options=options)
    except ValidationError as error:
        return _draw(described, record, shower, sent, name, problems_at(name, error.problems)), 422
    except (PossibleDuplicatesError, StaleRecordError) as error:
        problem = word_error(error)
    if problem:
        found = [FieldProblem(field=name, code="", message=problem)]
        return _draw(described, record, shower, sent, name, found), 409
    if not is_htmx():
        return redirect(f"/m/{module}/{record_id}", 303)
    fresh = current_records().get(current_actor(), module, record_id)
    body = render_template("record/record.html", **record_context(described, fresh, tab=name))
    response = with_event(body, "fs-focus", {"value": f"#edit-{name}"})
    response.headers.update({"HX-Retarget": "#main", "HX-Reselect": "#main", "HX-Reswap": "outerHTML show:none"})
    return response


def open_field(module: str, record_id: int, name: str) -> tuple[DescribedModule, Record, Shower, RecordForm]:
    """A field as it is to be edited on its own. 404 for one that cannot be written, at all or at the moment."""
    described = module_or_404(module, "edit")
    field = described.find(name)
    if field is None or not field.writable:
        abort(404)
    record = current_records().get(current_actor(), module, record_id)
    described = described.shown_for(record.values.get("record_type"), current_actor().roles)
    state = field_states(described, record).get(name)
    if state is not None and (state.read_only or not state.visible):
        abort(404)  # not to be written at the moment: the page offers it no more
    shower = Shower(current_model(), current_actor(), record.labels)
    raw = to_raw(field, record.values.get(name), shower)
    form = RecordForm(described, {name: raw}, {name: raw}, record_id=record_id, version=record.version)
    return described, record, shower, form


def problems_at(name: str, problems: Sequence[FieldProblem]) -> list[FieldProblem]:
    """Problems of other fields are shown at this one too: it is what was saved."""
    return [
        problem
        if problem.field == name
        else FieldProblem(field=name, code=problem.code, params=problem.params, message=problem.message)
        for problem in problems
    ]


def _draw(
    module: DescribedModule,
    record: Record,
    shower: Shower,
    form: RecordForm,
    name: str,
    problems: list[FieldProblem] | None = None,
) -> str:
    maker = cell_maker(module, form, shower, problems or [], record=record, prefix="i")
    return render_template(
        "record/inline.html",
        module=module,
        record=record,
        form=form,
        cell=maker.cell(name),
        url=f"/m/{module.name}/{record.id}/field/{name}",
        currency=current_model().app.currency,
    )
