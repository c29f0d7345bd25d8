"""Two people changed the same field: both values side by side, and a choice for each."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from werkzeug.datastructures import MultiDict

from fieldstone.kernel.errors import StaleRecordError
from fieldstone.web.described import DescribedModule
from fieldstone.web.forms.raw import shown
from fieldstone.web.forms.record_form import RecordForm
from fieldstone.web.i18n import gettext as _
from fieldstone.web.labels import value_labels
from fieldstone.web.show import Shower


def conflict_page(module: DescribedModule, form: RecordForm, error: StaleRecordError, shower: Shower) -> str:
    """Nothing was saved. The page sends everything again, with the choice per field."""
    rows = conflict_values(module, form, error, shower)
    kept = [(name, value) for name, value in request.form.items(multi=True) if name not in _REPLACED]
    return render_template(
        "form/conflict.html",
        here=module.name,
        module=module,
        record_id=error.record_id,
        version=error.version,
        changed_by=error.changed_by,
        rows=rows,
        kept=kept,
        action=request.path,
        back=f"/m/{module.name}/{error.record_id}",
    )


def conflict_values(
    module: DescribedModule, form: RecordForm, error: StaleRecordError, shower: Shower
) -> list[dict[str, Any]]:
    """For each field: what it was, what somebody else made of it, what was typed; and who that was, and the version
    to save against."""
    fields = [(module.field(conflict.field), conflict) for conflict in error.conflicts]
    shower.with_labels(value_labels((field, value) for field, found in fields for value in (found.base, found.theirs)))
    return [
        {
            "field": field,
            "base": shower.value(field, conflict.base),
            "theirs": shower.value(field, conflict.theirs),
            "mine": shown(form.raws[field.name]) or _("empty"),
            "by": error.changed_by,
            "version": error.version,
        }
        for field, conflict in fields
    ]


_REPLACED = ("csrf_token", "version")


def resolve(form: RecordForm, sent: MultiDict[str, str]) -> None:
    """Apply the choices of the conflict page: a field where theirs is kept is not saved again, one where
    mine is used no longer compares with what I had seen."""
    for name, choice in sent.items():
        field = name.removeprefix("keep.")
        if field == name or field not in form.raws:
            continue
        if choice == "theirs":
            del form.raws[field]
        else:
            form.settled.add(field)
