"""Moving a record along its stage path."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, abort, make_response, render_template, request
from flask.typing import ResponseReturnValue

from fieldstone.kernel.errors import FieldProblem, StaleRecordError, ValidationError
from fieldstone.records.changes import RecordChange
from fieldstone.web.current import current_actor, current_model, current_records
from fieldstone.web.described import DescribedModule
from fieldstone.web.forms.page import cell_maker, save_options, summary
from fieldstone.web.forms.raw import read_raw, to_raw, to_value
from fieldstone.web.forms.record_form import RecordForm, form_fields
from fieldstone.web.htmx import go, is_htmx
from fieldstone.web.i18n import gettext as _
from fieldstone.web.numbers import whole_number
from fieldstone.web.rights import module_or_404
from fieldstone.web.show import Shower
from fieldstone.web.toasts import toast
from fieldstone.web.words import word_error, word_problems

page = Blueprint("stage", __name__)


@page.post("/m/<module>/<int:record_id>/stage")
def move(module: str, record_id: int) -> ResponseReturnValue:
    """What stands in the way, an amount that is needed say, is asked for: in a dialog, else in the form."""
    described = module_or_404(module, "edit")
    if described.stage is None:
        abort(404)
    stage, value = described.stage, request.form.get("value", "")
    here = f"/m/{module}/{record_id}"
    try:
        options = replace(save_options("stage"), ignore_duplicate_warning=True)
        current_records().save(current_actor(), [_change(described, record_id, value)], options=options)
    except ValidationError as error:
        form_url = f"{here}/edit?{urlencode({stage.name: value})}"
        asked = _asked(described, error.problems)
        if is_htmx() and asked:
            return make_response(_ask(described, record_id, value, asked, error.problems, form_url), 422)
        toast(word_problems(error.problems, described), kind="error")
        return go(form_url)
    except StaleRecordError as error:
        toast(word_error(error), kind="error")
        return go(here)
    shower = Shower(current_model(), current_actor())
    toast(_("%(field)s is now %(value)s", field=stage.label, value=shower.text(stage, value)))
    return go(here)


def _change(module: DescribedModule, record_id: int, value: str) -> RecordChange:
    """The stage, and what was asked for."""
    assert module.stage is not None
    values: dict[str, Any] = {module.stage.name: value}
    for name in request.form.getlist("asked"):
        field = module.find(name)
        raw = read_raw(field, request.form) if field is not None and field.writable else None
        if field is not None and raw is not None:
            values[name] = to_value(field, raw)
    version = request.form.get("version", type=whole_number)
    return RecordChange(module=module.name, id=record_id, version=version, values=values)


def _asked(module: DescribedModule, problems: Sequence[FieldProblem]) -> list[str]:
    """The fields to ask for; none when something else stands in the way."""
    assert module.stage is not None
    names = dict.fromkeys([*request.form.getlist("asked"), *(problem.field for problem in problems)])
    fields = [module.find(name) if name else None for name in names]
    if any(field is None or not field.writable or field.name == module.stage.name for field in fields):
        return []
    return list(names)


def _ask(
    module: DescribedModule,
    record_id: int,
    value: str,
    asked: Sequence[str],
    problems: Sequence[FieldProblem],
    form_url: str,
) -> str:
    assert module.stage is not None
    record = current_records().get(current_actor(), module.name, record_id)
    shower = Shower(current_model(), current_actor(), record.labels)
    raws = {field.name: to_raw(field, record.values.get(field.name), shower) for field in form_fields(module)}
    raws[module.stage.name] = value
    for name in asked:
        field = module.field(name)
        sent = read_raw(field, request.form)
        raws[name] = to_raw(field, record.values.get(name), shower) if sent is None else sent
    form = RecordForm(module, raws, raws, record_id=record_id, version=record.version)
    return render_template(
        "record/stage_dialog.html",
        module=module,
        form=form,
        value=value,
        title=_("%(field)s: %(value)s", field=module.stage.label, value=shower.text(module.stage, value)),
        action=f"/m/{module.name}/{record_id}/stage",
        form_url=form_url,
        cells=cell_maker(module, form, shower, problems, record=record, prefix="s").cells(asked),
        problems=summary(module, problems, prefix="s"),
        duplicates=(),
        currency=current_model().app.currency,
    )
