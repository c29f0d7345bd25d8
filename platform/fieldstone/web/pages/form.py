"""The form of a record, new or existing: shown, kept as typed when something is wrong, saved."""

from __future__ import annotations

import json
from collections.abc import Sequence

from flask import Blueprint, abort, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from fieldstone.kernel.errors import FieldProblem, StaleRecordError, ValidationError
from fieldstone.records.changes import DuplicateWarning, PossibleDuplicatesError
from fieldstone.records.query_types import Record
from fieldstone.web.conflict import conflict_page, resolve
from fieldstone.web.current import current_actor, current_model, current_records
from fieldstone.web.described import DescribedModule
from fieldstone.web.drafts import draft_saved
from fieldstone.web.forms.address_sources import address_sources
from fieldstone.web.forms.page import alike_after, cell_maker, duplicate_lines, parse_context, save_options, summary
from fieldstone.web.forms.prefill import apply_given, prefilled_form
from fieldstone.web.forms.record_form import RecordForm, blank_form, edit_form, sent_form
from fieldstone.web.i18n import gettext as _
from fieldstone.web.numbers import whole_number
from fieldstone.web.record_clock import record_shower
from fieldstone.web.rights import module_or_404
from fieldstone.web.security import local_path
from fieldstone.web.show import Shower
from fieldstone.web.toasts import toast

page = Blueprint("form", __name__)

_ADDRESS_PARTS = ("street", "city", "state", "postal_code", "country")


@page.get("/m/<module>/new")
def new(module: str) -> ResponseReturnValue:
    described = _shown(module_or_404(module, "create"), request.args.get("record_type"))
    shower = Shower(current_model(), current_actor())
    form = prefilled_form(described, shower, request.args)
    return _show(described, form, shower, typed=bool(request.args.get("copy")))


@page.post("/m/<module>/new")
def create(module: str) -> ResponseReturnValue:
    described = _shown(module_or_404(module, "create"), request.form.get("f.record_type"))
    return _save(described, sent_form(described, request.form), None)


@page.get("/m/<module>/<int:record_id>/edit")
def edit(module: str, record_id: int) -> ResponseReturnValue:
    described = module_or_404(module, "edit")
    record = current_records().get(current_actor(), module, record_id)
    described = _shown(described, request.args.get("record_type") or record.values.get("record_type"))
    shower = record_shower(described, record)
    form = edit_form(described, record, shower)
    apply_given(described, form, shower, request.args)
    return _show(described, form, shower, record=record)


@page.post("/m/<module>/<int:record_id>/edit")
def update(module: str, record_id: int) -> ResponseReturnValue:
    described = module_or_404(module, "edit")
    record = current_records().get(current_actor(), module, record_id)
    described = _shown(described, request.form.get("f.record_type") or record.values.get("record_type"))
    form = sent_form(described, request.form, record_id=record_id)
    resolve(form, request.form)
    return _save(described, form, record)


@page.post("/m/<module>/form-state")
def state(module: str) -> ResponseReturnValue:
    """The cells that depend on others, as they are for what the form holds now."""
    described = module_or_404(module)
    record_id = request.args.get("record", type=whole_number)
    record = current_records().get(current_actor(), module, record_id) if record_id else None
    form = sent_form(described, request.form, record_id=record_id)
    prefix = "q" if request.args.get("in") == "dialog" else "f"
    shower = record_shower(described, record)
    wanted = _shown(described, request.form.get("f.record_type"))
    if prefix == "f" and request.form.get("layout", wanted.variant) != wanted.variant:
        return _drawn_anew(wanted, form, shower, record)
    maker = cell_maker(described, form, shower, record=record, prefix=prefix)
    present = [name for name in maker.dependent if name in form.raws]
    return render_template(
        "form/state.html",
        cells=maker.cells(present),
        state_url=request.full_path,
        currency=current_model().app.currency,
    )


def _drawn_anew(
    module: DescribedModule, form: RecordForm, shower: Shower, record: Record | None
) -> ResponseReturnValue:
    """The whole form by another layout, with what was typed: records of the type just chosen have their own."""
    given = {"record_type": request.form["f.record_type"]}
    fresh = edit_form(module, record, shower) if record else blank_form(module, current_actor(), shower, given)
    fresh.raws.update({name: raw for name, raw in form.raws.items() if name in fresh.raws})
    fresh.base = {**fresh.base, **form.base}
    response = make_response(_show(module, fresh, shower, record=record, typed=True))
    response.headers.update({"HX-Retarget": "#main", "HX-Reselect": "#main", "HX-Reswap": "outerHTML show:none"})
    response.headers["HX-Trigger-After-Swap"] = json.dumps({"fs-focus": {"value": "#f-record_type"}})
    return response


def _shown(module: DescribedModule, record_type: str | None) -> DescribedModule:
    """With the layout for the type of the record, or the one that new records have."""
    kind = record_type or next(iter(module.module.record_types), "")
    return module.shown_for(kind, current_actor().roles)


@page.post("/m/<module>/form-alike")
def alike(module: str) -> ResponseReturnValue:
    """Records that look like what the form holds now, of those the person may see."""
    described = module_or_404(module)
    record_id = request.args.get("record", type=whole_number)
    values = sent_form(described, request.form, record_id=record_id).parsed(parse_context())
    found = current_records().resembling(current_actor(), module, values, besides=record_id)
    lines = duplicate_lines(described, [DuplicateWarning(row=0, matches=found)])
    return render_template("form/alike.html", lines=lines)


@page.get("/m/<module>/form-address/<field>")
def address(module: str, field: str) -> ResponseReturnValue:
    """The address of a record that a lookup of the form holds, in parts."""
    described = module_or_404(module)
    source = next((each for each in address_sources(described, field) if each.lookup == request.args.get("from")), None)
    record_id = request.args.get("id", type=whole_number)
    if source is None or not record_id:
        abort(404)
    record = current_records().get(current_actor(), source.target, record_id, fields=(source.field,))
    value = record.values.get(source.field) or {}
    return {part: value.get(part) or "" for part in _ADDRESS_PARTS}


def _save(module: DescribedModule, form: RecordForm, record: Record | None) -> ResponseReturnValue:
    shower = record_shower(module, record)
    try:
        saved = (
            current_records()
            .save(current_actor(), [form.change()], options=save_options("form", shower.zone))
            .records[0]
        )
    except ValidationError as error:
        return _show(module, form, shower, record=record, problems=error.problems), 422
    except PossibleDuplicatesError as error:
        return _show(module, form, shower, record=record, duplicates=duplicate_lines(module, error.warnings)), 409
    except StaleRecordError as error:
        return conflict_page(module, form, error, shower), 409
    draft_saved()
    return redirect(_after(module, saved.id, created=saved.created), 303)


def _after(module: DescribedModule, record_id: int, *, created: bool) -> str:
    """Where to go: another new one, the page that asked for it, or the record."""
    if created:
        toast(_("%(module)s created", module=module.label))
    if request.form.get("then") == "new":
        return f"/m/{module.name}/new"
    return local_path(request.form.get("next"), f"/m/{module.name}/{record_id}")


def _show(
    module: DescribedModule,
    form: RecordForm,
    shower: Shower,
    *,
    record: Record | None = None,
    problems: Sequence[FieldProblem] = (),
    duplicates: Sequence[Markup] = (),
    typed: bool = False,
) -> str:
    maker = cell_maker(module, form, shower, problems, record=record)
    blocks = maker.blocks()
    back = f"/m/{module.name}/{record.id}" if record else f"/m/{module.name}"
    carried = {"next": local_path(request.values.get("next"), "")}
    return render_template(
        "form/form.html",
        here=module.name,
        module=module,
        form=form,
        record=record,
        record_label=_label(module, record, shower),
        title=_("Edit %(module)s", module=module.noun) if record else _("New %(module)s", module=module.noun),
        action=f"{back}/edit" if record else f"{back}/new",
        cancel_url=local_path(request.values.get("next"), back),
        state_url=f"/m/{module.name}/form-state" + (f"?record={record.id}" if record else ""),
        blocks=blocks,
        coming=[cell.field.label for block in blocks for cell in block.cells if cell.field.coming and cell.read_only],
        alike=alike_after(module, form),
        problems=summary(module, problems),
        duplicates=duplicates,
        carried={name: value for name, value in carried.items() if value},
        currency=current_model().app.currency,
        typed=typed or bool(problems) or bool(duplicates),
    )


def _label(module: DescribedModule, record: Record | None, shower: Shower) -> str:
    if record is None:
        return ""
    number = record.values.get("record_number")
    return number or shower.text(module.name_field, record.values.get(module.name_field.path)) or f"#{record.id}"
