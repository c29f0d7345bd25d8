"""A new record in a dialog: the few fields of the layout's quick create, and the lookup it was opened from."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from fieldstone.kernel.errors import FieldProblem, ValidationError
from fieldstone.records.changes import PossibleDuplicatesError
from fieldstone.web.current import current_actor, current_model, current_records
from fieldstone.web.described import DescribedModule
from fieldstone.web.forms.page import alike_after, cell_maker, duplicate_lines, save_options, summary
from fieldstone.web.forms.prefill import prefilled_form
from fieldstone.web.forms.record_form import RecordForm, sent_form
from fieldstone.web.htmx import go, is_htmx, with_event
from fieldstone.web.i18n import gettext as _
from fieldstone.web.labels import find_labels
from fieldstone.web.rights import module_or_404
from fieldstone.web.security import local_path
from fieldstone.web.show import Shower
from fieldstone.web.toasts import toast

page = Blueprint("quick", __name__)

_CARRIED = ("next", "for")


@page.get("/m/<module>/quick")
def show(module: str) -> ResponseReturnValue:
    described = _shown(module, request.args.get("record_type"))
    if not is_htmx():
        return redirect(request.full_path.replace("/quick", "/new", 1).rstrip("?"))
    shower = Shower(current_model(), current_actor())
    given = request.args.copy()
    typed = given.pop("typed", "")
    if typed and described.name_field.control in ("text", "person_name"):
        given[described.name_field.name] = typed
    return _draw(described, prefilled_form(described, shower, given), shower)


@page.post("/m/<module>/quick")
def create(module: str) -> ResponseReturnValue:
    described = _shown(module, request.form.get("f.record_type"))
    form = sent_form(described, request.form)
    shower = Shower(current_model(), current_actor())
    try:
        saved = current_records().save(current_actor(), [form.change()], options=save_options("form")).records[0]
    except ValidationError as error:
        return make_response(_draw(described, form, shower, problems=error.problems), 422)
    except PossibleDuplicatesError as error:
        return make_response(_draw(described, form, shower, duplicates=duplicate_lines(described, error.warnings)), 409)
    target = request.form.get("for", "")
    if target and is_htmx():
        label = find_labels([(module, saved.id)]).get((module, saved.id), f"#{saved.id}")
        return with_event("", "fs-created", {"for": target, "value": str(saved.id), "label": label})
    toast(_("%(module)s created", module=described.label))
    return go(local_path(request.form.get("next"), f"/m/{module}/{saved.id}"))


def _shown(module: str, record_type: str | None) -> DescribedModule:
    """With the layout for the type that is asked for, or the one that new records have."""
    described = module_or_404(module, "create")
    kind = record_type or next(iter(described.module.record_types), "")
    return described.shown_for(kind, current_actor().roles)


def _draw(
    module: DescribedModule,
    form: RecordForm,
    shower: Shower,
    *,
    problems: Sequence[FieldProblem] = (),
    duplicates: Sequence[Markup] = (),
) -> str:
    maker = cell_maker(module, form, shower, problems, prefix="q")
    carried = {name: request.values.get(name, "") for name in _CARRIED}
    return render_template(
        "form/quick.html",
        module=module,
        form=form,
        title=_("New %(module)s", module=module.noun),
        action=f"/m/{module.name}/quick",
        state_url=f"/m/{module.name}/form-state?in=dialog",
        cells=maker.cells(_names(module, problems)),
        alike=alike_after(module, form),
        problems=summary(module, problems, prefix="q"),
        duplicates=duplicates,
        carried={name: value for name, value in carried.items() if value},
        currency=current_model().app.currency,
    )


def _names(module: DescribedModule, problems: Sequence[FieldProblem]) -> list[str]:
    """The fields of the layout, those that are required, a prefilled one, and those with a problem."""
    names = [*module.layout.quick_create]
    names += [name for name, field in module.module.fields.items() if field.required and field.default is None]
    names += [name for name in request.args if module.find(name) is not None]
    names += [name.removeprefix("f.") for name in request.form if name.startswith("f.") and "." not in name[2:]]
    names += [problem.field for problem in problems if problem.field]
    return list(dict.fromkeys(names))
