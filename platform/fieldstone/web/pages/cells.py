"""One cell of a list, edited where it stands; the answer to a change is the whole row again."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, abort, redirect, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from fieldstone.kernel.errors import FieldProblem, StaleRecordError, ValidationError
from fieldstone.records.changes import PossibleDuplicatesError
from fieldstone.web.columns import make_columns
from fieldstone.web.conflict import conflict_values, resolve
from fieldstone.web.current import current_actor, current_model, current_records
from fieldstone.web.forms.page import cell_maker, save_options
from fieldstone.web.forms.raw import read_raw
from fieldstone.web.forms.record_form import RecordForm, read_base
from fieldstone.web.list_state import read_state
from fieldstone.web.numbers import whole_number
from fieldstone.web.pages.inline import open_field, problems_at
from fieldstone.web.pages.list import list_query, list_rows
from fieldstone.web.rights import module_or_404, rights_on
from fieldstone.web.show import Shower
from fieldstone.web.words import word_error

page = Blueprint("cells", __name__)


@page.get("/m/<module>/<int:record_id>/cell/<name>")
def edit(module: str, record_id: int, name: str) -> ResponseReturnValue:
    """The editor. 404 for a field that cannot be written, 403 or 404 for a record out of reach."""
    described, record, shower, form = open_field(module, record_id, name)
    cell = cell_maker(described, form, shower, record=record, prefix="c").cell(name)
    return _draw(module, record_id, form, cell=cell, conflict=None)


@page.post("/m/<module>/<int:record_id>/cell/<name>")
def save(module: str, record_id: int, name: str) -> ResponseReturnValue:
    """The row as the list of the address shows it; the editor again with 422 for what is refused, with 409 when
    somebody else changed the field. `keep.<name>` decides between the two: theirs or mine."""
    described, record, shower, _form = open_field(module, record_id, name)
    raw = read_raw(described.field(name), request.form)
    if raw is None:
        abort(400)
    base = read_base(described, request.form.get("base", ""))
    version = request.form.get("version", type=whole_number)
    sent = RecordForm(described, {name: raw}, base, record_id=record_id, version=version)
    resolve(sent, request.form)
    if name not in sent.raws:  # theirs is kept
        return _row(module, record_id)
    problems: list[FieldProblem] = []
    conflict, status = None, 422
    try:
        options = replace(save_options("inline"), ignore_duplicate_warning=True)
        current_records().save(current_actor(), [sent.change(only=[name])], options=options)
    except ValidationError as error:
        problems = problems_at(name, error.problems)
    except PossibleDuplicatesError as error:
        problems = [FieldProblem(field=name, code="", message=word_error(error))]
    except StaleRecordError as error:
        conflict, status = next(iter(conflict_values(described, sent, error, shower)), None), 409
    else:
        return _row(module, record_id)
    cell = cell_maker(described, sent, shower, problems, record=record, prefix="c").cell(name)
    return _draw(module, record_id, sent, cell=cell, conflict=conflict), status


def _row(module: str, record_id: int) -> ResponseReturnValue:
    """ "" when the record is not within reach any more."""
    if request.headers.get("X-Requested-With") != "fetch":
        return redirect(f"/m/{module}/{record_id}", 303)
    described = module_or_404(module)
    state = read_state(described, request.args)
    columns = make_columns(described, state.columns)
    shower = Shower(current_model(), current_actor())
    query = replace(list_query(described, state, columns, shower), where=f"id == {record_id}", cursor="", limit=1)
    found = current_records().query(current_actor(), module, query)
    shower.with_labels(found.labels)
    return list_rows(described, columns, found.records, shower, rights_on(module)) or Markup("")


def _draw(module: str, record_id: int, form: RecordForm, **values: object) -> str:
    return render_template(
        "list/cell.html",
        form=form,
        url=f"/m/{module}/{record_id}/cell/",
        currency=current_model().app.currency,
        **values,
    )
